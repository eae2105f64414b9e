"""What follows from what was learnt about an exchange; and the way there."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from asterisk.advice import Finding, Severity
from asterisk.check import judge, run_check
from asterisk.eventfilters import read_rule
from asterisk.inspection import Account, Inspection, Trial
from asterisk.wire import Message
from floor.settings import PbxSettings
from tests.asterisk_link.conftest import settings
from tests.asterisk_link.peer import Peer, error, success

SYSTEM, REPORTING = frozenset({"system"}), frozenset({"system", "reporting"})
COMMANDS = {
    **dict.fromkeys(("QueueStatus", "BridgeList", "Ping", "ListCommands"), frozenset[str]()),
    **dict.fromkeys(("CoreSettings", "CoreStatus", "CoreShowChannels", "PJSIPShowRegistrationsOutbound"), REPORTING),
    **dict.fromkeys(("DeviceStateList", "ExtensionStateList"), frozenset({"call", "reporting"})),
    **dict.fromkeys(("PJSIPShowEndpoints", "PJSIPShowContacts", "ModuleCheck", "Filter"), SYSTEM),
}
AGENT, CALL = frozenset({"agent"}), frozenset({"call"})
ACTS = {
    **dict.fromkeys(("QueuePause", "QueueAdd", "QueueRemove", "QueuePenalty"), AGENT),
    **dict.fromkeys(("Redirect", "Bridge"), CALL),
    "Hangup": CALL | SYSTEM,
    "Originate": frozenset({"originate"}),
}
"""What the console does."""
COMMANDS |= ACTS


def healthy(**changes: object) -> Inspection:
    """An exchange on which everything is as it should be, but for ``changes``."""
    found = Inspection(
        version="22.10.1",
        offset_s=0.01,
        commands=dict(COMMANDS),
        modules={"app_queue": True, "res_pjsip": True, "chan_sip": False},
        account=Account(
            read=frozenset({"system", "call", "agent", "dialplan", "user", "security"}),
            write=frozenset({"system", "reporting"}),
            timestamps=True,
        ),
        lists={"QueueStatus": [params("support"), member("Ann", "PJSIP/1001")], "PJSIPShowContacts": []},
        seen={"system": {"FullyBooted"}},
    )
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def params(queue: str) -> Message:
    return {"Event": "QueueParams", "Queue": queue}


def member(name: str, location: str, state: str = "", status: str = "1") -> Message:
    values = {"Name": name, "Location": location, "StateInterface": state or location, "Status": status}
    return {"Event": "QueueMember", "Queue": "support", **values}


def troubles(found: Inspection, wrapup_s: int = 0) -> list[str]:
    return [one.code for one in judge(found, "floor", wrapup_s) if one.severity is not Severity.OK]


def test_a_healthy_exchange_has_no_trouble() -> None:
    """Everything fine is said, too: version, clock, timestamps, rights, queues."""
    codes = [one.code for one in judge(healthy(), "floor", filters=True)]
    assert codes == ["version_fine", "clock_fine", "timestamps_on", "read_fine", "acts_fine", "queues_fine"]


def test_less_is_proposed_where_everything_is_sent() -> None:
    """Without a filter it is said that there could be one; with one, from the file or from us, it is not."""
    told = {
        "none": judge(healthy(), "floor"),
        "in the file": judge(healthy(account=account(rules=[HOLD_HIDDEN])), "floor"),
        "set": judge(healthy(), "floor", filters=True),
        "not known": judge(healthy(account=None), "floor"),
    }
    assert [name for name, found in told.items() if "filters_none" in {one.code for one in found}] == ["none"]


def test_what_came_of_a_filter_that_was_tried() -> None:
    """Taken: how much less came. Refused: the exchange's own words. Set, but not allowed: what is missing."""
    (taken,) = (one for one in judge(healthy(trial=Trial(None, 120, 41)), "floor") if one.code == "filter_taken")
    assert "120 events came without it, 41 with it" in taken.what()
    (refused,) = (one for one in judge(healthy(trial=Trial("No way", 9, 0)), "floor") if one.code == "filter_refused")
    assert "No way" in refused.what()
    codes = {one.code for one in judge(healthy(commands=without("Filter")), "floor", filters=True)}
    assert "filters_not_allowed" in codes


