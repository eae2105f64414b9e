"""What all verbs of the command line share: settings from their three sources, errors as sentences, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from floor.errors import ConfigInvalidError, FloorError
from floor.load import load
from floor.logs import configure_logs
from floor.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

OUT_THERE, MISUSED = 1, 2


def told(function: Callable[P, R]) -> Callable[P, R]:
    """Errors are sentences on stderr and an exit code, never a traceback."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ConfigInvalidError as invalid:
            for sentence in invalid.errors:
                click.echo(f"floor: {sentence}", err=True)
            sys.exit(MISUSED)
        except FloorError as error:
            click.echo(f"floor: {error}", err=True)
            sys.exit(OUT_THERE)

    return wrapper


def settings_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options every verb that reads settings has; each also as FLOOR_… and in TOML."""
    options = [
        click.option(
            "--config", type=click.Path(path_type=Path), envvar="FLOOR_CONFIG", help="TOML file with settings."
        ),
        click.option("--ami-host", help="Where the exchange's AMI listens. [FLOOR_AMI_HOST]"),
        click.option("--ami-port", help="AMI port, 5038 by default. [FLOOR_AMI_PORT]"),
        click.option("--ami-user", help="AMI user. [FLOOR_AMI_USER]"),
        click.option("--ami-secret", help="AMI secret; better in a file. [FLOOR_AMI_SECRET]"),
        click.option("--ami-secret-file", help="File whose first line is the AMI secret. [FLOOR_AMI_SECRET_FILE]"),
        click.option("--ami-tls", is_flag=True, default=None, help="Speak TLS to the exchange. [FLOOR_AMI_TLS]"),
        click.option("--host", help="Address to serve pages on, 127.0.0.1 by default. [FLOOR_HOST]"),
        click.option("--port", help="Port to serve pages on, 8000 by default. [FLOOR_PORT]"),
        click.option("--data-dir", help="Where records are kept, ./data by default. [FLOOR_DATA_DIR]"),
        click.option("--database", help="SQLAlchemy URL, SQLite in the data folder by default. [FLOOR_DATABASE]"),
        click.option("--relay-url", help="Redis between collectors and nodes. [FLOOR_RELAY_URL]"),
        click.option(
            "--relay-password-file", help="File whose first line is its password. [FLOOR_RELAY_PASSWORD_FILE]"
        ),
        click.option("--log-level", help="debug, info, warning or error. [FLOOR_LOG_LEVEL]"),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def read_settings(config: Path | None, flags: dict[str, Any]) -> Settings:
    """Settings of all three sources, and logs set up by them."""
    settings = load(config, os.environ, flags)
    configure_logs(settings.log_level)
    return settings
