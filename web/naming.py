"""How agents are named on a board: by number, by name or not at all (R-SEC-9), and by ids that keep to it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from floor.settings import Identity, Settings
from floor.state.model import Agent, Key

_EXTENSION = re.compile(r"^[A-Za-z0-9]+[/:](\d{1,8})(?:@.*)?$")
"""Tech/1001, Local/1001@context, hint:1001@context. More digits are somebody's telephone number, not an extension."""

CODES_KEPT = 50_000
"""More than a floor has people; alerts come and go for ever."""


@lru_cache(maxsize=20_000)
def extension(interface: str) -> str | None:
    """The digits of an interface: ``PJSIP/1001`` gives ``1001``; ``None`` when it is not called by a number."""
    found = _EXTENSION.match(interface)
    return found.group(1) if found else None


@dataclass(frozen=True, slots=True)
class Names:
    """What the settings say about people, and the secret that makes codes unguessable.

    A code is keyed: member names are easy to guess, so a bare hash of one would name him.
    """

    salt: bytes
    persons: Mapping[str, str]
    groups: Mapping[str, str]
    """Group by member name; the first group that lists him."""
    _codes: dict[tuple[tuple[str, ...], int], str] = field(default_factory=dict, compare=False, repr=False)
    """Codes made already: every change of an agent asks for two of them."""
    _ids: dict[tuple[Key, Identity], str] = field(default_factory=dict, compare=False, repr=False)
    """Ids made already: every board asks for each."""
    _persons: dict[tuple[Key, Identity], str] = field(default_factory=dict, compare=False, repr=False)
    """And persons."""

    @classmethod
    def of(cls, settings: Settings, salt: bytes) -> Names:
        groups: dict[str, str] = {}
        for group in settings.group:
            for agent in group.agents:
                groups.setdefault(agent, group.name)
        return cls(salt=salt, persons=settings.persons, groups=groups)

    def code(self, *what: str, length: int = 12) -> str:
        """A stable code of letters and digits, the same for the same words as long as the salt is kept."""
        known = self._codes.get((what, length))
        if known is not None:
            return known
        if len(self._codes) >= CODES_KEPT:
            self._codes.clear()
        digest = hashlib.blake2b("\0".join(what).encode(errors="surrogatepass"), key=self.salt, digest_size=10)
        made = self._codes[what, length] = base64.b32encode(digest.digest()).decode()[:length]
        return made

    def id(self, key: Key, identity: Identity) -> str:
        """``pbx/name``, or ``pbx/code`` where the board must not tell the name."""
        known = self._ids.get((key, identity))
        if known is not None:
            return known
        if len(self._ids) >= CODES_KEPT:
            self._ids.clear()
        pbx, name = key
        shown = name if identity == "name" else self.code("agent", pbx, name)
        made = self._ids[key, identity] = f"{pbx}/{shown}"
        return made

    def label(self, agent: Agent, identity: Identity) -> str | None:
        """What stands on the tile; ``None``: the board names nobody."""
        if identity == "none":
            return None
        if identity == "name":
            return agent.name
        return self._number(agent) or self.code("label", agent.pbx, agent.name, length=4)

    def _number(self, agent: Agent) -> str | None:
        for member in agent.members:
            found = extension(member.interface) or extension(member.device_name)
            if found:
                return found
        return agent.name if agent.name.isascii() and agent.name.isdigit() and len(agent.name) <= 8 else None

    def person(self, key: Key, identity: Identity) -> str:
        """The same value for the same person on every exchange."""
        known = self._persons.get((key, identity))
        if known is not None:
            return known
        if len(self._persons) >= CODES_KEPT:
            self._persons.clear()
        who = self.persons.get("/".join(key), key[1])
        made = self._persons[key, identity] = who if identity == "name" else self.code("person", who)
        return made
