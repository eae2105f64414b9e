"""A snapshot and the patches after it are the state, whatever happened in between."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.web.doubles import Screen
from web import wire
from web.stream import Stream

IDS = st.sampled_from(["pbx1/a", "pbx1/b", "pbx1/c"])
PARTS = st.none() | st.integers(0, 3).map(lambda n: wire.Trunk("pbx1", "a", "reachable", n, "ok"))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(["trunks", "queues"]), IDS, PARTS),
        st.tuples(st.just("patch")),
        st.tuples(st.just("join")),
        st.tuples(st.just("reset")),
    ),
    max_size=40,
)
BOARD = wire.Board("default", {}, "auto", "auto", False, "number", (), "C", 15, (), "today", {}, 15)


def fresh() -> Stream:
    stream = Stream("build")
    stream.reset(BOARD)
    stream.settle()
    return stream


def level(stream: Stream, screens: list[Screen]) -> None:
    patch = stream.patch(1.0)
    for screen in screens if patch else []:
        screen.deliver(patch or b"")


@given(STEPS)
def test_snapshot_and_patches_are_the_state(steps: list[tuple[object, ...]]) -> None:
    """Whoever joined whenever holds, at equal revisions, exactly what a newcomer gets."""
    stream = fresh()
    screens: list[Screen] = []
    for step in steps:
        if step[0] == "put":
            stream.put(step[1:])
            continue
        level(stream, screens)
        if step[0] == "reset":
            stream.reset(BOARD)
            stream.settle()
        if step[0] == "join":
            screens.append(Screen())
        for screen in screens if step[0] == "reset" else screens[-1:]:
            screen.deliver(stream.snapshot(1.0))
    level(stream, screens)
    newcomer = Screen()
    newcomer.deliver(stream.snapshot(1.0))
    for screen in screens:
        assert (screen.rev, screen.floor) == (newcomer.rev, newcomer.floor)


def test_what_looks_the_same_is_not_told() -> None:
    """Putting an equal entity makes no patch, and no revision."""
    stream = fresh()
    stream.put(("trunks", "a", wire.Trunk("pbx1", "a", "reachable", 1, "ok")))
    assert stream.patch(1.0) is not None
    before = stream.rev
    stream.put(("trunks", "a", wire.Trunk("pbx1", "a", "reachable", 1, "ok")))
    stream.put(("trunks", "never there", None))
    assert stream.patch(1.0) is None
    assert stream.rev == before


def test_a_snapshot_tells_the_time_it_is_sent() -> None:
    """The floor is encoded once, but now is the moment of sending: clients set their clocks by it."""
    stream = fresh()
    assert json.loads(stream.snapshot(1.0)) | {"now": 2.0} == json.loads(stream.snapshot(2.0))


def test_hostile_text_is_only_ever_data() -> None:
    """A queue named like markup or with quotes and line separators arrives as just that name."""
    stream = fresh()
    name = '</script><img onerror=alert(1)>"\\\u2028\x00'
    stream.put(("queues", name, wire.Queue("pbx1", name, name, 0)))
    patch = json.loads(stream.patch(1.0) or b"")
    assert patch["set"]["queues"][name]["name"] == name
