"""The relay as the settings describe it."""

from __future__ import annotations

from pathlib import Path

from floor.errors import ConfigInvalidError
from floor.relay.beacon import RedisBeacon
from floor.relay.redis import RedisRelay
from floor.relay.redis_wire import RedisWire
from floor.settings import Settings


def relay_of(settings: Settings) -> RedisRelay:
    """:raises ConfigInvalidError: there is none, or its password cannot be read."""
    relay = settings.relay
    if relay.url is None:
        raise ConfigInvalidError(
            ["relay.url: no Redis is given; use --relay-url, FLOOR_RELAY_URL or [relay] in the file"]
        )
    return RedisRelay(
        relay.url,
        password=password_in(relay.password_file),
        tls_ca=relay.tls_ca,
        prefix=relay.prefix,
        length=relay.entries,
    )


def wire_of(settings: Settings, relay: RedisRelay) -> RedisWire:
    """The way back over the same Redis."""
    return RedisWire(relay.client(), prefix=settings.relay.prefix)


def beacon_of(settings: Settings, relay: RedisRelay) -> RedisBeacon:
    """Where nodes see which of them acts on the alerts."""
    return RedisBeacon(relay.shared, prefix=settings.relay.prefix)


def password_in(file: Path | None) -> str | None:
    """The first line of the file.

    :raises ConfigInvalidError: it cannot be read, or nothing stands there.
    """
    if file is None:
        return None
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigInvalidError([f"relay.password_file: the file {file} cannot be read: {why}"]) from None
    if not lines or not lines[0]:
        raise ConfigInvalidError([f"relay.password_file: the file {file} has nothing on its first line"])
    return lines[0]
