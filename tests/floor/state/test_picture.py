"""The picture of the lifecycles in the docs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from floor.state.model import AgentState, CallerStage, Ending
from floor.state.picture import ENDINGS, STAGES, rendered

FILE = Path(__file__).resolve().parents[3] / "docs" / "lifecycle.md"


def test_docs_are_not_stale() -> None:
    """docs/lifecycle.md is what the tables say now (else: ``python -m floor.state.picture``)."""
    assert FILE.read_text(encoding="utf-8").startswith(rendered())


def test_everything_is_explained() -> None:
    """Every state, stage and ending has its words."""
    assert set(STAGES) == set(CallerStage)
    assert set(ENDINGS) == set(Ending)
    assert all(f"`{state.value}`" in rendered() for state in AgentState)


def test_it_draws_where_it_is_told(tmp_path: Path) -> None:
    """The command writes the document into the file it is given."""
    target = tmp_path / "lifecycle.md"
    subprocess.run([sys.executable, "-m", "floor.state.picture", str(target)], check=True, cwd=FILE.parents[1])
    assert target.read_text(encoding="utf-8") == rendered()


def test_it_leaves_the_other_lives_alone(tmp_path: Path) -> None:
    """The life of alerts, which follows in the same file, stays as it is; and the other way round."""
    target = tmp_path / "lifecycle.md"
    before = FILE.read_text(encoding="utf-8")
    target.write_text(before, encoding="utf-8")
    for module in ("floor.state.picture", "alerts.picture"):
        subprocess.run([sys.executable, "-m", module, str(target)], check=True, cwd=FILE.parents[1])
        assert target.read_text(encoding="utf-8") == before
