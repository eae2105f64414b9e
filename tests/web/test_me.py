"""Somebody's own page: all of his, nothing of anybody else's, and a word against a breach (R-SEC-15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from alerts.model import Breach, Severity, Subject, SubjectKind
from floor.people.model import Person, Role
from floor.state.model import AgentState, Caller, CallerStage, CompletedBy, Key, Offer, OfferResult, Span
from tests.support.people import Actor, Deed, Deeds, person
from tests.web.conftest import House, Open
from tests.web.doubles import NOON, agent, pbx
from tests.web.visitor import visiting

ANN = person(Role.AGENT, 1, "ann", agents=(("pbx1", "Ann"),))
BOB = person(Role.AGENT, 2, "bob", agents=(("*", "Bob"),))
CHIEF = person(Role.CHIEF, 3, "chief")


def breach(id_: str, name: str, **more: Any) -> Breach:
    subject = Subject(SubjectKind.AGENT, "pbx1", name)
    evidence = ({"at": NOON, "fact": "AgentRang"}, {"at": NOON + 18, "fact": "OfferEnded"})
    return Breach(
        id_, "R-ANS-1", subject, Severity.WARN, NOON, NOON + 18, 15.0, 18.0, "support", evidence=evidence, **more
    )


class Breaches:
    """The record of breaches, and what was asked of it."""

    def __init__(self, *breaches: Breach) -> None:
        self.kept = {one.id: one for one in breaches}
        self.asked: list[Key | None] = []
        self.live: dict[str, object] = {}

    def subscribe(self, _: object) -> Any:
        return lambda: None

    async def breaches(
        self, since: float, until: float | None = None, *, agent: Key | None = None, rule: str | None = None
    ) -> Sequence[Breach]:
        self.asked.append(agent)
        return [one for one in self.kept.values() if (one.subject.pbx, one.subject.name) == agent]

    async def dispute(self, breach: str, actor: Person, text: str) -> Breach:
        self.kept[breach] = replace(self.kept[breach], disputed_at=NOON + 100, dispute=text)
        return self.kept[breach]


class Past:
    """One state, one ring and one call of everybody."""

    async def spans_of(self, agent: Key, since: float) -> Sequence[Span]:
        return [
            Span(*agent, AgentState.PAUSED, NOON + 10, NOON + 70, reason="lunch"),
            Span(*agent, AgentState.READY, NOON + 70, NOON + 90, gap=True),
        ]

    async def offers_of(self, agent: Key, since: float) -> Sequence[Offer]:
        return [Offer(agent[0], "support", agent[1], "1.1", NOON + 10, NOON + 30, OfferResult.NO_ANSWER)]

    async def visits_of(self, agent: Key, since: float) -> Sequence[Caller]:
        return [
            Caller(
                agent[0], "support", "1.1", CallerStage.ENDED, number="13812345678", name="Zhang San",
                joined_at=NOON, answered_at=NOON + 20, ended_at=NOON + 200, agent=agent[1], holds=2, hold_s=35.0,
                completed_by=CompletedBy.AGENT,
            )
        ]  # fmt: skip


@pytest.fixture
async def house(open_house: Open) -> House:
    """Ann and Bob have one breach each."""
    breaches = Breaches(
        breach("b1", "Ann"), breach("b2", "Bob"), breach("b3", "Ann", excused_by="Li 7003", excuse="fire")
    )
    house = await open_house(
        staff=(ANN, BOB, CHIEF), parts={"alarms": breaches, "past": Past()}, time_zone="Asia/Shanghai"
    )
    house.store.put(agent("Ann"), agent("Bob"))
    house.measures.set(("agent", "pbx1", "Ann"), answered=7, offers=9, ring_no_answer=2, talk_s=840)
    return house


async def test_all_that_is_recorded(house: House) -> None:
    """Figures of today, states, rings, calls and breaches, the excused one too; each with its moment and its proof."""
    async with visiting(house) as visitor:
        await visitor.sign_in("ann")
        told = (await visitor.get("/api/v1/me")).json()
    (mine,) = told["agents"]
    assert (mine["pbx"], mine["name"], mine["state"]) == ("pbx1", "Ann", "ready")
    assert mine["figures"]["answered"] == 7
    assert mine["figures"]["ring_no_answer_rate"] == pytest.approx(2 / 9)
    assert mine["figures"]["hold_s_mean"] is None
    assert [(span["state"], span["reason"], span["gap"]) for span in mine["spans"]] == [
        ("paused", "lunch", False),
        ("ready", None, True),
    ]
    assert mine["offers"][0]["result"] == "no_answer"
    assert (mine["calls"][0]["held_s"], mine["calls"][0]["ended_by"]) == (35.0, "agent")
    assert [one["id"] for one in told["breaches"]] == ["b1", "b3"]
    assert told["breaches"][0]["evidence"][0] == {"at": NOON, "fact": "AgentRang"}
    assert told["breaches"][1]["excuse"] == "fire"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            ("My record", "Calls answered", "away", "not answered", "Excused", "Dispute it", "link lost, not counted"),
        ),
        ("zh", ("我的记录", "接听", "示忙", "未接", "已豁免", "申诉", "连接中断,不计")),
    ],
)
async def test_the_page_says_it_in_both_languages(house: House, lang: str, words: tuple[str, ...]) -> None:
    """The same for people, on the floor's clock; without a script, and without a word of a customer."""
    async with visiting(house) as visitor:
        await visitor.sign_in("ann")
        page = (await visitor.get(f"/me?lang={lang}")).text
    for word in (*words, "R-ANS-1", "lunch", "support"):
        assert word in page, word
    for secret in ("13812345678", "Zhang", "Bob", "breaches/b2"):
        assert secret not in page


