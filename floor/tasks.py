"""Tasks with a name and an owner: none is forgotten, none dies unheard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)

Died = Callable[[str, BaseException], None]
"""Told the task's name and what it raised."""


class Tasks:
    """The tasks of one owner; ``stop`` ends them all, in reverse order of their start."""

    def __init__(self, died: Died | None = None) -> None:
        self._died = died
        self._running: dict[asyncio.Task[Any], None] = {}

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run ``work`` until it returns or ``stop``; what it raises is logged and reported to ``died``."""
        task = asyncio.create_task(work, name=name)
        self._running[task] = None
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.pop(task, None)
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.error("task died", task=task.get_name(), exc_info=error)
        if self._died is not None:
            self._died(task.get_name(), error)

    def __len__(self) -> int:
        return len(self._running)

    async def stop(self, within_s: float = 5.0) -> list[str]:
        """Cancel all and wait; names of those that would not end within ``within_s`` seconds."""
        tasks = list(reversed(self._running))
        for task in tasks:
            task.cancel()
        if not tasks:
            return []
        _, stuck = await asyncio.wait(tasks, timeout=within_s)
        for task in stuck:
            log.error("task would not stop", task=task.get_name())
        return [task.get_name() for task in stuck]


def heed() -> None:
    """To be called after awaiting a library that waits with ``asyncio.wait_for``: up to Python 3.11 that swallows a
    cancellation which comes in the moment in which it is answered, and the task would never end.

    :raises asyncio.CancelledError: this task was asked to end and did not hear it.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
