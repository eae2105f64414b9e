"""The protocol as Asterisk 22 speaks it: the answers are those of a real one (tapes/captures/answers.ami)."""

from __future__ import annotations

from hashlib import md5

import pytest

from asterisk.simulator import Simulator
from asterisk.simulator.actions import ACTIONS, NAMES
from asterisk.simulator.lists import LISTINGS
from asterisk.simulator.session import LONGEST_MESSAGE, Account, Session
from asterisk.simulator.wire import Category
from tests.simulator.floors import floor, pass_time
from tests.simulator.orders import messages

ADMIN = Account("floor", "s3cret")
WATCHER = Account("watch", "s3cret", write=Category.SYSTEM | Category.REPORTING)


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    return floor(agents=12, warmup_s=300.0)


def _session(simulator: Simulator, account: Account | None = ADMIN) -> Session:
    session = Session(simulator.exchange, {ADMIN.user: ADMIN, WATCHER.user: WATCHER})
    session.take()
    if account is not None:
        _ask(session, f"Action: Login\nUsername: {account.user}\nSecret: s3cret")
    return session


def _ask(session: Session, text: str) -> list[dict[str, str]]:
    session.receive(f"{text}\nActionID: 7\n\n".replace("\n", "\r\n").encode())
    return list(messages(session.take().decode()))


def _refusal(session: Session, text: str) -> str:
    answer = _ask(session, text)[0]
    assert answer["Response"] == "Error"
    assert answer["ActionID"] == "7"
    return answer["Message"]


def test_a_session_opens_with_the_banner(simulator: Simulator) -> None:
    """The first line names the protocol's version."""
    assert Session(simulator.exchange, {}).take() == b"Asterisk Call Manager/11.0.0\r\n"


def test_login_is_accepted_and_tells_of_the_boot(simulator: Simulator) -> None:
    """Response first, then FullyBooted, which here carries no time stamp."""
    session = _session(simulator, None)
    accepted, booted = _ask(session, "Action: Login\nUsername: floor\nSecret: s3cret")
    assert accepted == {"Response": "Success", "ActionID": "7", "Message": "Authentication accepted"}
    assert list(booted) == ["Event", "Privilege", "Uptime", "LastReload", "Status"]
    assert _ask(session, "Action: Login\nUsername: floor\nSecret: s3cret")[0]["Message"] == "Already authenticated"


@pytest.mark.parametrize(
    "text", ["Username: floor\nSecret: wrong", "Username: nobody\nSecret: s3cret", "Username: floor"]
)
def test_a_wrong_login_is_refused_and_ends_the_session(simulator: Simulator, text: str) -> None:
    """One sentence for a wrong secret and an unknown user alike."""
    session = _session(simulator, None)
    assert _refusal(session, f"Action: Login\n{text}") == "Authentication failed"
    assert session.closing


def test_challenge_and_key_prove_the_secret(simulator: Simulator) -> None:
    """MD5 login; a key without a challenge proves nothing."""
    session = _session(simulator, None)
    assert _refusal(session, "Action: Challenge") == "Must specify AuthType"
    challenge = _ask(session, "Action: Challenge\nAuthType: MD5")[0]["Challenge"]
    key = md5((challenge + "s3cret").encode()).hexdigest()
    login = "Action: Login\nUsername: floor\nAuthType: MD5\nKey: "
    assert _refusal(_session(simulator, None), login + key) == "Authentication failed"
    assert _ask(session, login + key)[0]["Response"] == "Success"


def test_before_login_nothing_is_permitted_and_nothing_is_heard(simulator: Simulator) -> None:
    """Not even Ping; events are not for strangers."""
    session = _session(simulator, None)
    assert _refusal(session, "Action: Ping") == "Permission denied"
    assert _refusal(session, "Action: Nonsense") == "Permission denied"
    assert _refusal(session, "Foo: x") == "Missing action in request"
    simulator.world.taps.append(session.offer)
    pass_time(simulator, 60)
    simulator.world.taps.remove(session.offer)
    assert session.take() == b""