async def test_a_filter_is_tried_only_when_asked_for() -> None:
    """The check changes nothing of a session, unless it is to try."""
    async with Peer(Filter=lambda _, action: success(action)) as peer:
        await run_check(settings(peer.port), listen_s=0.05)
        assert "Filter" not in peer.names()
        findings = await run_check(settings(peer.port), listen_s=0.05, less=True)
        assert "Filter" in peer.names()
    assert "filter_taken" in {one.code for one in findings}


def without(*actions: str) -> dict[str, frozenset[str]]:
    return {name: needed for name, needed in COMMANDS.items() if name not in actions}


def account(**changes: object) -> Account:
    made = healthy().account
    assert made is not None
    for name, value in changes.items():
        setattr(made, name, value)
    return made


NEEDED = frozenset({"system", "call", "agent", "dialplan", "user", "security"})
PHONES: dict[str, bool | None] = {"app_queue": True, "res_pjsip": True, "chan_sip": False}
KINDS = ("system", "call", "agent")
HOLD_HIDDEN = read_rule("eventfilter", "!Event: Hold")
CONTACT: Message = {"Event": "ContactList", "QualifyFrequency": "0"}


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"version": "13.38.3"}, ["version_old"]),
        ({"version": "certified/20.7-cert1"}, []),
        ({"version": "23.1.0"}, ["version_new"]),
        ({"version": "GIT-master"}, ["version_unknown"]),
        ({"version": None}, ["version_unknown"]),
        ({"offset_s": -3600.0}, ["clock_skew"]),
        ({"stamped": False}, ["timestamps_off"]),
        ({"account": account(timestamps=False)}, ["timestamps_off"]),
        ({"account": account(timestamps=False), "stamped": True}, []),
        (
            {"account": None, "seen": {kind: {"X"} for kind in KINDS}},
            ["timestamps_unseen", "read_unseen", "read_extras_unseen"],
        ),
        ({"account": account(read=NEEDED - {"dialplan"})}, ["read_missing"]),
        ({"account": account(read=NEEDED - {"user"})}, ["read_without"]),
        ({"account": account(read=NEEDED - {"user", "security"})}, ["read_without", "read_without"]),
        ({"account": account(read=frozenset({"all"}))}, []),
        ({"account": account(read=NEEDED - {"system", "dialplan"}), "seen": {}}, ["read_missing", "read_missing"]),
        ({"account": account(rules=[HOLD_HIDDEN])}, ["events_hidden"]),
        ({"account": account(disabled=frozenset({"VarSet", "RTCPSent"}))}, ["events_disabled"]),
        ({"commands": without("CoreShowChannels")}, ["write_missing"]),
        ({"commands": without("PJSIPShowEndpoints", "PJSIPShowContacts")}, ["write_no_phones"]),
        ({"commands": COMMANDS | {"Command": frozenset({"command"})}}, ["write_broad"]),
        ({"account": account(write=frozenset({"all"}))}, ["write_broad"]),
        ({"commands": without("QueuePause")}, ["acts_missing"]),
        ({"modules": {"app_queue": False, "res_pjsip": True}, "commands": without("QueueStatus")}, ["no_queue_module"]),
        ({"modules": {"app_queue": True, "res_pjsip": False, "chan_sip": False}}, ["no_sip_module"]),
        ({"modules": PHONES | {"app_chanspy": True, "chan_audiosocket": True}}, []),
        ({"modules": PHONES | {"app_chanspy": True, "chan_audiosocket": False}}, ["listening_by_phone"]),
        ({"modules": PHONES | {"app_chanspy": False, "chan_audiosocket": True}}, ["no_listening"]),
        ({"modules": PHONES | {"app_chanspy": None, "chan_audiosocket": None}}, []),
        ({"modules": PHONES | {"app_chanspy": False}, "commands": without("Originate")}, ["acts_missing"]),
        (
            {
                "modules": {"app_queue": True, "res_pjsip": False, "chan_sip": True},
                "commands": without("PJSIPShowEndpoints", "PJSIPShowContacts", "PJSIPShowRegistrationsOutbound"),
            },
            [],
        ),
        ({"lists": {"QueueStatus": []}}, ["no_queues"]),
        ({"lists": {"QueueStatus": [params("a"), member("Ann", "Local/1@agents")]}}, ["members_blind"]),
        ({"lists": {"QueueStatus": [params("a"), member("Ann", "Local/1@agents", "PJSIP/1")]}}, []),
        ({"lists": {"QueueStatus": [params("a"), member("Ann", "PJSIP/1", status="4")]}}, ["members_invalid"]),
        ({"lists": {"QueueStatus": [params("a"), member("PJSIP/1", "PJSIP/1")]}}, ["members_nameless"]),
        ({"lists": {"PJSIPShowContacts": [CONTACT]}}, ["phones_unqualified"]),
        ({"wrapups": {"support": 5}}, ["wrapup_differs"]),
    ],
)
def test_each_trouble_is_found(changes: dict[str, object], trouble: list[str]) -> None:
    """One thing wrong, one finding; nothing else is suspected."""
    assert troubles(healthy(**changes)) == trouble


