"""Both versions of Asterisk at once: what is played on them runs side by side, what is asked of them does not."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import pytest

from tests.asterisk.cast import VERSIONS
from tests.asterisk.exchange import missing

T = TypeVar("T")


@dataclass(frozen=True)
class Played(Generic[T]):
    """What came of a play on each version that is there: a result, or what went wrong."""

    results: dict[str, T | BaseException]

    def on(self, version: str) -> T:
        """The result on one version; skips (in CI: fails) without that version, raises what its play raised."""
        why = missing(version)
        if why and os.environ.get("CI") == "true":
            pytest.fail(why)
        if why:
            pytest.skip(why)
        result = self.results[version]
        if isinstance(result, BaseException):
            raise RuntimeError(f"the play on Asterisk {version} broke off") from result
        return result


def side_by_side(play: Callable[[str, Path], Awaitable[T]], folder: Path) -> Played[T]:
    """Play on every version that is there, each with a folder of its own."""
    versions = [version for version in VERSIONS if not missing(version)]

    async def both() -> list[T | BaseException]:
        return await asyncio.gather(*(one(version) for version in versions), return_exceptions=True)

    async def one(version: str) -> T:
        own = folder / version
        own.mkdir()
        return await play(version, own)

    return Played(dict(zip(versions, asyncio.run(both()), strict=True)))
