"""Facts and floors as bytes and back: nothing is lost, what is not known is left out, nothing is believed unread."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floor.relay.codec import VOCABULARY, GarbledError, Unread, read, read_floor, written, written_floor
from floor.state import facts as f
from floor.state.floor import Floor
from floor.state.model import LinkState, Member
from floor.state.reduce import reduce
from floor.state.taken import floor_of, take
from tests.support.facts_at_random import BEGIN, KINDS, any_fact, histories

UP = f.LinkChanged("p", BEGIN, LinkState.UP)


def floor(history: list[f.Fact]) -> Floor:
    built = Floor()
    for fact in history:
        reduce(built, fact)
    return built


def test_every_kind_can_be_said() -> None:
    """No fact of ours is unknown to the wire."""
    said = written([], BEGIN)
    assert read(said, "p", Counter()).facts == []
    assert len(KINDS) > 40


@settings(max_examples=200, deadline=None)
@given(any_fact)
def test_fact_comes_back(fact: f.Fact) -> None:
    """Equal to the last field."""
    unread: Unread = Counter()
    turn = read(written([fact], BEGIN), fact.pbx, unread)
    assert (turn.facts, turn.version, turn.sent_at, unread) == ([fact], VOCABULARY, BEGIN, Counter())


@settings(max_examples=100, deadline=None)
@given(histories)
def test_floor_comes_back(history: list[f.Fact]) -> None:
    """Equal to the last entity."""
    taken, unread = floor_of(floor(history), "p", BEGIN), Counter[str]()
    assert read_floor(written_floor(taken), "p", unread) == taken
    assert not unread


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_refused_in_words(noise: bytes) -> None:
    """Whatever stands in Redis: an error of ours, nothing else, and nothing that looks like a fact."""
    for reads in (read, read_floor):
        with pytest.raises(GarbledError):
            reads(noise, "p", Counter())


@settings(max_examples=300, deadline=None)
@given(any_fact, st.data())
def test_damage_never_escapes(fact: f.Fact, data: st.DataObject) -> None:
    """A flipped byte is another valid fact of this exchange, something left out, or refused; never another error."""
    said = bytearray(written([fact], BEGIN))
    said[data.draw(st.integers(0, len(said) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        turn = read(bytes(said), fact.pbx, Counter())
    except GarbledError:
        return
    assert all(isinstance(one, f.Fact) and one.pbx == fact.pbx for one in turn.facts)


@settings(max_examples=150, deadline=None)
@given(histories, st.data())
def test_damaged_floor_never_escapes(history: list[f.Fact], data: st.DataObject) -> None:
    """The same for a checkpoint."""
    said = bytearray(written_floor(floor_of(floor(history), "p", BEGIN)))
    said[data.draw(st.integers(0, len(said) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        taken = read_floor(bytes(said), "p", Counter())
    except GarbledError:
        return
    assert taken.pbx == "p"


def test_newer_words_are_left_out_and_counted() -> None:
    """A kind, a field and a word that this version does not know: the rest is understood."""
    known = msgspec.msgpack.decode(msgspec.msgpack.encode(UP))
    facts = [
        ("CoffeeMade", {"pbx": "p", "at": BEGIN}),
        ("LinkChanged", {**known, "strength": 7}),
        ("LinkChanged", {**known, "link": "entangled"}),
    ]
    unread: Unread = Counter()
    turn = read(msgspec.msgpack.encode((9, BEGIN, facts, "and more")), "p", unread)
    assert (turn.facts, turn.version, turn.trouble) == ([UP], 9, None)
    assert unread == {"CoffeeMade": 1, "LinkChanged": 1, "trouble": 1}


def test_newer_entities_are_left_out_and_counted() -> None:
    """In a checkpoint: one agent in a state not known here does not hide the others."""
    member = Member("sales", "Ann", "PJSIP/1", "PJSIP/1")
    built = floor([UP, f.MemberSeen("p", BEGIN, member), f.CallerJoined("p", BEGIN, "sales", "1")])
    version, tables = msgspec.msgpack.decode(written_floor(floor_of(built, "p", BEGIN)))
    tables["agents"][0]["state"] = "dreaming"
    tables["dreams"] = [1]
    unread: Unread = Counter()
    taken = read_floor(msgspec.msgpack.encode((version, tables)), "p", unread)
    assert (taken.agents, len(taken.callers), unread) == ((), 1, {"agents": 1})


@pytest.mark.parametrize("field", ["reason", "version", "booted_at"])
def test_older_words_have_defaults(field: str) -> None:
    """A field that an older collector does not send."""
    known = msgspec.msgpack.decode(msgspec.msgpack.encode(UP))
    del known[field]
    turn = read(msgspec.msgpack.encode((1, BEGIN, [("LinkChanged", known)])), "p", Counter())
    assert turn.facts == [UP]


def test_nobody_speaks_of_another_exchange() -> None:
    """Neither in a fact nor in a floor, and no moment is no number."""
    nan = float("nan")
    for said in (written([UP], BEGIN), written([f.LinkChanged("q", nan, LinkState.UP)], BEGIN), written([], nan)):
        with pytest.raises(GarbledError):
            read(said, "q", Counter())
    with pytest.raises(GarbledError):
        read_floor(written_floor(floor_of(floor([UP]), "p", BEGIN)), "q", Counter())
    version, tables = msgspec.msgpack.decode(written_floor(floor_of(floor([UP]), "p", BEGIN)))
    tables["exchange"]["pbx"] = "q"
    with pytest.raises(GarbledError):
        read_floor(msgspec.msgpack.encode((version, tables)), "p", Counter())


def test_counting_is_bounded() -> None:
    """Whoever invents kinds fills no memory."""
    unread: Unread = Counter()
    facts: list[tuple[str, dict[str, str]]] = [(f"{'x' * 1000}{number}", {}) for number in range(300)]
    read(msgspec.msgpack.encode((1, BEGIN, facts)), "p", unread)
    assert len(unread) <= 100
    assert all(len(kind) <= 40 for kind in unread)


ODD: st.SearchStrategy[object] = st.sampled_from([None, "", "x", -1, float("nan"), 1e300, [], {}])


@settings(max_examples=100, deadline=None)
@given(histories, histories, st.data())
def test_floor_that_makes_no_sense_is_taken_or_refused(
    history: list[f.Fact], before: list[f.Fact], data: st.DataObject
) -> None:
    """Rows twice, rows gone, fields gone, odd values: whoever takes what is read does not stumble, then or later."""
    version, tables = msgspec.msgpack.decode(written_floor(floor_of(floor(history), "p", BEGIN)))
    for _ in range(3):
        rows = tables[data.draw(st.sampled_from(sorted(tables)))]
        if isinstance(rows, list) and rows:
            row = rows[data.draw(st.integers(0, len(rows) - 1))]
            rows.append(row)
            if isinstance(row, dict):
                row[data.draw(st.sampled_from(sorted(row)))] = data.draw(ODD)
    try:
        taken = read_floor(msgspec.msgpack.encode((version, tables)), "p", Counter())
    except GarbledError:
        return
    target = floor(before)
    take(target, taken)
    for fact in history:
        reduce(target, fact)