async def test_everywhere_means_where_one_is_known(house: House) -> None:
    """Bob works on every exchange: those that know him are shown, times on our clock."""
    house.store.put(pbx("pbx2", timestamps=True, clock_offset_s=30.0), agent("Bob", exchange="pbx2"))
    async with visiting(house) as visitor:
        await visitor.sign_in("bob")
        told = (await visitor.get("/api/v1/me")).json()
    assert [one["pbx"] for one in told["agents"]] == ["pbx1", "pbx2"]
    assert [one["spans"][0]["from"] for one in told["agents"]] == [NOON + 10, NOON - 20]


async def test_sign_ins_and_changes_are_on_record_too(house: House) -> None:
    """Who did it is named as everybody knows him, not by what he signs in with (R-SEC-10)."""
    house.accounts.deeds[1] = [
        Deed(NOON, Deeds.PERSON_CHANGED, Actor(3, "192.0.2.7")),
        Deed(NOON, Deeds.SIGNED_IN, Actor(1, "192.0.2.8")),
        Deed(NOON, Deeds.PERSON_CHANGED, Actor(None)),
    ]
    async with visiting(house) as visitor:
        await visitor.sign_in("ann")
        told = (await visitor.get("/api/v1/me")).json()["deeds"]
        assert [(one["what"], one["own"], one["by"]) for one in told] == [
            ("person_changed", False, "Chief"),
            ("signed_in", True, "Agent"),
            ("person_changed", False, None),
        ]
        page = (await visitor.get("/me?lang=zh")).text
        for word in ("人员信息变更", "192.0.2.8", "Chief", "本人"):
            assert word in page


async def test_nobody_can_choose_whose(house: House) -> None:
    """Whatever is added to the address, it is one's own record."""
    async with visiting(house) as visitor:
        await visitor.sign_in("ann")
        for query in ("?person=2", "?agent=pbx1/Bob", "?id=b2", "?login=bob"):
            assert "Bob" not in (await visitor.get(f"/api/v1/me{query}")).text
        assert (await visitor.get("/me/2")).status_code == 404


async def test_a_person_without_an_agent(house: House) -> None:
    """A chief has a page too, with nothing on it."""
    async with visiting(house) as visitor:
        await visitor.sign_in("chief")
        assert (await visitor.get("/api/v1/me")).json()["agents"] == []
        assert "No exchange knows you as an agent" in (await visitor.get("/me")).text


async def test_dispute_by_form_and_by_script(house: House) -> None:
    """A form comes back to the page, which shows it; a script gets the breach. The breach itself stays as it was."""
    async with visiting(house) as visitor:
        await visitor.sign_in("ann")
        back = await visitor.post("/api/v1/breaches/b1/dispute", {"text": " the phone did not ring "})
        assert (back.status_code, back.headers["location"]) == (303, "/me#breaches")
        page = (await visitor.get("/me")).text
        assert "the phone did not ring" in page
        assert "Disputed" in page
        told = (await visitor.send("/api/v1/breaches/b3/dispute", {"text": "<b>no</b>"})).json()
        assert (told["dispute"], told["value"], told["excuse"]) == ("<b>no</b>", 18.0, "fire")
        assert (await visitor.send("/api/v1/breaches/b3/dispute", {"text": "never mind"})).status_code == 409
        assert "<b>no</b>" not in (await visitor.get("/me")).text


@pytest.mark.parametrize("id_", ["b2", "nothing", "..%2Fb1", "b1%00", "%F0%9F%94%A5", "B1"])
async def test_anothers_breach_is_as_if_there_were_none(house: House, id_: str) -> None:
    """Guessing ids tells nothing and does nothing, for a chief neither: disputing is for whom it is about."""
    answers = set()
    for login in ("ann", "chief"):
        async with visiting(house) as visitor:
            await visitor.sign_in(login)
            answer = await visitor.send(f"/api/v1/breaches/{id_}/dispute", {"text": "no"})
            assert answer.status_code == 404
            answers.add(answer.text)
    assert len(answers) == 1 or id_ == "..%2Fb1"


@pytest.mark.parametrize(
    "sent", [{}, {"text": ""}, {"text": "  "}, {"text": "x" * 2001}, {"text": 1}, {"text": "a", "x": 1}, [], None]
)
async def test_what_is_no_dispute(house: House, sent: object) -> None:
    """400, and nothing is written."""
    async with visiting(house) as visitor:
        await visitor.sign_in("ann")
        assert (await visitor.send("/api/v1/breaches/b1/dispute", sent)).status_code == 400
        assert (await visitor.post("/api/v1/breaches/b1/dispute", {"text": " "})).status_code == 400
        assert (await visitor.get("/api/v1/me")).json()["breaches"][0]["dispute"] is None


async def test_without_alerts_and_history(open_house: Open) -> None:
    """Where these parts do not run, their part of the page is empty."""
    house = await open_house(staff=(ANN,))
    async with visiting(house) as visitor:
        await visitor.sign_in("ann")
        told = (await visitor.get("/api/v1/me")).json()
        assert (told["breaches"], told["agents"][0]["spans"]) == ([], [])
        assert (await visitor.get("/me")).status_code == 200
        assert (await visitor.send("/api/v1/breaches/b1/dispute", {"text": "no"})).status_code == 404
