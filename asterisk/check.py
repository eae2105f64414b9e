"""``check``: connect to an exchange and say in sentences what is wrong or missing, each with its remedy.

Asking is :mod:`asterisk.inspection`, the sentences are :mod:`asterisk.advice`; here is what follows from what.
Nothing on the exchange is changed; a filter that is tried goes with the session.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping

from asterisk import dial
from asterisk.advice import Finding, Language, Severity
from asterisk.advice_rights import ACTS, GAINS, LOSSES
from asterisk.collect import PICTURE
from asterisk.deliveries import CloseReason
from asterisk.eventfilters import CLASS_OF, CLASSES, hidden, hides_our_calls
from asterisk.inspection import Inspection, Listener, inspect
from asterisk.placed import wanted_too
from asterisk.session import Session
from asterisk.translate import WANTED
from asterisk.wire import Message, first
from floor.clock import SystemClock
from floor.errors import LinkError, LoginRefusedError, NotAmiError
from floor.ports import Clock
from floor.settings import PbxSettings

__all__ = ["Finding", "Language", "Severity", "judge", "run_check"]

LISTEN_S = 3.0
SKEW_S = 2.0
OLDEST, NEWEST = 16, 22
NEEDED = wanted_too(WANTED)
"""Every event a floor reads."""
NAMED = 8
"""Members and queues named in one sentence; of more only the number."""
NOT_NEEDED = frozenset({"command", "config", "agi", "all"})
"""Write classes with which a thief could take over the exchange."""
_PJSIP_LISTS = frozenset({"PJSIPShowEndpoints", "PJSIPShowContacts"})
_OPTIONAL = frozenset({"SIPpeers", "SIPshowregistry", "IAXpeers"})


async def run_check(
    settings: PbxSettings,
    *,
    listen_s: float = LISTEN_S,
    wrapup_s: int = 0,
    calls: bool = False,
    less: bool = False,
    clock: Clock | None = None,
) -> list[Finding]:
    """Everything found about one exchange, in the order in which a person would look.

    ``listen_s``: seconds to wait for events that prove our rights; ``wrapup_s``: the setting to compare with;
    ``calls``: it is to place calls for us; ``less``: try event filters for as long as the check lasts.
    """
    clock = clock or SystemClock()
    listener = Listener()
    session = Session(settings, clock, listener)
    try:
        await session.open()
        found = await inspect(session, listener, settings, clock, listen_s, NEEDED if less else None)
        if session.over.done():
            return [_connected(settings), Finding("lost", {"detail": session.over.result().detail})]
    except LinkError as error:
        return [_failed(error, settings)]
    finally:
        session.close(CloseReason.STOPPED, "the check is over")
    return [_connected(settings), *judge(found, settings.user, wrapup_s, calls, filters=settings.filters)]


def _connected(settings: PbxSettings) -> Finding:
    return Finding("connected", {"place": dial.where(settings), "user": settings.user})


def _failed(error: LinkError, settings: PbxSettings) -> Finding:
    values = {"place": dial.where(settings), "user": settings.user, "detail": str(error)}
    if isinstance(error, LoginRefusedError):
        return Finding("refused", values | {"detail": error.said}) if error.said else Finding("no_secret", values)
    if isinstance(error, NotAmiError):
        return Finding("not_ami", values)
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Finding("certificate", values | {"detail": cause.verify_message})
    if isinstance(cause, ssl.SSLError | FileNotFoundError | PermissionError):
        return Finding("tls_failed", values | {"detail": str(cause.strerror or cause)})
    if isinstance(cause, socket.gaierror):
        return Finding("host_unknown", values)
    return Finding("nothing_listens" if isinstance(cause, ConnectionRefusedError) else "no_answer", values)


def judge(
    found: Inspection, user: str, wrapup_s: int = 0, calls: bool = False, *, filters: bool = False
) -> Iterator[Finding]:
    """What follows from what was learnt. Pure."""
    yield _version(found.version)
    yield from _clock(found)
    yield from _reading(found, user)
    yield from _asking(found, user)
    yield from _filters(found, user)
    yield from _asking_for_less(found, user, filters)
    yield from _calling(found, user) if calls else ()
    yield _acting(found, user)
    yield from _modules(found)
    yield from _listening(found)
    yield from _queues(found, wrapup_s)
    yield from _phones(found)


def _version(version: str | None) -> Finding:
    number = re.match(r"(?:certified[/-])?(\d+)", version or "")
    if version is None or number is None:
        return Finding("version_unknown")
    major = int(number[1])
    code = "version_old" if major < OLDEST else "version_new" if major > NEWEST else "version_fine"
    return Finding(code, {"version": version})


def _clock(found: Inspection) -> Iterator[Finding]:
    if found.offset_s is not None:
        code = "clock_skew" if abs(found.offset_s) >= SKEW_S else "clock_fine"
        yield Finding(code, {"offset": f"{abs(found.offset_s):.1f}"})
    stamped = found.stamped
    if stamped is None and found.account is not None:
        stamped = found.account.timestamps
    yield Finding({True: "timestamps_on", False: "timestamps_off", None: "timestamps_unseen"}[stamped])


def _reading(found: Inspection, user: str) -> Iterator[Finding]:
    granted = found.account.read if found.account is not None else None
    proven: list[str] = []
    for kind in CLASSES:
        loss, loss_zh = LOSSES[kind]
        if kind in found.seen or (granted is not None and {kind, "all"} & granted):
            proven.append(kind)
        else:
            code = "read_unseen" if granted is None else "read_missing"
            yield Finding(code, {"kind": kind, "user": user, "loss": loss, "loss_zh": loss_zh})
    if proven:
        yield Finding("read_fine", {"kinds": ", ".join(proven)})
    yield from _extras(found, user, granted)


def _extras(found: Inspection, user: str, granted: frozenset[str] | None) -> Iterator[Finding]:
    """Classes that bring something more; reports and limits are too rare to be proven by listening."""
    if granted is None:
        if unseen := [kind for kind in GAINS if kind not in found.seen]:
            yield Finding("read_extras_unseen", {"kinds": ", ".join(unseen), "user": user})
        return
    for kind, (gain, gain_zh) in GAINS.items():
        if not {kind, "all"} & granted:
            yield Finding("read_without", {"kind": kind, "user": user, "gain": gain, "gain_zh": gain_zh})


def _asking(found: Inspection, user: str) -> Iterator[Finding]:
    missing = {listing.action for listing in PICTURE} - _OPTIONAL - found.commands.keys()
    unloaded = {"QueueStatus"} | (set() if found.modules.get("res_pjsip") else {a for a in missing if "PJSIP" in a})
    refused = missing - unloaded
    if others := refused - _PJSIP_LISTS:
        yield Finding("write_missing", {"actions": ", ".join(sorted(others)), "user": user})
    if refused & _PJSIP_LISTS:
        yield Finding("write_no_phones", {"user": user})
    granted = found.account.write if found.account is not None and found.account.write is not None else frozenset()
    if broad := _broad(found.commands) | (granted & NOT_NEEDED):
        yield Finding("write_broad", {"kinds": ", ".join(sorted(broad)), "user": user})


def _broad(commands: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Classes we must have, because an action we may use needs exactly that one."""
    alone = {next(iter(needed)) for needed in commands.values() if len(needed) == 1}
    return frozenset(alone & NOT_NEEDED)


