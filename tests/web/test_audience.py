"""What a board shows: its queues, its agents, its totals; and what the public never gets."""

from __future__ import annotations

import pytest

from floor.ports import Change
from floor.settings import BoardSettings, GroupSettings, PbxSettings, Settings, Threshold
from floor.state.figures import TOTAL
from floor.state.model import Agent, Caller, CallerStage, Queue
from tests.web.doubles import FloorDouble, MeasuresDouble, agent, caller, member, pbx, queue, trunk
from web.audience import Audience
from web.naming import Names
from web.scores import Scores

EXCHANGES = (PbxSettings(name="pbx1"), PbxSettings(name="pbx2"))
FLOOR = (
    pbx("pbx1"),
    pbx("pbx2"),
    queue("sales"),
    queue("support"),
    queue("support", "pbx2"),
    queue("default", states=()),
)


def audience(measures: MeasuresDouble | None = None, everything: bool = False, **board: object) -> Audience:
    settings = Settings(pbx=EXCHANGES, group=(GroupSettings(name="night", agents=("Ann",)),))
    one = Audience(
        BoardSettings.model_validate(board),
        settings,
        Names.of(settings, b"salt"),
        Scores(measures or MeasuresDouble()),
        everything=everything,
    )
    one.select(FloorDouble(*FLOOR).view)
    return one


def test_no_queues_named_means_all_in_use() -> None:
    """Queues with members, a line or calls today are shown, by exchange and name; Asterisk's empty default is not."""
    assert audience().queues == (("pbx1", "sales"), ("pbx1", "support"), ("pbx2", "support"))
    assert audience(everything=True).queues[0] == ("pbx1", "default")


def test_a_queue_used_today_stays() -> None:
    """Nobody is logged in any more, but the day's calls are still worth seeing."""
    measures = MeasuresDouble()
    measures.set(("queue", "pbx1", "default"), offered=1)
    assert ("pbx1", "default") in audience(measures).queues


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        (("support",), (("pbx1", "support"), ("pbx2", "support"))),
        (("pbx2/support", "sales"), (("pbx2", "support"), ("pbx1", "sales"))),
        (("default",), (("pbx1", "default"),)),
        (("nowhere",), ()),
    ],
)
def test_named_queues_in_their_order(named: tuple[str, ...], shown: tuple[tuple[str, str], ...]) -> None:
    """A bare name is that queue on every exchange; exchange/queue is one; the order is the board's."""
    assert audience(queues=named).queues == shown


def test_it_knows_when_to_select_anew() -> None:
    """A queue that comes into use or goes changes the board; any other change of a queue does not."""
    one = audience()
    assert not one.reselects(("pbx1", "sales"), queue("sales", waiting=9))
    assert one.reselects(("pbx1", "sales"), None)
    assert one.reselects(("pbx1", "new"), queue("new"))
    assert one.reselects(("pbx1", "default"), queue("default", states=(), waiting=1))


def test_agents_of_its_queues_only() -> None:
    """A board of some queues shows the agents of these queues."""
    one = audience(queues=("sales",))
    assert one.show(agent("Ann", member("support")))[2] is None
    assert one.show(agent("Ann", member("support"), member("sales")))[2] is not None


def test_agents_of_its_groups_only() -> None:
    """A board of groups shows nobody else."""
    one = audience(groups=("night",))
    assert one.show(agent("Ann"))[2] is not None
    assert one.show(agent("Bob"))[2] is None


def test_only_waiting_callers() -> None:
    """Who talks or left is no caller on a board; nor is who waits in another queue."""
    one = audience(queues=("support",))
    assert one.show(caller())[2] is not None
    assert one.show(caller(stage=CallerStage.TALKING))[2] is None
    assert one.show(caller(queue_name="sales"))[2] is None


