"""docs/speed.md says what was measured: its tables and drawings are those of docs/speed/measured.json."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.bench.plot import MEASURED, PAGES, TABLES, drawings, filled, number, ratio, told
from tests.bench.reading import Reading
from tests.bench.titles import TITLES, title

MARK = re.compile(r"<!-- measured: (\w+) -->")


def report() -> dict[str, Any]:
    """What is committed."""
    loaded: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("language", [0, 1])
def test_page_says_what_was_measured(language: int) -> None:
    """Nobody wrote a figure by hand: ``python -m tests.bench.plot`` would change nothing."""
    page = PAGES[language].read_text(encoding="utf-8")
    assert filled(page, told(report(), language)) == page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.parent.name))
def test_page_has_every_table(page: Any) -> None:
    """Each table once."""
    assert sorted(MARK.findall(page.read_text(encoding="utf-8"))) == sorted(["conditions", *TABLES])


def test_drawings_show_what_was_measured() -> None:
    """The drawings beside it are the ones it makes."""
    drawn = drawings(report())
    assert set(drawn) == {path.name for path in MEASURED.parent.glob("*.svg")}
    for name, drawing in drawn.items():
        assert (MEASURED.parent / name).read_text(encoding="utf-8") == drawing


def test_made_up_report() -> None:
    """Goals, rows without a goal, stages, growth and what failed each find their place."""
    readings = [
        Reading("ingest.times_panoramisk", "times", [6], at_least=5, beside={"floor_us_per_event": 9.0}),
        Reading("glass.event_to_dom_p50", "ms", [80], at_most=40),
        Reading("patch.other", "us", [1234.5]),
        Reading("stages.state", "us/event", [31.25], beside={"reduce.reduce": 4.5}),
        *(Reading("growth.patch.us", "us", [value], scale=scale) for scale, value in ((1, 10.0), (4, 11.0))),
    ]
    made_up = {
        "machine": {"cores": 2, "processor": "P", "memory_gb": 4, "system": "S", "python": "3", "libraries": {}},
        "commit": "abc",
        "benches": [
            {"name": "all", "load": [0.1], "failed": None, "readings": [one.told() for one in readings]},
            {"name": "lost", "load": [0.2], "failed": "it was not done", "readings": []},
        ],
    }
    blocks = told(made_up, 0)
    assert "| at least 5 times | 6 times | 6 … 6 | yes |" in blocks["goals"]
    assert "| **no** |" in blocks["goals"]
    assert "patch: other | 1,234" in blocks["others"]
    assert "apply to the floor | 31.2 | `reduce.reduce` 4.5" in blocks["stages"]
    assert "patch: us (us) | 10 | 11 | – |" in blocks["growth"]
    assert "| `floor` | 9 | 1 |" in blocks["peers"]
    assert "lost (it was not done)" in blocks["conditions"]
    assert set(drawings(made_up)) == {"goals.svg", "stages.svg", "growth.svg"}


def test_ratio() -> None:
    """One is the goal, more is better, whichever way is up."""
    assert ratio(Reading("a", "x", [10], at_least=5).told()) == 2
    assert ratio(Reading("a", "x", [10], at_most=5).told()) == 0.5


def test_number() -> None:
    """Short enough to compare."""
    assert [number(one) for one in (0.12345, 12.345, 123456.7)] == ["0.123", "12.3", "123,457"]


def test_titles() -> None:
    """In both languages; what has none is called by its own name."""
    assert all(len(words) == 2 and all(words) for words in TITLES.values())
    assert title("stages.whole", 1) == "合计"
    assert title("core.us_per_fact") == "core: us per fact"
