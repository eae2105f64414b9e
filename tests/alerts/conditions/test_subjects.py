"""Subjects, changes and evidence."""

from __future__ import annotations

from alerts.conditions import subjects
from floor.state import facts as f
from floor.state.model import LinkState, Member, Queue
from tests.alerts.conditions.test_phones import LOST
from tests.support.scene import BEGIN, A, B, Scene


def test_subjects_of_one_name_differ_by_kind_and_exchange() -> None:
    """Every subject has an identity of its own."""
    makers = (subjects.the_queue, subjects.the_trunk, subjects.the_phone, subjects.the_agent)
    found = {maker(pbx, "x").id for maker in makers for pbx in (A, B)} | {subjects.the_pbx(A).id, subjects.SITE.id}
    assert len(found | {subjects.the_group("x").id}) == 11


def test_changes_of_one_kind() -> None:
    """Of everything a fact did, the entities asked for."""
    scene = Scene(LOST).up()
    found: list[tuple[Queue | None, Queue | None]] = []
    scene.store.subscribe(lambda outcome: found.extend(subjects.changed(outcome, Queue)))
    scene.joins("C1")
    ((before, after),) = found
    assert before is None
    assert after is not None
    assert (after.name, after.waiting) == ("sales", 1)


def test_evidence_leaves_out_what_is_not_known() -> None:
    """No empty words."""
    assert subjects.said(BEGIN + 0.12345, "X", address=None, phones=3) == {
        "at": BEGIN + 0.123,
        "fact": "X",
        "phones": 3,
    }


def test_links() -> None:
    """One of two exchanges is heard."""
    scene = Scene(LOST)
    assert not subjects.any_linked(scene.floor)
    scene.up(A).link(LinkState.DOWN, B)
    assert subjects.any_linked(scene.floor)


def test_phones_of_an_agent() -> None:
    """His interface, and what shows its state, hints looked up and options cut off."""
    member = Member("sales", "Ann", "Local/1@from-queue/n", "hint:1@ext-local")
    scene = Scene(LOST).up()
    scene.tell(f.QueuesSynced(A, BEGIN, members=(member,), hints=(("hint:1@ext-local", "PJSIP/1"),)))
    agent = scene.floor.agents[A, "Ann"]
    assert subjects.devices_of(scene.floor, agent, None) == {"Local/1@from-queue", "PJSIP/1"}