def test_a_board_of_chosen_queues_has_its_own_total() -> None:
    """Its total is the sum of its queues; a board of everything takes the floor's."""
    measures = MeasuresDouble()
    measures.set(("queue", "pbx1", "support"), offered=2)
    measures.set(("queue", "pbx2", "support"), offered=3)
    measures.set(TOTAL, offered=100)
    kind, id_, shown = audience(measures, queues=("support",)).figures(TOTAL, {})
    assert (kind, id_, shown["m15"]["offered"]) == ("figures", "total", 5)
    assert audience(measures).figures(TOTAL, {})[2]["today"]["offered"] == 100
    assert audience(measures, queues=("support",)).history(TOTAL)[2][0]["offered"] == 5
    assert audience(measures, queues=("support",)).touches({("queue", "pbx2", "support")}) == {
        ("queue", "pbx2", "support"),
        TOTAL,
    }


def test_an_agents_figures_go_with_him() -> None:
    """Figures of an agent the board does not show are gone from it; shown ones are of today only."""
    measures, ann = MeasuresDouble(), agent()
    measures.set(("agent", "pbx1", "Ann"), answered=2)
    one = audience(measures)
    assert list(one.figures(("agent", "pbx1", "Ann"), {ann.key: ann})[2]) == ["today"]
    assert one.figures(("agent", "pbx1", "Ann"), {})[2] is None
    assert "Ann" not in one.figures(("agent", "pbx1", "Ann"), {})[1]


def test_the_public_sees_no_agents_trunks_or_scores() -> None:
    """Nothing of these is made at all for a public board, so nothing can leak."""
    measures = MeasuresDouble()
    measures.set(TOTAL, offered=10, answered=8, abandoned=2)
    measures.set(("agent", "pbx1", "Ann"), answered=2)
    one = audience(measures, public=True, tiles=("waiting", "service_level", "answered", "staffed"))
    ann = agent()
    assert one.show(ann)[2] is None
    assert one.show(trunk())[2] is None
    assert one.figures(("agent", *ann.key), {ann.key: ann})[2] is None
    assert one.figures(TOTAL, {})[2]["today"] == {"offered": 10, "answered": 8}
    board = one.view_board()
    assert board.tiles == ("waiting", "answered")
    assert set(board.thresholds) <= {"waiting", "longest"}
    assert board.agents == "none"


def test_board_on_the_wire() -> None:
    """BOARD is resolved: real queues, thresholds over the defaults."""
    board = audience(queues=("sales",), thresholds={"waiting": Threshold(warn=1, critical=2)}).view_board()
    assert board.queues == ("pbx1/sales",)
    assert (board.thresholds["waiting"].warn, board.thresholds["longest"].warn) == (1, 60)
    assert board.thresholds["service_level"].direction == "down"
    assert (board.formula, board.answer_s, board.drill) == ("C", 15, False)


def test_changes_that_cannot_concern_it_are_passed_over() -> None:
    """A board of some queues is asked of these and their callers only; of agents always, for they change queues."""
    one, everything = audience(queues=("sales",)), audience()
    queues = {key: Change(None, queue(key[1], key[0])) for key in (("pbx1", "sales"), ("pbx1", "support"))}
    waiting = {one.key: Change(None, one) for one in (caller("1.1", "sales"), caller("1.2"))}
    ann = {agent().key: Change(None, agent())}
    assert list(one.among(Queue, queues)) == [("pbx1", "sales")]
    assert list(one.among(Caller, waiting)) == [("pbx1", "sales", "1.1")]
    assert one.among(Agent, ann) == ann
    assert everything.among(Queue, queues) == queues
    assert everything.among(Caller, waiting) == waiting


def test_named_queues_are_chosen_anew_when_one_comes_or_goes() -> None:
    """What else changes about queues is no reason to look."""
    one, sales, other = audience(queues=("sales",)), queue("sales"), queue("support")
    assert not one.reselected({sales.key: Change(sales, queue("sales", waiting=3)), other.key: Change(other, None)})
    assert one.reselected({sales.key: Change(sales, None)})
    assert one.reselected({("pbx2", "sales"): Change(None, queue("sales", "pbx2"))})
    assert not one.reselected({("pbx2", "night"): Change(None, queue("night", "pbx2"))})