def calling(**changes: object) -> list[str]:
    """Findings about the calls that the exchange is to place."""
    return [one.code for one in judge(healthy(**changes), "floor", calls=True) if one.code.startswith("calls")]


def test_whether_it_may_call_is_asked_where_it_shall() -> None:
    """The right to originate, and filters that let pass how a call ended and which key was pressed."""
    may: dict[str, object] = {}
    shipped = [read_rule("eventfilter", line) for line in (r"^Event: (Hangup|VarSet)", "^Event: OriginateResponse")]
    deaf = [read_rule("eventfilter", "^Event: OriginateResponse"), read_rule("eventfilter", "Variable: QUEUESTATUS")]
    assert calling(commands=without("Originate")) == ["calls_refused"]
    assert calling(**may) == ["calls_fine"]
    assert calling(**may, account=account(rules=shipped)) == ["calls_fine"]
    assert calling(**may, account=account(rules=deaf)) == ["calls_deaf"]
    assert calling(**may, account=None) == ["calls_fine"]
    assert not [one for one in judge(healthy(), "floor") if one.code.startswith("calls")]


def test_the_setting_that_agrees_is_no_trouble() -> None:
    """A wrap-up time that we were told is fine."""
    assert troubles(healthy(wrapups={"support": 5}), wrapup_s=5) == []


def test_of_many_only_some_are_named() -> None:
    """A hundred members without a name make one readable sentence."""
    crowd = [member(f"PJSIP/{n}", f"PJSIP/{n}") for n in range(1000, 1100)]
    found = healthy(lists={"QueueStatus": [params("a"), *crowd]})
    [finding] = [one for one in judge(found, "floor") if one.code == "members_nameless"]
    assert "PJSIP/1000" in finding.what()
    assert "(+92)" in finding.what()


async def only(exchange: PbxSettings) -> Finding:
    """The one finding of a check that gets nowhere."""
    [finding] = await run_check(exchange, listen_s=0)
    assert finding.severity is Severity.ERROR
    assert finding.remedy()
    return finding


async def test_nothing_listening_is_told() -> None:
    """No exchange at that address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert (await only(settings(taken.getsockname()[1]))).code == "nothing_listens"


async def test_an_unknown_host_is_told() -> None:
    """A name that cannot be looked up."""
    assert (await only(settings(5038, host="no-such-host.invalid"))).code == "host_unknown"


async def test_a_wrong_secret_is_told_without_showing_it() -> None:
    """Secret, user and address are named as the three possible causes."""
    async with Peer() as peer:
        finding = await only(settings(peer.port, secret="wrong-secret"))
    assert finding.code == "refused"
    assert "Authentication failed" in finding.what()
    assert "wrong-secret" not in finding.what() + finding.remedy()


async def test_a_missing_secret_file_is_told(tmp_path: Path) -> None:
    """The file is named."""
    finding = await only(settings(5038, secret=None, secret_file=tmp_path / "secret"))
    assert finding.code == "no_secret"
    assert str(tmp_path / "secret") in finding.what()


async def test_a_service_that_is_not_ami_is_told() -> None:
    """Another protocol on that port."""
    async with Peer(Login=lambda peer, _: peer.hang_up()) as peer:
        peer.greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n"
        assert (await only(settings(peer.port))).code == "not_ami"


async def test_tls_towards_a_plain_port_is_told() -> None:
    """TLS on one side only."""
    async with Peer() as peer:
        assert (await only(settings(peer.port, tls=True))).code == "tls_failed"


async def test_a_ca_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A typing error in tls_ca."""
    assert (await only(settings(5038, tls=True, tls_ca=tmp_path / "ca.pem"))).code == "tls_failed"


