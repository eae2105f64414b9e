"""One board's audience: which part of the floor it may see, and how. Everybody at a board sees the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from msgspec import Raw

from alerts.model import Alert, Message, Severity
from floor.ports import Change
from floor.requests.model import Request
from floor.settings import DEFAULT_THRESHOLDS, BoardSettings, Settings, Threshold
from floor.state.figures import TOTAL, Figures, Subject, build, values
from floor.state.model import Agent, Caller, CallerStage, Entity, Key, Pbx, Queue, Trunk
from web import alarms, asked, views, wire
from web.alarms import Sources
from web.naming import Names
from web.ports import WINDOWS, FloorView, Window
from web.scores import Scores

PUBLIC_TILES = frozenset({"waiting", "longest", "answered", "offered"})

PLACES: dict[type[Entity], str] = {
    Agent: "agents",
    Queue: "queues",
    Caller: "callers",
    Pbx: "pbxs",
    Trunk: "trunks",
}
"""Where in a FLOOR entities stand; other kinds are on no board."""

Row = wire.Part | Raw
Shown = tuple[str, str, Row | None]
"""(kind, id, what the board shows there, perhaps encoded already; ``None``: nothing)."""


class Audience:
    """What one board shows. ``everything`` is for programs: it leaves no queue out, used or not."""

    def __init__(
        self,
        board: BoardSettings,
        settings: Settings,
        names: Names,
        scores: Scores,
        *,
        everything: bool = False,
        sources: Sources | None = None,
    ) -> None:
        self.board = board
        self.sources = sources or Sources()
        self._settings = settings
        self._names = names
        self._scores = scores
        self._measures = scores.measures
        self._everything = everything
        self._groups = frozenset(board.groups)
        self.queues: tuple[Key, ...] = ()
        """The queues it shows, in order; set by :meth:`select`."""
        self._chosen: frozenset[Key] = frozenset()
        self._known: frozenset[Key] = frozenset()
        """The queues there were when these were chosen."""
        self.rows: dict[type[Entity], Callable[[Any], Row | None]] = {
            Agent: self._agent,
            Queue: self._queue,
            Caller: self._caller,
            Pbx: self._pbx,
            Trunk: self._trunk,
        }
        """How the board shows an entity of each kind; ``None``: not at all."""

    # Which queues

    def select(self, floor: FloorView) -> bool:
        """Resolve the board's queues against the floor; whether that changed them."""
        before = self.queues
        self.queues = tuple(self._resolved(floor.queues))
        self._chosen, self._known = frozenset(self.queues), frozenset(floor.queues)
        return self.queues != before

    def reselects(self, key: Key, queue: Queue | None) -> bool:
        """Whether this change of a queue (``None``: gone) changes what the board shows; cheap, asked for each."""
        return (queue is not None and self._wants(queue)) != (key in self._chosen)

    def reselected(self, queues: Mapping[tuple[str, ...], Change]) -> bool:
        """Whether any of these changes of queues does. Where queues are named only new ones and those gone can."""
        if self.board.queues and queues.keys() <= self._known:
            return any(change.after is None and key in self._chosen for key, change in queues.items())
        reselects = self.reselects
        return any(reselects(key, change.after) for key, change in queues.items())  # type: ignore[arg-type]

    def among(self, kind: type[Entity], changes: dict[tuple[str, ...], Change]) -> dict[tuple[str, ...], Change]:
        """Of these changes those that may concern the board: a queue's and its callers' only where it is shown."""
        chosen = self._chosen
        if kind is Queue:
            return {key: changes[key] for key in changes.keys() & chosen}
        if kind is Caller:
            return {key: change for key, change in changes.items() if key[:2] in chosen}
        return changes

    def _resolved(self, queues: Mapping[Key, Queue]) -> Iterable[Key]:
        wanted = sorted(key for key, queue in queues.items() if self._wants(queue))
        if not self.board.queues:
            return wanted
        ranks = {name: rank for rank, name in reversed(list(enumerate(self.board.queues)))}
        return sorted(wanted, key=lambda key: min(ranks[n] for n in (key[1], views.id_of(key)) if n in ranks))

    def _wants(self, queue: Queue) -> bool:
        if self._everything:
            return True
        if self.board.queues:
            return queue.name in self.board.queues or views.id_of(queue.key) in self.board.queues
        return bool(queue.states) or queue.waiting > 0 or self._used_today(queue.key)

    def _used_today(self, key: Key) -> bool:
        return self._measures.figures(("queue", *key), "today").offered > 0

    # Entities

    def tells_of(self, kind: type[Entity]) -> bool:
        """Whether anything of this kind is ever shown: on a busy floor it is agents that change most."""
        return not (self.board.public and kind in (Agent, Trunk))

    def show(self, entity: Entity) -> Shown | None:
        """What the board shows of an entity; ``None``: this kind is on no board."""
        kind = type(entity)
        if kind not in PLACES:
            return None
        return PLACES[kind], self.id_of(kind, entity.key), self.rows[kind](entity)

    def id_of(self, kind: type[Entity], key: tuple[str, ...]) -> str:
        """Its id on this board."""
        if kind is Agent:
            return self._names.id(key, self.board.agents)  # type: ignore[arg-type]  # an agent's has two parts
        return key[0] if kind is Pbx else "/".join(key)

    def _pbx(self, pbx: Pbx) -> wire.Pbx:
        return views.view_pbx(pbx, self._measures.gaps(pbx.pbx), public=self.board.public)

    def _trunk(self, trunk: Trunk) -> wire.Trunk | None:
        return None if self.board.public else views.view_trunk(trunk)

    def _queue(self, queue: Queue) -> wire.Queue | None:
        return views.view_queue(queue, public=self.board.public) if queue.key in self._chosen else None

    def _caller(self, caller: Caller) -> wire.Caller | None:
        shown = caller.stage is CallerStage.WAITING and (caller.pbx, caller.queue) in self._chosen
        return views.view_caller(caller) if shown else None

    def _agent(self, agent: Agent) -> Raw | wire.Agent | None:
        if not self.sees_agent(agent):
            return None
        return self._scores.once((self.board.agents, *agent.key), lambda: self._view(agent))

    def _view(self, agent: Agent) -> wire.Agent:
        """He as every board that names agents so shows him."""
        return views.view_agent(agent, self._names, self.board.agents, self._clocks(agent), self._group(agent))

    def _group(self, agent: Agent) -> str | None:
        """His team by the settings, else by the register of people."""
        people = self.sources.people
        known = people.group_of(agent.pbx, agent.name) if people is not None else None
        return self._names.groups.get(agent.name, known)

    def _clocks(self, agent: Agent) -> tuple[wire.Clock, ...] | None:
        if self.sources.clocks is None:
            return None
        return tuple(alarms.view_clock(clock) for clock in self.sources.clocks.clocks(agent.key))

    def sees_agent(self, agent: Agent) -> bool:
        """Whether the board shows this agent."""
        if self.board.public:
            return False
        if self._groups and self._group(agent) not in self._groups:
            return False
        if not self.board.queues:
            return True
        pbx, chosen = agent.pbx, self._chosen
        for member in agent.members:  # noqa: SIM110 - asked of every agent by every board: half the price
            if (pbx, member.queue) in chosen:
                return True
        return False

    def sees_queue(self, pbx: str, queue: str) -> bool:
        return (pbx, queue) in self._chosen

    def sees_group(self, group: str) -> bool:
        return group in self._groups if self._groups else not self.board.queues

    def sees_pbx(self, pbx: str) -> bool:
        return not self.board.queues or any(key[0] == pbx for key in self.queues)

    @property
    def limited(self) -> bool:
        """Whether the board shows chosen queues or groups only."""
        return bool(self._groups or self.board.queues)

    @property
    def sums_queues(self) -> bool:
        """Whether its total is its own queues' sum rather than the floor's."""
        return bool(self.board.queues)

    # Who looks

    def stands(self) -> bool:
        """Whether they may see anything at all at this moment; a board's key is the door's business."""
        return True

    def hears(self, message: Message, floor: FloorView) -> bool:  # noqa: ARG002 - boards are nobody's
        """Whether a message is for whoever reads this."""
        return False

    follows_record = False
    """Whether its pages show breaches, incidents or drills, and want to know when these change."""

    def rescoped(self) -> bool:
        """Whether they may see another part of the floor than when the queues were last resolved."""
        return False

    # What somebody must react to, and what everybody must know

    least = Severity.WARN
    """Lighter alerts are recorded, and no business of a wallboard."""

    def alert(self, alert: Alert, floor: FloorView) -> Shown:
        """An alert under a code of its own: a board can do nothing to it. Visitors see none (R-SEC-8)."""
        code = self._names.code("alert", alert.id)
        seen = not self.board.public and alarms.concerns(alert, least=self.least)
        if not seen or not alarms.sees_subject(alert, floor, self):
            return "alerts", code, None
        what = ("alert", self.board.agents, alert.id)
        return "alerts", code, self._scores.once(what, lambda: self._view_alert(alert, floor))

    def _view_alert(self, alert: Alert, floor: FloorView) -> wire.Alert:
        label = alarms.subject_label(alert, floor, self._names, self.board.agents)
        owner = alarms.owner_label(alert, self.sources.people, self.board.agents)
        return alarms.view_alert(alert, label, owner, self.sources.wording)

    def notices(self) -> dict[str, wire.Notice]:
        """Orders and broadcasts, then what leaders have posted; visitors see what is meant for them."""
        told = self.sources.announcements
        if told is None:
            return self.posted()
        drill = told.drill is not None
        mine = {id_: one for id_, one in told.notices.items() if self.follows_record or not one.desks}
        shown = {id_: one for id_, one in mine.items() if one.public or not self.board.public}
        return {id_: alarms.view_notice(one, drill=drill) for id_, one in shown.items()} | self.posted()

    def posted(self) -> dict[str, wire.Notice]:
        """Notices of leaders that this board is to show."""
        known = self.sources.notices
        if known is None:
            return {}
        mine = [one for one in known.standing.values() if self._everything or one.on_board(self.board.id)]
        return {one.id: asked.view_posted(one) for one in mine if one.public or not self.board.public}

    def request(self, request: Request) -> Shown:
        """What an agent asks for is no business of a board."""
        return "requests", request.id, None

    @property
    def drill(self) -> bool:
        """Whether the board is marked as rehearsing; visitors see it only with an order that reaches them."""
        return self.sources.drill and not self.board.public

    # Figures

    def figures(self, subject: Subject, agents: Mapping[Key, Agent]) -> Shown | None:
        """The figures of a subject; ``None``: not on this board. An agent's are shown when he is."""
        kind, *_ = subject
        key = views.subject_key(subject)
        if kind == "agent":
            return self._agent_figures(subject, agents.get(key))
        if subject != TOTAL and key not in self._chosen:
            return None
        shown: dict[str, wire.FiguresWire] = {window: self._figures(subject, window) for window in WINDOWS}
        return "figures", views.subject_id(subject, views.id_of(key)), shown

    def _agent_figures(self, subject: Subject, agent: Agent | None) -> Shown:
        id_ = f"agent:{self._names.id(views.subject_key(subject), self.board.agents)}"
        shown = self._scores.known(subject, "today") if agent is not None and self.sees_agent(agent) else None
        return "figures", id_, {"today": shown} if shown else None

    def _figures(self, subject: Subject, window: Window) -> wire.FiguresWire:
        public = self.board.public
        if subject == TOTAL and self.sums_queues:
            # A board of chosen queues has a total of its own: theirs.
            figures = (self._scores.figures(("queue", *key), window) for key in self.queues)
            return views.view_figures(added(figures), public=public)
        if public:
            return views.view_figures(self._scores.figures(subject, window), public=True)
        return self._scores.of(subject, window)

    def history(self, subject: Subject) -> Shown | None:
        """The last hour of the total or of one of its queues."""
        key = views.subject_key(subject)
        if subject[0] == "agent" or (subject != TOTAL and key not in self._chosen):
            return None
        if subject == TOTAL and self.sums_queues:
            points = views.added_points([self._scores.points(("queue", *key)) for key in self.queues])
        else:
            points = self._scores.points(subject)
        shown = views.view_points(points, public=self.board.public)
        return "history", views.subject_id(subject, views.id_of(key)), shown

    def touches(self, subjects: Iterable[Subject]) -> set[Subject]:
        """Of changed subjects those to show anew: with a chosen queue, the board's own total changes too. Agents are
        all among them: whether he is shown is seen when his are looked up."""
        chosen = self._chosen
        touched = {one for one in subjects if one[0] != "queue" or one[1:] in chosen}
        if self.sums_queues:
            touched.discard(TOTAL)
            if any(one[0] == "queue" for one in touched):
                touched.add(TOTAL)
        return touched

    def moved(self, charts: set[Subject]) -> set[Subject]:
        """Of charts that are to be told anew those to show."""
        self._scores.moved(charts)
        return self.touches(charts)

    # The board itself

    def view_board(self) -> wire.Board:
        """BOARD, resolved: real queues in order, thresholds merged over the defaults."""
        board, public = self.board, self.board.public
        tiles = tuple(tile for tile in board.tiles if not public or tile in PUBLIC_TILES)
        thresholds = DEFAULT_THRESHOLDS | board.thresholds
        return wire.Board(
            id=board.id,
            title=cast(dict[str, str], board.title),
            language=board.language,
            theme=board.theme,
            public=public,
            agents="none" if public else board.agents,
            queues=tuple(views.id_of(key) for key in self.queues),
            formula=self._settings.formula,
            answer_s=self._settings.answer_s,
            late_ring_s=self._settings.late_ring_s,
            tiles=tiles,
            window=board.window,
            thresholds={
                name: _threshold(limit) for name, limit in thresholds.items() if not public or name in PUBLIC_TILES
            },
            drill=self.drill,
        )


def added(several: Iterable[Figures]) -> Figures:
    """Their sum, column by column."""
    rows = [values(one) for one in several]
    return build(map(sum, zip(*rows, strict=True))) if rows else Figures()


def _threshold(limit: Threshold) -> wire.Threshold:
    return wire.Threshold(limit.direction, limit.warn, limit.critical, limit.target)
