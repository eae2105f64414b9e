"""One AMI session as the exchange sees it, without I/O: text in, text out.

``receive`` takes bytes and answers; ``offer`` takes an event and keeps its text if this session should see it.
What is to be sent collects in ``outbox`` until somebody takes it.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import md5

from asterisk.simulator import wire
from asterisk.simulator.actions import ACTIONS, LIST_NEEDS, Headers, Refused, commands
from asterisk.simulator.exchange import Exchange
from asterisk.simulator.lists import LISTINGS, answer
from asterisk.simulator.wire import Category, Event

LONGEST_MESSAGE = 65_536
"""Bytes without a message end before the session is dropped."""


@dataclass(frozen=True, slots=True)
class Account:
    """A manager.conf user."""

    user: str
    secret: str
    read: Category = Category.ALL
    write: Category = Category.ALL


@dataclass(frozen=True, slots=True)
class _Filter:
    pattern: re.Pattern[str]
    excludes: bool


class Session:
    """State of one connection."""

    def __init__(self, exchange: Exchange, accounts: dict[str, Account]) -> None:
        self.exchange = exchange
        self.account: Account | None = None
        self.closing = False
        """Set when the exchange ends the session after what is in the outbox."""
        self.outbox: list[str] = [wire.BANNER]
        self.pending = len(wire.BANNER)
        """Characters in the outbox."""
        self._accounts = accounts
        self._mask = Category.ALL
        self._filters: list[_Filter] = []
        self._challenge = ""
        self._rest = b""

    # In

    def receive(self, data: bytes) -> None:
        """Bytes from the client; whole messages are answered at once."""
        self._rest = (self._rest + data).replace(b"\r\n", b"\n")
        while not self.closing and b"\n\n" in self._rest:
            message, self._rest = self._rest.split(b"\n\n", 1)
            if message.strip():
                self._act(_headers(message))
        if len(self._rest) > LONGEST_MESSAGE:
            self.closing = True

    def _act(self, asked: Headers) -> None:
        name = asked.get("action", "")
        if not name:
            self._refuse(asked, "Missing action in request")
        elif name.lower() == "login":
            self._login(asked)
        elif name.lower() == "challenge":
            self._ask_proof(asked)
        elif self.account is None:
            self._refuse(asked, "Permission denied")
        else:
            self._act_as(self.account, name, asked)

    def _act_as(self, account: Account, name: str, asked: Headers) -> None:
        lower = name.lower()
        own = {
            "logoff": self._logoff,
            "events": self._events,
            "filter": self._filter,
            "listcommands": self._list_commands,
        }
        try:
            if lower in own:
                own[lower](asked)
            elif lower in LISTINGS:
                _permit(account, LIST_NEEDS.get(lower, Category(0)))
                self.outbox.append(answer(LISTINGS[lower], self.exchange, asked))
            elif lower in ACTIONS:
                _permit(account, ACTIONS[lower].needs)
                self._do(lower, asked)
            else:
                raise Refused(
                    f"Invalid/unknown command: {wire.clean(name)}. Use Action: ListCommands to show available commands."
                )
        except Refused as refusal:
            self._refuse(asked, str(refusal))

    def _do(self, lower: str, asked: Headers) -> None:
        """Asterisk answers before it tells of the consequences: put the answer before the events it caused."""
        place = len(self.outbox)
        kind, pairs = ACTIONS[lower].do(self.exchange, asked)
        self.outbox.insert(place, wire.answer(kind, asked.get("actionid"), pairs))

    def _reply(self, kind: str, asked: Headers, pairs: wire.Pairs) -> None:
        self.outbox.append(wire.answer(kind, asked.get("actionid"), pairs))

    def _refuse(self, asked: Headers, why: str) -> None:
        self._reply("Error", asked, {"Message": why})

    # The session's own actions

    def _login(self, asked: Headers) -> None:
        if self.account is not None:
            self._reply("Success", asked, {"Message": "Already authenticated"})
            return
        account = self._accounts.get(asked.get("username", ""))
        if account is None or not self._proven(account, asked):
            self._refuse(asked, "Authentication failed")
            self.closing = True
            return
        self.account = account
        self._set_mask(asked.get("events", "on"))
        self._reply("Success", asked, {"Message": "Authentication accepted"})
        if account.read & self._mask & Category.SYSTEM:
            up = int(self.exchange.world.now - self.exchange.world.booted_at)
            body = wire.lines({"Privilege": "system,all", "Uptime": up, "LastReload": up, "Status": "Fully Booted"})
            self.outbox.append(f"Event: FullyBooted\r\n{body}\r\n")

    def _proven(self, account: Account, asked: Headers) -> bool:
        if asked.get("authtype", "").lower() == "md5":
            if not self._challenge:
                return False
            right = md5((self._challenge + account.secret).encode()).hexdigest()  # noqa: S324 - AMI's own scheme
            return hmac.compare_digest(right.encode(), asked.get("key", "").lower().encode())
        return hmac.compare_digest(account.secret.encode(), asked.get("secret", "").encode())

    def _ask_proof(self, asked: Headers) -> None:
        if asked.get("authtype", "").lower() != "md5":
            self._refuse(asked, "Must specify AuthType")
            return
        self._challenge = self._challenge or str(self.exchange.world.random.getrandbits(29))
        self._reply("Success", asked, {"Challenge": self._challenge})

    def _logoff(self, asked: Headers) -> None:
        self._reply("Goodbye", asked, {"Message": "Thanks for all the fish."})
        self.closing = True

    def _set_mask(self, words: str) -> None:
        lower = words.lower().strip()
        if lower in ("on", "yes", "true", "1", "all", ""):
            self._mask = Category.ALL
        elif lower in ("off", "no", "false", "0"):
            self._mask = Category(0)
        else:
            self._mask = Category(0)
            for word in lower.split(","):
                self._mask |= Category.__members__.get(word.strip().upper(), Category(0))

    def _events(self, asked: Headers) -> None:
        self._set_mask(asked.get("eventmask", "off"))
        self._reply("Success", asked, {"Events": "On" if self._mask else "Off"})

    def _list_commands(self, asked: Headers) -> None:
        if self.account is not None:
            self._reply("Success", asked, commands(self.account.write))

    def _filter(self, asked: Headers) -> None:
        if self.account is not None:
            _permit(self.account, Category.SYSTEM)
        if asked.get("operation", "").lower() != "add":
            raise Refused("Unknown operation")
        text = asked.get("filter", "")
        if not text:
            raise Refused("Filter was formatted incorrectly.  Check the syntax of the filter given.")
        try:
            pattern = re.compile(text.removeprefix("!"), re.DOTALL)  # as in POSIX, a dot is any character
        except re.error:
            raise Refused("Filter did not compile.  Check the syntax of the filter given.") from None
        self._filters.append(_Filter(pattern, text.startswith("!")))
        self._reply("Success", asked, {"Message": "Success"})

    # Out

    def offer(self, event: Event) -> None:
        """An event: kept when the account may read its class, the mask lets it through and no filter is against it."""
        account = self.account
        if account is None or not event.category & account.read & self._mask:
            return
        if self._filters and not self._passes(event.text):
            return
        self.outbox.append(event.text)
        self.pending += len(event.text)

    def _passes(self, text: str) -> bool:
        wanted = [f for f in self._filters if not f.excludes]
        if wanted and not any(f.pattern.search(text) for f in wanted):
            return False
        return not any(f.pattern.search(text) for f in self._filters if f.excludes)

    def take(self) -> bytes:
        """Everything to be sent, once."""
        data = "".join(self.outbox).encode()
        self.outbox.clear()
        self.pending = 0
        return data


def _permit(account: Account, needs: Category) -> None:
    if needs and not account.write & needs:
        raise Refused("Permission denied")


def _headers(message: bytes) -> Headers:
    """``Name: value`` lines; names in lower case, the first of a repeated name counts."""
    headers: Headers = {}
    for line in message.decode(errors="replace").split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return headers