REFUSALS = {
    "Action: Nonsense": "Invalid/unknown command: Nonsense. Use Action: ListCommands to show available commands.",
    "Action: SIPpeers": "Invalid/unknown command: SIPpeers. Use Action: ListCommands to show available commands.",
    "Action: Command": "No command provided",
    "Action: QueuePause": "Need 'Interface' and 'Paused' parameters.",
    "Action: QueuePause\nInterface: nosuch\nPaused: true": "Interface not found",
    "Action: QueuePause\nInterface: PJSIP/1001\nPaused: false\nQueue: nosuch": "Interface not found",
    "Action: QueueAdd\nQueue: support": "'Interface' not specified.",
    "Action: QueueAdd\nInterface: PJSIP/1001": "'Queue' not specified.",
    "Action: QueueAdd\nQueue: nosuch\nInterface: PJSIP/1001": "Unable to add interface to queue: No such queue",
    "Action: QueueAdd\nQueue: support\nInterface: PJSIP/1001": "Unable to add interface: Already there",
    "Action: QueueRemove\nQueue: nosuch\nInterface: PJSIP/1001": "Unable to remove interface from queue: No such queue",
    "Action: QueueRemove\nQueue: vip\nInterface: PJSIP/1001": "Unable to remove interface: Not there",
    "Action: QueuePenalty\nInterface: PJSIP/9999\nPenalty: 3": "Invalid interface, queuename or penalty",
    "Action: QueueWithdrawCaller\nQueue: support\nCaller: x": "Unable to request withdraw from queue: No such caller",
    "Action: Hangup": "No channel specified",
    "Action: Hangup\nChannel: nosuch": "No such channel",
    "Action: Redirect": "Channel not specified",
    "Action: Redirect\nChannel: nosuch\nExten: s": "Channel does not exist: nosuch",
    "Action: Originate": "Channel not specified",
    "Action: Originate\nChannel: bad": "Invalid channel",
    "Action: Filter\nOperation: Nope": "Unknown operation",
    "Action: Filter\nOperation: Add": "Filter was formatted incorrectly.  Check the syntax of the filter given.",
    "Action: Filter\nOperation: Add\nFilter: (": "Filter did not compile.  Check the syntax of the filter given.",
    "Action: ModuleCheck\nModule: nosuch": "Module not loaded",
}


@pytest.mark.parametrize("text", REFUSALS)
def test_what_cannot_be_done_is_refused_in_asterisks_words(simulator: Simulator, text: str) -> None:
    """The error texts are those of a real exchange."""
    assert _refusal(_session(simulator), text) == REFUSALS[text]


def test_an_account_may_only_do_what_its_write_classes_allow(simulator: Simulator) -> None:
    """A watcher reads lists and cannot pause, originate or use the console."""
    session = _session(simulator, WATCHER)
    pause = "QueuePause\nInterface: PJSIP/1001\nPaused: true"
    for text in (pause, "Command\nCommand: queue show", "Originate\nChannel: PJSIP/1"):
        assert _refusal(session, f"Action: {text}") == "Permission denied"
    for text in ("QueueStatus", "CoreSettings", "PJSIPShowContacts", "DeviceStateList", "BridgeList"):
        assert _ask(session, f"Action: {text}")[0]["Response"] == "Success"


def test_commands_are_listed_to_those_who_may_use_them(simulator: Simulator) -> None:
    """Every action there is, with the write classes it needs; to a watcher only what he may do."""
    assert {name.lower() for name in NAMES} == {*ACTIONS, *LISTINGS}
    (told,) = _ask(_session(simulator), "Action: ListCommands")
    assert set(NAMES) <= set(told)
    assert told["QueuePause"] == "(Priv: agent,all)"
    assert told["CoreSettings"] == "(Priv: system,reporting,all)"
    assert told["QueueStatus"] == "(Priv: <none>)"
    (told,) = _ask(_session(simulator, WATCHER), "Action: ListCommands")
    assert "QueuePause" not in told
    assert "CoreShowChannels" in told


def test_ping_and_logoff(simulator: Simulator) -> None:
    """Pong carries the exchange's own time; Goodbye ends the session."""
    session = _session(simulator)
    pong = _ask(session, "Action: Ping")[0]
    assert pong == {
        "Response": "Success",
        "ActionID": "7",
        "Ping": "Pong",
        "Timestamp": f"{simulator.world.now:.6f}",
    }
    bye = _ask(session, "Action: Logoff")[0]
    assert bye == {"Response": "Goodbye", "ActionID": "7", "Message": "Thanks for all the fish."}
    assert session.closing


