"""``floor notify``: the ways that are set up, and a test over each."""

from __future__ import annotations

from pathlib import Path

import pytest

from floor.errors import ConfigInvalidError
from floor.settings import Settings
from floor.verbs.telling import list_ways, try_ways
from floor.verbs.users import add_user
from tests.alerts.notify.cast import Post, Receiver
from tests.asterisk_link.peer import SECRET, Action, Peer, event, success

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's own import


def settings(folder: Path, **values: object) -> Settings:
    return Settings.model_validate({"data_dir": folder, **values})


async def test_a_person_is_tested_by_all_he_can_be_reached_by(tmp_path: Path) -> None:
    """His contacts come from the register."""
    said: list[str] = []
    async with Post() as post:
        ours = settings(tmp_path, notify={"mail": {"server": "127.0.0.1", "port": post.port, "security": "none"}})
        add_user(ours, {"login": "li", "name": "Li", "role": "leader", "mail": "li@example.com", "phone": "1001"}, None)
        assert await try_ways(ours, said.append, person="li") == 1
    assert len(post.letters) == 1
    assert any(line.startswith("ok     mail li@example.com (Li)") for line in said)
    assert "FAILED phone 1001 (Li): this way is not set up" in said


async def test_every_route_is_tested(tmp_path: Path) -> None:
    """Each contact with its verdict and time."""
    said: list[str] = []
    async with Post() as post, Receiver() as receiver:
        ours = settings(
            tmp_path,
            notify={
                "mail": {"server": "127.0.0.1", "port": post.port, "security": "none"},
                "webhook": {"ops": {"url": receiver.url, "private": True}},
            },
            alerts={"route": [{"contacts": [{"kind": "webhook", "address": "ops", "name": "Ops"}]}]},
        )
        assert await try_ways(ours, said.append, kind="mail", address="li@example.com") == 0
        assert await try_ways(ours, said.append) == 0
    assert len(post.letters) == 1
    assert len(receiver.requests) == 1
    assert said[0].startswith("ok     mail li@example.com: told in")
    assert said[1].startswith("ok     webhook ops (Ops): told in")


async def test_what_fails_is_said(tmp_path: Path) -> None:
    """With the reason, and counted."""
    said: list[str] = []
    async with Receiver(b"HTTP/1.1 410 Gone\r\n\r\n") as receiver:
        ours = settings(tmp_path, notify={"webhook": {"ops": {"url": receiver.url, "private": True}}})
        assert await try_ways(ours, said.append, kind="webhook") == 1
        assert await try_ways(ours, said.append, kind="mail", address="li@example.com") == 1
    assert said == ["FAILED webhook ops: it answered 410", "FAILED mail li@example.com: this way is not set up"]


async def test_a_phone_is_called_over_a_link_of_its_own(tmp_path: Path) -> None:
    """No Floorwatch has to run for it."""
    said: list[str] = []

    def answered(peer: Peer, action: Action) -> bytes:
        id_ = action["ActionID"]
        verdict = event("OriginateResponse", ActionID=id_, Response="Success", Reason=4, Uniqueid=id_)
        return success(action) + verdict + event("Hangup", Uniqueid=id_, Cause=16)

    async with Peer(Originate=answered) as peer:
        ours = settings(
            tmp_path,
            pbx=[{"name": "hq", "port": peer.port, "secret": SECRET}],
            notify={"phone": {"pbx": "hq", "channel": "PJSIP/{number}@carrier"}},
        )
        assert await try_ways(ours, said.append, kind="phone", address="1001") == 0
        assert (await peer.told("Originate"))["Channel"] == "PJSIP/1001@carrier"
    assert said[0].startswith("ok     phone 1001")


@pytest.mark.parametrize(
    "options", [{"kind": "pigeon"}, {"kind": "browser"}, {"address": "x"}, {"person": "nobody"}, {"kind": "mail"}, {}]
)
async def test_nobody_is_meant(tmp_path: Path, options: dict[str, str]) -> None:
    """A sentence says what to give."""
    with pytest.raises(ConfigInvalidError):
        await try_ways(settings(tmp_path), print, **options)


def test_the_list_holds_no_secret(tmp_path: Path) -> None:
    """Names and addresses, not what is behind them."""
    file = tmp_path / "url"
    file.write_text("slack://s3cr3t")
    listed = list_ways(
        settings(
            tmp_path,
            notify={"apprise": {"team": file}, "mail": {"server": "mail.example", "password_file": file}},
            alerts={"route": [{"contacts": [{"kind": "apprise", "address": "team", "name": "Team"}]}]},
        )
    )
    assert "team" in listed
    assert "mail.example:587 (starttls)" in listed
    assert "phone     not set up" in listed
    assert "Team" in listed
    assert "s3cr3t" not in listed
