"""``floor key``: the links that boards and programs use."""

from __future__ import annotations

import socket
from datetime import datetime

from floor.clock import SystemClock
from floor.errors import ConfigInvalidError
from floor.settings import Settings
from web.keys import API, KeyFile, board_scope


def add_key(settings: Settings, scope: str, title: str) -> str:
    """Make a key; the sentence with the link is the only time it is seen.

    :raises ConfigInvalidError: no board can be called ``scope``.
    """
    keys, now = KeyFile(settings.data_dir), SystemClock().now()
    try:
        _, secret = keys.create(API if scope == API else board_scope(scope), title, now)
    except ValueError:
        raise ConfigInvalidError([f"{scope!r}: give api, or a board's id (small letters, digits, - and _)"]) from None
    if scope == API:
        return f"Send this header: Authorization: Bearer {secret}"
    return f"Open this link on the display: http://{_place(settings)}/board/{scope}?key={secret}"


def _place(settings: Settings) -> str:
    """Where displays find us; who listens everywhere is found by the machine's name."""
    host = socket.gethostname() if settings.host in ("", "0.0.0.0", "::") else settings.host  # noqa: S104 - compared
    return f"{f'[{host}]' if ':' in host else host}:{settings.port}"


def list_keys(settings: Settings) -> str:
    """A line per key."""
    keys = KeyFile(settings.data_dir).read().keys
    return (
        "\n".join(
            f"{key.id}  {key.scope:24}  made {_day(key.created_at)}"
            + (f"  revoked {_day(key.revoked_at)}" if key.revoked_at is not None else "")
            + (f"  {_on_one_line(key.title)}" if key.title else "")
            for key in keys
        )
        or "There are no keys."
    )


def revoke_key(settings: Settings, key_id: str) -> None:
    """Raises :class:`web.errors.UnknownKey` when there is none of this id."""
    KeyFile(settings.data_dir).revoke(key_id, SystemClock().now())


def _on_one_line(title: str) -> str:
    return "".join(one if one.isprintable() else " " for one in title)


def _day(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")
