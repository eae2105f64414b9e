"""Logs: one line each on stderr, where the service manager keeps them."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

SECRET_KEYS = frozenset({"secret", "password", "key", "authorization", "cookie"})


def _hide_secrets(_: Any, __: str, event: Any) -> Any:
    for name in event:
        if name.lower() in SECRET_KEYS:
            event[name] = "(hidden)"
    return event


def _keep_to_the_line(_: Any, __: str, event: Any) -> Any:
    """What an exchange or a file said must neither begin a line of its own nor steer the reader's terminal."""
    for name, value in event.items():
        if name != "exception" and isinstance(value, str) and not value.isprintable():
            event[name] = repr(value)[1:-1]
    return event


def configure_logs(level: str) -> None:
    """Everything at ``level`` and above, on stderr, one line each, no secrets by name."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%S", utc=False),
            _hide_secrets,
            structlog.processors.format_exc_info,
            _keep_to_the_line,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                pad_event_to=28,
                exception_formatter=structlog.dev.plain_traceback,  # the pretty ones would show variables
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=sys.stderr, level=max(number, logging.WARNING))
