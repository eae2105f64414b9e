"""What can be learnt about an exchange and our account on it by asking, without changing anything.

The account's own rights are nowhere to be asked for directly. Three sources, the surest first: the answer to
GetConfig for our section of ``manager.conf`` (needs write class ``system`` or ``config``), the list of commands we may
use (ListCommands; needs nothing), and the events that arrive while we listen.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asterisk.collect import Collection, Listing
from asterisk.deliveries import Cut, EventArrived
from asterisk.eventfilters import EventRule, read_rule
from asterisk.filtering import Wanted, ask_for_less
from asterisk.session import Session
from asterisk.wire import Headers, Message, first, seconds_of
from floor.errors import LinkError
from floor.ports import Clock
from floor.settings import PbxSettings

_PRIVILEGE = re.compile(r"\(Priv: ([^)]*)\)")
LIST_S = 10.0


@dataclass(slots=True)
class Account:
    """Our section of ``manager.conf``, and ``[general]``, without the secret."""

    read: frozenset[str] | None = None
    write: frozenset[str] | None = None
    timestamps: bool | None = None
    rules: list[EventRule] = field(default_factory=list)
    disabled: frozenset[str] = frozenset()
    """Events the exchange is told never to raise (``disabledevents``)."""


@dataclass(slots=True)
class Inspection:
    """Everything learnt; ``None``: could not be learnt."""

    version: str | None = None
    offset_s: float | None = None
    commands: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Actions we may use, with the write classes of which one is needed (empty: none)."""
    modules: dict[str, bool | None] = field(default_factory=dict)
    account: Account | None = None
    wrapups: dict[str, int] = field(default_factory=dict)
    """``wrapuptime`` by queue, where the exchange's configuration may be read."""
    lists: dict[str, list[Message]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    """Classes of which an event was heard, with the events' names."""
    stamped: bool | None = None
    """Whether events carry the exchange's time."""
    trial: Trial | None = None
    """What came of a filter, if one was tried."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Event filters tried for this session: what was heard before, and after, for the same time."""

    refused: str | None
    before: int
    after: int


class Listener:
    """Notes what the events that arrive say about our rights."""

    def __init__(self) -> None:
        self.seen: dict[str, set[str]] = {}
        self.stamped: bool | None = None
        self.heard = 0

    def __call__(self, events: Sequence[EventArrived | Cut]) -> None:
        for event in events:
            if isinstance(event, EventArrived):
                self._note(event.message)

    def _note(self, message: Message) -> None:
        name = first(message, "Event")
        self.heard += 1
        for kind in first(message, "Privilege").split(","):
            self.seen.setdefault(kind, set()).add(name)
        if "Timestamp" in message:
            self.stamped = True
        elif name != "FullyBooted":  # the one greeting us after login never has a stamp
            self.stamped = self.stamped or False


async def inspect(
    session: Session,
    listener: Listener,
    settings: PbxSettings,
    clock: Clock,
    listen_s: float,
    less: Wanted | None = None,
) -> Inspection:
    """Ask everything there is to ask over an open session, then listen for ``listen_s`` seconds.

    ``less``: then ask for these events only, and listen as long again.
    """
    found = Inspection()
    found.version = first(await _ask(session, "CoreSettings"), "AsteriskVersion") or None
    found.offset_s = await _offset(session, clock)
    found.commands = _commands(await _ask(session, "ListCommands"))
    for module in ("app_queue", "res_pjsip", "chan_sip", "app_chanspy", "chan_audiosocket"):
        found.modules[module] = await _loaded(session, module, found)
    found.account = await _account(session, settings.user)
    found.wrapups = await _wrapups(session)
    for action in ("QueueStatus", "PJSIPShowContacts"):
        if action in found.commands:
            found.lists[action] = await _list(session, action)
    heard = listener.heard
    await asyncio.wait([session.over], timeout=listen_s)
    found.seen, found.stamped = listener.seen, listener.stamped
    if less is not None:
        found.trial = await _tried(session, listener, less, listener.heard - heard, listen_s)
    return found


async def _tried(session: Session, listener: Listener, less: Wanted, before: int, listen_s: float) -> Trial:
    refused = await ask_for_less(session, less)
    heard = listener.heard
    if refused is None:
        await asyncio.wait([session.over], timeout=listen_s)
    return Trial(refused, before, listener.heard - heard)


async def _ask(session: Session, action: str, headers: Headers | None = None) -> Message:
    """The answer when there is one and it is no error; else an empty message."""
    try:
        answer = await session.ask(action, headers)
    except LinkError:
        return {}
    return answer if first(answer, "Response") == "Success" else {}


async def _offset(session: Session, clock: Clock) -> float | None:
    sent_at, sent_now = clock.monotonic(), clock.now()
    theirs = seconds_of(await _ask(session, "Ping"), "Timestamp")
    return None if theirs is None else theirs - (sent_now + (clock.monotonic() - sent_at) / 2)


def _commands(answer: Message) -> dict[str, frozenset[str]]:
    commands: dict[str, frozenset[str]] = {}
    for name in answer:
        if (privilege := _PRIVILEGE.search(first(answer, name))) is not None:
            commands[name] = frozenset(privilege[1].split(",")) - {"all", "<none>"}
    return commands


async def _loaded(session: Session, module: str, found: Inspection) -> bool | None:
    """Told by ModuleCheck where we may use it, else by the actions that the module brings."""
    if "ModuleCheck" not in found.commands:
        brought = {"app_queue": "QueueStatus", "res_pjsip": "PJSIPShowRegistrationsOutbound", "chan_sip": "SIPpeers"}
        if brought.get(module) in found.commands:
            return True
        return False if module == "app_queue" else None
    try:
        answer = await session.ask("ModuleCheck", {"Module": module})
    except LinkError:
        return None
    return first(answer, "Response") == "Success"


async def _section(session: Session, file: str, category: str | None = None) -> dict[str, list[tuple[str, str]]]:
    """Sections of a configuration file as Asterisk reads it, includes and templates resolved."""
    limit = {"Category": category} if category is not None else {}
    answer = await _ask(session, "GetConfig", {"Filename": file, **limit})
    names = {key[9:]: first(answer, key) for key in answer if key.startswith("Category-")}
    sections: dict[str, list[tuple[str, str]]] = {name: [] for name in names.values()}
    for key in answer:
        name = names.get(key[5:11]) if key.startswith("Line-") else None
        option, _, value = first(answer, key).partition("=")
        # Our own secret stands there too; it goes no further than this line.
        if name is not None and "secret" not in option.lower():
            sections[name].append((option.strip(), value.strip()))
    return sections


async def _account(session: Session, user: str) -> Account | None:
    sections = await _section(session, "manager.conf", user)
    if user not in sections:
        return None
    account = Account(read=frozenset(), write=frozenset())
    for key, value in sections[user]:
        rule = read_rule(key, value)
        if rule is not None:
            account.rules.append(rule)
        elif key.lower() in ("read", "write"):
            words = frozenset(word.strip().lower() for word in value.split(","))
            setattr(account, key.lower(), words)
    general = dict((await _section(session, "manager.conf", "general")).get("general", []))
    account.timestamps = general.get("timestampevents", "no").lower() in ("yes", "true", "y", "t", "1", "on")
    account.disabled = frozenset(word.strip() for word in general.get("disabledevents", "").split(",") if word.strip())
    return account


async def _wrapups(session: Session) -> dict[str, int]:
    found: dict[str, int] = {}
    for queue, options in (await _section(session, "queues.conf")).items():
        seconds = dict(options).get("wrapuptime", "0")
        if queue != "general" and seconds.isdigit() and int(seconds) > 0:
            found[queue] = int(seconds)
    return found


async def _list(session: Session, action: str) -> list[Message]:
    whole = asyncio.Event()

    def told(_: Collection) -> None:
        whole.set()

    try:
        collection = session.collect(Listing(action), told)
        async with asyncio.timeout(LIST_S):
            await whole.wait()
    except (LinkError, TimeoutError):
        return []
    return collection.messages
