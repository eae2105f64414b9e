"""One bench in a process of its own: ``python -m tests.bench.one NAME [--rounds N] [--scale N] [--minutes M]``.

Its readings, or why there are none, are the last line of standard output. ``--minutes`` is for benches that ask for it.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from tests.bench.reading import Reading, printed


def offers(module: ModuleType) -> bool:
    """Whether it is a bench: ``measure(rounds, scale=1, …)``."""
    measure = getattr(module, "measure", None)
    return inspect.isfunction(measure) and list(inspect.signature(measure).parameters)[:2] == ["rounds", "scale"]


def measure(name: str, rounds: int, scale: int = 1, **more: Any) -> list[Reading]:
    """Run the bench of this name; ``more`` reaches it as far as it asks for it.

    :raises LookupError: there is no such bench.
    """
    module = importlib.import_module(f"tests.bench.{name}")
    if not offers(module):
        raise LookupError(f"tests/bench/{name}.py is no bench: it has no measure(rounds, scale)")
    asked = inspect.signature(module.measure).parameters
    readings: list[Reading] = module.measure(rounds, scale, **{key: more[key] for key in more if key in asked})
    return readings


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.one")
    parser.add_argument("name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=None)
    given = parser.parse_args(arguments)
    more = {} if given.minutes is None else {"minutes": given.minutes}
    try:
        print(printed(measure(given.name, given.rounds, given.scale, **more)))
    except Exception as error:  # the edge: why it cannot run is all that is left to say
        print(json.dumps({"failed": f"{type(error).__name__}: {error}"[:300]}), flush=True)
        raise


if __name__ == "__main__":
    main()
