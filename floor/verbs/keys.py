"""``floor key``: the links that boards and programs use."""

from __future__ import annotations

from datetime import datetime

from floor.clock import SystemClock
from floor.settings import Settings
from web.keys import API, KeyFile, board_scope


def add_key(settings: Settings, scope: str, title: str) -> str:
    """Make a key; the sentence with the link is the only time it is seen."""
    _, secret = KeyFile(settings.data_dir).create(
        API if scope == API else board_scope(scope), title, SystemClock().now()
    )
    place = f"http://{settings.host}:{settings.port}"
    if scope == API:
        return f"Send this header: Authorization: Bearer {secret}"
    return f"Open this link on the display: {place}/board/{scope}?key={secret}"


def list_keys(settings: Settings) -> str:
    """A line per key."""
    keys = KeyFile(settings.data_dir).read().keys
    return (
        "\n".join(
            f"{key.id}  {key.scope:24}  made {_day(key.created_at)}"
            + (f"  revoked {_day(key.revoked_at)}" if key.revoked_at is not None else "")
            + (f"  {key.title}" if key.title else "")
            for key in keys
        )
        or "There are no keys."
    )


def revoke_key(settings: Settings, key_id: str) -> None:
    """Raises :class:`web.errors.UnknownKey` when there is none of this id."""
    KeyFile(settings.data_dir).revoke(key_id, SystemClock().now())


def _day(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")