def _heard(simulator: Simulator, session: Session) -> set[str]:
    simulator.world.taps.append(session.offer)
    pass_time(simulator, 300)
    simulator.world.taps.remove(session.offer)
    return {m["Event"] for m in messages(session.take().decode())}


def test_the_event_mask_chooses_classes(simulator: Simulator) -> None:
    """Off is silence, a list of classes is those, on is everything the account may read."""
    session = _session(simulator)
    assert _ask(session, "Action: Events\nEventMask: off")[0]["Events"] == "Off"
    assert not _heard(simulator, session)
    assert _ask(session, "Action: Events\nEventMask: agent,system")[0]["Events"] == "On"
    agent_events = _heard(simulator, session)
    assert "QueueCallerJoin" in agent_events
    assert not agent_events & {"VarSet", "Newchannel", "Hangup"}
    _ask(session, "Action: Events\nEventMask: on")
    assert {"VarSet", "Newchannel", "QueueCallerJoin"} <= _heard(simulator, session)


def test_filters_narrow_what_is_heard(simulator: Simulator) -> None:
    """Excluding ones take away, including ones leave nothing else."""
    session = _session(simulator)
    assert _ask(session, "Action: Filter\nOperation: Add\nFilter: !Event: VarSet")[0]["Message"] == "Success"
    assert "VarSet" not in _heard(simulator, session)
    _ask(session, "Action: Filter\nOperation: Add\nFilter: Event: Queue.*")
    assert all(name.startswith("Queue") for name in _heard(simulator, session))


def test_an_answer_comes_before_the_events_it_caused(simulator: Simulator) -> None:
    """As on a real exchange: response, then QueueMemberPause in each of his queues."""
    session = _session(simulator)
    simulator.world.taps.append(session.offer)
    agent = next(iter(simulator.world.agents.values()))
    said = _ask(session, f"Action: QueuePause\nInterface: {agent.interface}\nPaused: true\nReason: training")
    simulator.world.taps.remove(session.offer)
    assert said[0]["Message"] == "Interface paused successfully"
    pauses = [m for m in said if m.get("Event") == "QueueMemberPause"]
    assert {m["Queue"] for m in pauses} == set(agent.members)
    assert {m["PausedReason"] for m in pauses} == {"training"}


def test_bytes_may_come_in_any_portions(simulator: Simulator) -> None:
    """A message split anywhere, line ends of either kind, several at once: the same answers."""
    session = _session(simulator)
    text = b"Action: Ping\r\nActionID: a\r\n\r\nAction: Ping\nActionID: b\n\n"
    for byte in text:
        session.receive(bytes([byte]))
    one_by_one = [m["ActionID"] for m in messages(session.take().decode())]
    session.receive(text)
    assert one_by_one == [m["ActionID"] for m in messages(session.take().decode())] == ["a", "b"]


def test_garbage_does_no_harm(simulator: Simulator) -> None:
    """Wrong bytes are refused; a message without an end closes the session."""
    session = _session(simulator)
    session.receive(b"\xff\xfe\x00: \x80\r\n\r\n")
    assert b"Missing action in request" in session.take()
    session.receive(b"x" * (LONGEST_MESSAGE + 1))
    assert session.closing


def test_values_from_outside_cannot_forge_headers(simulator: Simulator) -> None:
    """What a client sends is echoed without anything that could end a line."""
    session = _session(simulator)
    session.receive(b"Action: UserEvent\rResponse: Success\r\nUserEvent: a\x0bb\x1bc\r\n\r\n")
    session.receive(b"Action: UserEvent\r\nUserEvent: a\x0bb\x1bc\r\n\r\n")
    simulator.world.taps.append(session.offer)
    session.receive(b"Action: UserEvent\r\nUserEvent: a\x0bb\x1bc\r\n\r\n")
    simulator.world.taps.remove(session.offer)
    assert b"UserEvent: abc\r\n" in session.take()


def test_no_answer_shows_a_secret(simulator: Simulator) -> None:
    """Whatever is asked, the secret is in nothing the exchange says."""
    session = _session(simulator)
    lists = ("PJSIPShowRegistrationsOutbound", "PJSIPShowEndpoints", "CoreSettings")
    for name in (*lists, "Command\nCommand: manager show settings"):
        session.receive(f"Action: {name}\n\n".encode())
    assert b"s3cret" not in session.take()
