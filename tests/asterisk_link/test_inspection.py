"""What can be learnt by asking."""

from __future__ import annotations

from asterisk.deliveries import CloseReason, EventArrived
from asterisk.inspection import Inspection, Listener, inspect
from asterisk.session import Session
from floor.clock import SystemClock
from tests.asterisk_link.conftest import settings
from tests.asterisk_link.peer import SECRET, Action, Answer, Peer, error, event, listing, success


def test_a_listener_notes_classes_and_stamps() -> None:
    """One stamped event proves timestamps; the greeting of a booted exchange proves nothing about them."""
    listener = Listener()
    listener([EventArrived({"Event": "FullyBooted", "Privilege": "system,all"}, 0)])
    assert listener.stamped is None
    listener([EventArrived({"Event": "VarSet", "Privilege": "dialplan,all"}, 0)])
    assert listener.stamped is False
    listener([EventArrived({"Event": "VarSet", "Privilege": "dialplan,all", "Timestamp": "1.5"}, 0)])
    assert listener.stamped is True
    assert listener.seen["dialplan"] == {"VarSet"}
    assert listener.seen["system"] == {"FullyBooted"}


async def inspected(**answers: Answer) -> Inspection:
    async with Peer(**answers) as peer:
        listener = Listener()
        session = Session(settings(peer.port), SystemClock(), listener)
        try:
            await session.open()
            return await inspect(session, listener, settings(peer.port), SystemClock(), 0.05)
        finally:
            session.close(CloseReason.STOPPED, "")


def commands(*names: str) -> Answer:
    def answer(_peer: Peer, action: Action) -> bytes:
        return success(action, *(f"{name}: Does it.  (Priv: system,all)" for name in names))

    return answer


async def test_the_account_is_read_from_the_exchanges_configuration() -> None:
    """Rights, filters and timestamps as they stand there; the secret is dropped while reading."""

    def config(_peer: Peer, action: Action) -> bytes:
        file, category = action["Filename"], action.get("Category", "")
        if file == "queues.conf":
            lines = ["Category-000000: general", "Line-000000-000000: wrapuptime=9"]
            lines += ["Category-000001: support", "Line-000001-000000: wrapuptime=5"]
            lines += ["Category-000002: sales", "Line-000002-000000: wrapuptime=0"]
        elif category == "floor":
            lines = ["Category-000001: floor", f"Line-000001-000000: secret={SECRET}"]
            lines += ["Line-000001-000001: read=system, Call", "Line-000001-000002: write=reporting"]
            lines += ["Line-000001-000003: eventfilter=!Event: Hold"]
        else:
            lines = ["Category-000000: general", "Line-000000-000000: timestampevents=yes"]
            lines += ["Line-000000-000001: disabledevents=RTCPSent, VarSet"]
        return success(action, *lines)

    found = await inspected(GetConfig=config, ListCommands=commands("GetConfig"))
    assert found.account is not None
    assert found.account.read == frozenset({"system", "call"})
    assert found.account.write == frozenset({"reporting"})
    assert found.account.timestamps is True
    assert found.account.disabled == {"RTCPSent", "VarSet"}
    assert len(found.account.rules) == 1
    assert found.wrapups == {"support": 5}
    assert SECRET not in repr(found)


async def test_without_the_right_nothing_is_claimed_about_the_account() -> None:
    """Not allowed to read is not known, and not empty."""
    found = await inspected(GetConfig=lambda _, action: error(action, "Permission denied"))
    assert found.account is None


async def test_modules_are_asked_for_or_told_by_what_they_bring() -> None:
    """ModuleCheck where allowed; else an action that only the module has."""

    def check(_peer: Peer, action: Action) -> bytes:
        return success(action) if action["Module"] == "app_queue" else error(action, "Module not loaded")

    asked = await inspected(ListCommands=commands("ModuleCheck"), ModuleCheck=check)
    listening = ("app_chanspy", "chan_audiosocket")
    missing = dict.fromkeys(("res_pjsip", "chan_sip", *listening), False)
    assert asked.modules == {"app_queue": True, **missing}
    told = await inspected(ListCommands=commands("QueueStatus", "SIPpeers"))
    unknown = dict.fromkeys(("res_pjsip", *listening))
    assert told.modules == {"app_queue": True, "chan_sip": True, **unknown}


async def test_lists_and_events_are_collected() -> None:
    """Members for their faults, and what arrives while listening."""

    def status(_peer: Peer, action: Action) -> bytes:
        live = event("Newexten", Privilege="dialplan,all", Timestamp="1.5")
        return b"".join(listing(action, ("QueueParams", {"Queue": "a"}))) + live

    found = await inspected(ListCommands=commands("QueueStatus"), QueueStatus=status)
    assert [message["Event"] for message in found.lists["QueueStatus"]] == ["QueueParams"]
    assert found.seen["dialplan"] == {"Newexten"}
    assert found.stamped is True
