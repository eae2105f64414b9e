"""``/metrics`` for Prometheus: read off the floor at the moment of the scrape, in a registry of our own.

No agent's and no caller's name is ever a label; queues and exchanges are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from alerts.model import Alert
from floor.state.figures import NAMES, TOTAL, Figures, service_levels
from floor.state.model import AgentState, LinkState
from web.hub import Hub
from web.ports import FloorStore, LinkHealth, Measures, Trouble, Wellbeing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class WatchedCollector(Collector):
    """Turns what is known of exchanges and of the record into metric families."""

    def __init__(
        self, store: FloorStore, health: LinkHealth, build: str, trouble: Callable[[], Trouble] | None = None
    ) -> None:
        self._store, self._health, self._build, self._trouble = store, health, build, trouble

    def collect(self) -> Iterator[Metric]:
        yield from self._build_info()
        yield from self._links()
        yield from self._floor()
        yield from self._record()

    def _build_info(self) -> Iterator[Metric]:
        yield gauge("floor_build_info", "The running build; always 1.", ["build"], [((self._build,), 1)])
        revision = self._store.snapshot().revision
        yield count("floor_revision", "Changes applied to the floor.", [], [((), revision)])

    def _links(self) -> Iterator[Metric]:
        pbxs, health = self._store.snapshot().pbxs, self._health
        states = [((pbx.pbx, s.value), float(pbx.link is s)) for pbx in pbxs.values() for s in LinkState]
        yield gauge("floor_link_state", "1 for the state the link is in.", ["pbx", "state"], states)
        yield gauge(
            "floor_link_up",
            "Whether the link to the exchange is up.",
            ["pbx"],
            [((name,), float(pbx.link is LinkState.UP)) for name, pbx in pbxs.items()],
        )
        per_link = ["pbx"]
        yield count("floor_events", "AMI events received.", per_link, [((p,), health.events(p)) for p in pbxs])
        yield gauge(
            "floor_inbound_queue",
            "Events waiting to be applied.",
            per_link,
            [((p,), health.queue_size(p)) for p in pbxs],
        )
        lags = ((p, health.lag_s(p)) for p in pbxs)
        yield gauge("floor_event_lag_seconds", "Age of the latest event when applied.", per_link, _known(lags))
        heard = ((p, health.heard_ago(p)) for p in pbxs)
        yield gauge("floor_heard_ago_seconds", "Time since the last byte from the exchange.", per_link, _known(heard))

    def _floor(self) -> Iterator[Metric]:
        floor = self._store.snapshot()
        tally = Counter((agent.pbx, agent.state) for agent in floor.agents.values())
        states = [((pbx, s.value), float(tally[pbx, s])) for pbx in floor.pbxs for s in AgentState]
        yield gauge("floor_agents", "Agents by state.", ["pbx", "state"], states)
        waiting = [(key, float(queue.waiting)) for key, queue in floor.queues.items()]
        yield gauge("floor_callers_waiting", "Callers waiting in a queue.", ["pbx", "queue"], waiting)
        trunks = [((t.pbx, t.name, t.reach.value), 1.0) for t in floor.trunks.values()]
        yield gauge("floor_trunk", "1 for what is known of the trunk.", ["pbx", "trunk", "reach"], trunks)

    def _record(self) -> Iterator[Metric]:
        trouble = self._trouble() if self._trouble else None
        if trouble is not None:
            yield from _kept("floor_history", trouble)


class FloorCollector(WatchedCollector):
    """The same, and what measures, hub and alerts know."""

    def __init__(
        self,
        store: FloorStore,
        measures: Measures,
        health: LinkHealth,
        hub: Hub,
        build: str,
        trouble: Callable[[], Trouble] | None = None,
        wellbeing: Callable[[], Wellbeing] | None = None,
        live: Callable[[], Mapping[str, Alert]] = dict,
    ) -> None:
        super().__init__(store, health, build, trouble)
        self._measures, self._hub, self._wellbeing, self._live = measures, hub, wellbeing, live

    def collect(self) -> Iterator[Metric]:
        yield from super().collect()
        yield from self._figures()
        yield from self._streams()
        yield from self._alerts()

    def _figures(self) -> Iterator[Metric]:
        labels = ["pbx", "queue", "figure"]
        subjects = [("queue", *key) for key in self._store.snapshot().queues]
        today = {(s[1], s[2]): self._measures.figures(s, "today") for s in subjects}
        rows = [((*key, name), value) for key, figures in today.items() for name, value in _sums(figures)]
        yield gauge("floor_today", "Sums of today by queue; they begin again with the day.", labels, rows)
        total = self._measures.figures(TOTAL, "today")
        rows_total = [((name,), value) for name, value in _sums(total)]
        yield gauge("floor_today_total", "Sums of today over the whole floor.", ["figure"], rows_total)
        levels = _known(service_levels(total).items())
        yield gauge("floor_service_level", "Service levels of today, 0 to 1, by formula.", ["formula"], levels)

    def _streams(self) -> Iterator[Metric]:
        traffic = self._hub.traffic
        clients = [((board,), float(count)) for board, count in self._hub.clients.items()]
        yield gauge("floor_clients", "Open streams by board.", ["board"], clients)
        for name, help_, value in (
            ("outcomes", "Outcomes of the floor heard by the hub.", traffic.outcomes),
            ("flushes", "Times the hub levelled its readers; the other outcomes were coalesced.", traffic.flushes),
            ("patches", "Patches encoded.", traffic.patches),
            ("messages_sent", "Patches and beats handed to readers.", traffic.sent),
            ("messages_skipped", "Messages withheld from readers that were behind.", traffic.skipped),
            ("bytes_sent", "Bytes handed to readers, before framing.", traffic.sent_bytes),
            ("snapshots", "Snapshots handed to readers.", traffic.snapshots),
            ("resyncs", "Snapshots readers asked for.", traffic.resyncs),
            ("readers_cut", "Readers cut off because they stayed behind.", traffic.cut),
            ("readers_refused", "Readers turned away or sent off.", traffic.refused),
            ("view_failures", "Entities that could not be shown.", traffic.failures),
        ):
            yield count(f"floor_stream_{name}", help_, [], [((), value)])
        yield SummaryMetricFamily(
            "floor_stream_round_trip_seconds",
            "Time until a reader answered a beat, over the latest thousand answers.",
            count_value=len(traffic.round_trips),
            sum_value=sum(traffic.round_trips),
        )

    def _alerts(self) -> Iterator[Metric]:
        """How many there are, and whether they are judged, recorded and told."""
        well = self._wellbeing() if self._wellbeing else None
        if well is None:
            return
        tally = Counter((one.severity.value, one.stage.value) for one in self._live().values() if one.drill is None)
        alive = [(key, float(count)) for key, count in tally.items()]
        yield gauge("floor_alerts", "Alerts not yet resolved, drills left out.", ["severity", "stage"], alive)
        for name, help_, value in (
            ("acting", "1 where this Floorwatch tells people; 0 where another one does.", float(well.acting)),
            ("vacant", "1 where this one stands by, and can neither see who acts nor begin.", float(well.vacant)),
            ("reachable", "1 if a critical alert reaches somebody who looks at no page.", float(well.reachable)),
        ):
            yield gauge(f"floor_alerts_{name}", help_, [], [((), value)])
        yield count("floor_alerts_unjudged", "Events that the rules failed at.", [], [((), well.unjudged)])
        ways = [((kind,), 1.0) for kind in well.untold]
        yield gauge("floor_alerts_untold", "1 for each way by which messages do not get through.", ["kind"], ways)
        yield from _kept("floor_alerts_record", well.record)


def _kept(prefix: str, trouble: Trouble) -> Iterator[Metric]:
    """What is wrong with a record."""
    for name, help_, value in (
        (
            "failing_seconds",
            "Time since the database last took something; 0 while it does.",
            trouble.failing_s or 0.0,
        ),
        ("waiting", "Entries waiting in memory to be stored.", trouble.waiting),
        ("spilled", "Entries kept in the spill file.", trouble.spilled),
        ("lost", "Entries lost.", trouble.lost),
        ("refused", "Entries no database would take.", trouble.refused),
    ):
        yield gauge(f"{prefix}_{name}", help_, [], [((), value)])


class Metrics:
    """The registry and its text."""

    def __init__(self, collector: Collector) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(collector)

    def render(self) -> bytes:
        """Prometheus text format 0.0.4."""
        return generate_latest(self._registry)


Rows = Sequence[tuple[tuple[str, ...], float]]


def gauge(name: str, help_: str, labels: list[str], rows: Rows) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family


def count(name: str, help_: str, labels: list[str], rows: Rows) -> Metric:
    family = CounterMetricFamily(name, help_, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family


def _known(values: Iterable[tuple[str, float | None]]) -> list[tuple[tuple[str, ...], float]]:
    """What is not known has no sample: zero would be a lie."""
    return [((name,), value) for name, value in values if value is not None]


def _sums(figures: Figures) -> Iterator[tuple[str, float]]:
    return ((name, float(getattr(figures, name))) for name in NAMES)