def _filters(found: Inspection, user: str) -> Iterator[Finding]:
    if found.account is None:
        return
    if lost := hidden(found.account.rules, CLASS_OF):
        yield Finding("events_hidden", {"events": ", ".join(lost), "user": user})
    elif found.account.rules:
        yield Finding("filters_fine")
    if never := sorted(found.account.disabled & CLASS_OF.keys()):
        yield Finding("events_disabled", {"events": ", ".join(never)})


def _asking_for_less(found: Inspection, user: str, filters: bool) -> Iterator[Finding]:
    """Whether the exchange sends what nobody reads, and what came of asking it not to."""
    trial = found.trial
    if trial is not None:
        values = {"said": trial.refused or "", "before": str(trial.before), "after": str(trial.after), "user": user}
        yield Finding("filter_taken" if trial.refused is None else "filter_refused", values)
    if filters and "Filter" not in found.commands:
        yield Finding("filters_not_allowed", {"user": user})
    elif not filters and trial is None and found.account is not None and not found.account.rules:
        yield Finding("filters_none", {"user": user})


def _calling(found: Inspection, user: str) -> Iterator[Finding]:
    if "Originate" not in found.commands:
        yield Finding("calls_refused", {"user": user})
    elif found.account is not None and hides_our_calls(found.account.rules):
        yield Finding("calls_deaf", {"user": user})
    else:
        yield Finding("calls_fine")


