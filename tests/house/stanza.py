"""An AMI account as Asterisk reads it from manager.conf: its settings, and what its event filters let through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Stanza:
    """One account; keys may repeat."""

    name: str
    settings: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, conf: str) -> Self:
        """The one account of a file; ``[general]`` is not an account."""
        found: dict[str, list[tuple[str, str]]] = {}
        section = ""
        for number, raw in enumerate(conf.splitlines(), 1):
            line = raw.partition(";")[0].strip()
            if header := re.fullmatch(r"\[([\w-]+)\](\(\+\))?", line):
                section = header.group(1)
                found.setdefault(section, [])
            elif line:
                key, sign, value = line.partition("=")
                assert sign, f"line {number}: {raw}"
                assert section, f"line {number} stands before any section"
                found[section].append((key.strip(), value.strip()))
        (name,) = found.keys() - {"general"}
        return cls(name, tuple(found[name]))

    def values(self, key: str) -> list[str]:
        return [value for name, value in self.settings if name == key]

    def listed(self, key: str) -> set[str]:
        """The words of a comma-separated setting."""
        (value,) = self.values(key)
        return {word.strip() for word in value.split(",")}

    def passes(self, event: str) -> bool:
        """Whether this event, as its whole text, would be sent: with filters that only include, one must match.

        Asterisk's regular expressions are POSIX extended ones, in which a dot matches a line end too.
        """
        filters = self.values("eventfilter")
        assert not [one for one in filters if one.startswith("!")]
        return not filters or any(re.search(one, event, re.DOTALL) for one in filters)
