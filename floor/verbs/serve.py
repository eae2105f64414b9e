"""``floor serve``: boards and API of a floor that is watched elsewhere."""

from __future__ import annotations

from floor.assembly_relay import beacon_of, relay_of, wire_of
from floor.assembly_serve import Node
from floor.errors import ConfigInvalidError
from floor.settings import Settings


def node_of(settings: Settings) -> Node:
    """:raises ConfigInvalidError: no exchange is named, or there is no relay."""
    if not settings.pbx:
        raise ConfigInvalidError(["pbx: no exchange is named; give each one a [[pbx]] with its name in the file"])
    relay = relay_of(settings)
    return Node(settings, relay, wire=wire_of(settings, relay), beacon=beacon_of(settings, relay))