async def test_a_whole_check_over_the_wire() -> None:
    """Connect, ask, listen, judge; the secret in the exchange's own configuration goes nowhere."""
    ours = ["Category-000000: floor", "Line-000000-000000: secret=well-kept-secret", "Line-000000-000001: read=call"]
    general = ["Category-000000: general", "Line-000000-000000: timestampevents=no"]
    queues = ["Category-000000: support", "Line-000000-000000: wrapuptime=5"]

    def config(_peer: Peer, action: dict[str, str]) -> bytes:
        if action["Filename"] == "queues.conf":
            return success(action, *queues)
        return success(action, *(general if action["Category"] == "general" else ours))

    def commands(_peer: Peer, action: dict[str, str]) -> bytes:
        needs = {name: ",".join([*needed, "all"]) if needed else "<none>" for name, needed in COMMANDS.items()}
        return success(action, *(f"{name}: Does it.  (Priv: {need})" for name, need in needs.items()))

    async with Peer(ListCommands=commands, GetConfig=config, ModuleCheck=lambda _, action: success(action)) as peer:
        findings = await run_check(settings(peer.port), listen_s=0.05)
    codes = [one.code for one in findings if one.severity is not Severity.OK]
    missing = ["read_missing"] * 2  # agent and dialplan: system is proven by FullyBooted
    further = ["read_without"] * 2  # user and security
    assert [code for code in codes if code != "clock_skew"] == ["timestamps_off", *missing, *further, "no_queues"]
    assert all("well-kept-secret" not in one.what() + one.remedy() for one in findings)
    assert "QueuePause" not in peer.names()


async def test_an_exchange_that_vanishes_meanwhile_is_told() -> None:
    """The check ends with what it knows."""

    def vanish(peer: Peer, _action: dict[str, str]) -> None:
        peer.hang_up()

    async with Peer(ListCommands=vanish) as peer:
        assert [one.code for one in await run_check(settings(peer.port), listen_s=1)] == ["connected", "lost"]


async def test_an_exchange_that_refuses_everything_is_judged_all_the_same() -> None:
    """No rights at all: every list is missing, nothing is guessed."""

    def denied(_peer: Peer, action: dict[str, str]) -> bytes:
        return error(action, "Permission denied")

    def commands(_peer: Peer, action: dict[str, str]) -> bytes:
        return success(action, "Ping: Keepalive command.  (Priv: <none>)")

    async with Peer(CoreSettings=denied, GetConfig=denied, ListCommands=commands, Ping=denied) as peer:
        findings = await run_check(settings(peer.port), listen_s=0)
    codes = {one.code for one in findings}
    assert {"version_unknown", "write_missing", "no_queue_module", "read_unseen"} <= codes
    assert "clock_fine" not in codes


def test_what_the_console_cannot_do_is_named() -> None:
    """The actions, in words what will not work, the classes that help, and the file that adds them."""
    watching = judge(healthy(commands=without(*ACTS)), "floor")
    (missing,) = [one for one in watching if one.code == "acts_missing"]
    assert "QueuePause, QueueAdd, QueueRemove, QueuePenalty, Hangup, Redirect, Bridge, Originate" in missing.what()
    assert "evacuation (R-EMG-16)" in missing.what()
    assert "紧急撤离" in missing.what("zh")
    assert "agent,call,originate" in missing.remedy()
    assert "floorwatch-manager-console.conf" in missing.remedy("zh")