def _acting(found: Inspection, user: str) -> Finding:
    """Whether what people command from the console would be done."""
    missing = {act: [one for one in act.actions if one not in found.commands] for act in ACTS}
    acts = [act for act, actions in missing.items() if actions]
    if not acts:
        return Finding("acts_fine")
    return Finding(
        "acts_missing",
        {
            "actions": ", ".join(one for act in acts for one in missing[act]),
            "acts": "; ".join(act.en for act in acts),
            "acts_zh": "；".join(act.zh for act in acts),
            "classes": ",".join(dict.fromkeys(act.needs for act in acts)),
            "user": user,
        },
    )


def _modules(found: Inspection) -> Iterator[Finding]:
    if found.modules.get("app_queue") is False:
        yield Finding("no_queue_module")
    if found.modules.get("res_pjsip") is False and found.modules.get("chan_sip") is False:
        yield Finding("no_sip_module")


def _listening(found: Inspection) -> Iterator[Finding]:
    """Where the account may order it, and may ask for modules."""
    spies, sockets = (found.modules.get(name) for name in ("app_chanspy", "chan_audiosocket"))
    if "Originate" not in found.commands or spies is None:
        return
    yield Finding("no_listening" if not spies else "listening_fine" if sockets else "listening_by_phone")


def _queues(found: Inspection, wrapup_s: int) -> Iterator[Finding]:
    status = found.lists.get("QueueStatus")
    if status is None:
        return
    queues = {first(message, "Queue") for message in status if first(message, "Event") == "QueueParams"}
    members = [message for message in status if first(message, "Event") == "QueueMember"]
    if not queues:
        yield Finding("no_queues")
        return
    yield Finding("queues_fine", {"queues": str(len(queues)), "members": str(len(members))})
    for code, true in _MEMBER_FAULTS.items():
        if names := sorted({_called(member) for member in members if true(member)}):
            yield Finding(code, {"members": _some(names)})
    if odd := [f"{queue} {seconds} s" for queue, seconds in sorted(found.wrapups.items()) if seconds != wrapup_s]:
        yield Finding("wrapup_differs", {"queues": _some(odd), "ours": str(wrapup_s)})


def _called(member: Message) -> str:
    return first(member, "Name") or first(member, "Location")


def _is_blind(member: Message) -> bool:
    location, state = first(member, "Location"), first(member, "StateInterface")
    return location.startswith("Local/") and state in ("", location)


_MEMBER_FAULTS: Mapping[str, Callable[[Message], bool]] = {
    "members_blind": _is_blind,
    "members_invalid": lambda member: first(member, "Status") == "4",
    "members_nameless": lambda member: first(member, "Name") in ("", first(member, "Location")),
}


def _some(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" (+{rest})" if rest > 0 else "")


def _phones(found: Inspection) -> Iterator[Finding]:
    contacts = found.lists.get("PJSIPShowContacts", [])
    blind = [contact for contact in contacts if first(contact, "QualifyFrequency") == "0"]
    if blind:
        yield Finding("phones_unqualified", {"count": str(len(blind))})
