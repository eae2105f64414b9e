"""What was measured on: figures of two machines are compared by their ratios, but whoever reads one wants to know."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

LIBRARIES = ("panoramisk", "websockets", "uvicorn", "starlette", "msgspec", "redis", "sqlalchemy", "psycopg", "uvloop")
"""Whose versions move figures."""
ROOT = Path(__file__).resolve().parents[2]


def machine() -> dict[str, Any]:
    """Cores, processor, memory (GB), Python and libraries (``None``: not installed)."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def load() -> list[float]:
    """Load averages of 1, 5 and 15 minutes."""
    return [round(one, 2) for one in os.getloadavg()]


def commit() -> str:
    """What was measured: the commit, with ``+`` when the product's files differ from it; empty without git."""
    try:
        told = [_git("rev-parse", "--short=12", "HEAD"), _git("status", "--porcelain", "-uno", "--", *ROOMS)]
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told[0] + ("+" if told[1] else "")


ROOMS = ("floor", "asterisk", "web", "alerts")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
