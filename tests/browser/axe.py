"""Where axe-core is: in the test cache outside the checkout, put there by npm when it is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WHERE = Path("node_modules") / "axe-core" / "axe.min.js"


def cache() -> Path:
    """The folder of everything that tests need and the checkout must not hold."""
    given = os.environ.get("FLOOR_TEST_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "floorwatch"


def _unavailable(reason: str) -> None:
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no axe-core: {reason}")


def script() -> str:
    """The text of axe.min.js; fails in CI and skips elsewhere when it cannot be had."""
    file = cache() / WHERE
    if not file.exists():
        npm = shutil.which("npm")
        if npm is None:
            _unavailable("npm is missing; tests/provision.sh installs what tests need")
        command = [npm or "npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(cache()), "axe-core"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if not file.exists():
            _unavailable(done.stderr.strip()[-300:] or f"npm ended with {done.returncode}")
    return file.read_text(encoding="utf-8")
