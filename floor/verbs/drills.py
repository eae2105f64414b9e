"""What ``floor drill`` does: it reads the record, and asks the running Floorwatch to start."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from alerts.outages import OUTAGES
from alerts.plan_model import Drill, DrillReport, StepTime
from alerts.preparedness import Preparedness
from alerts.room import AlertRoom
from asterisk.console import Console
from asterisk.placed import PlacedCalls
from floor.clock import SystemClock
from floor.day import Day
from floor.errors import ConfigInvalidError, FloorError
from floor.history import History
from floor.measures import Measures
from floor.people.room import PeopleRoom
from floor.readiness import readiness_of
from floor.settings import Settings
from floor.store import FloorStore

WAIT_S = 10.0
NONE = {"en": "none", "zh": "无"}


class NotStartedError(FloorError):
    """The running Floorwatch would not start the drill, or is not there."""


async def list_drills(settings: Settings) -> str:
    """Drills, newest first, then what there is to drill."""
    room = await _looked(settings)
    drills = [_line(drill) for drill in await room.drills.list()]
    plans = [f"  {state.plan.id:12} {state.plan.title.get('en', '')}" for state in await room.plans.list()]
    outages = [f"  {outage.id:20} {outage.title['en']}" for outage in OUTAGES.values()]
    return "\n".join([*(drills or ["No drill is on record."]), "", "Plans:", *plans, "", "Outages:", *outages])


async def report_drill(settings: Settings, drill: str, form: str) -> str:
    """The report as text, or as a file's content."""
    room = await _looked(settings)
    if form != "text":
        return await room.drills.export(drill, form)
    return written(await room.drills.report(drill))


def start_drill(settings: Settings, url: str | None, key_file: Path, asked: Mapping[str, object]) -> str:
    """Ask the running Floorwatch; raises :class:`NotStartedError` with what it said."""
    base = (url or _url(settings)).rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise ConfigInvalidError([f"--url: '{base}' does not begin with http:// or https://"])
    key = (key_file.read_text(encoding="utf-8").splitlines() or [""])[0].strip()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = Request(f"{base}/api/v1/drills", json.dumps(asked).encode(), headers, method="POST")  # noqa: S310 - http(s)
    try:
        with urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310
            drill = json.load(answer)
    except HTTPError as refused:
        raise NotStartedError(f"not started: {_said(refused)}") from None
    except (URLError, OSError, ValueError) as error:
        raise NotStartedError(f"{base} does not answer as Floorwatch does: {getattr(error, 'reason', error)}") from None
    return f"{drill['id']}  {drill['kind']} drill of {drill['plan']} has begun"


def written(report: DrillReport) -> str:
    """A report as lines of text."""
    drill = report.drill
    lines = [f"DRILL 演练 {_line(drill)}", f"led by {drill.leader}; {', '.join(drill.participants) or 'no list'}", ""]
    lines += [f"{name:14} {value}" for name, value in report.measures.items() if value is not None]
    lines += ["", "Steps:", *(f"  {_step(one)}" for one in report.steps)]
    lines += ["", "Deviations:", *(f"  {text['en']}" for text in report.deviations or (NONE,))]
    lines += ["", "Log:", *(f"  {_when(one['at'])}  {one['actor']}: {one['text']['en']}" for one in report.log)]
    if report.evaluation is not None:
        lines += [
            "",
            f"Evaluation: {report.evaluation.verdict} ({report.evaluation.actor}) {report.evaluation.lessons}",
        ]
    elif report.evaluation_due_at is not None:
        lines += ["", f"Evaluation due: {_when(report.evaluation_due_at)}"]
    for one in report.improvements:
        done = f"done {_when(one.done_at)}" if one.done_at is not None else f"due {_when(one.due_at)}"
        lines.append(f"To improve: {one.text} ({one.owner}, {done})")
    return "\n".join(lines)


async def _looked(settings: Settings) -> Preparedness:
    """The record of these settings, read beside whatever Floorwatch may be running on it."""
    clock = SystemClock()
    store = FloorStore(clock)
    history = History(settings.database_url, settings.data_dir, clock)
    history.database.upgrade()
    day = Day(settings.time_zone, settings.day_starts)
    people = PeopleRoom(settings, history.database, clock).register
    alerts = AlertRoom(settings, history.database, store.snapshot(), Measures(clock, day), people, clock)
    room = readiness_of(settings, store, history, alerts, people, Console({}, PlacedCalls()), clock)
    await room.look()
    return room


def _line(drill: Drill) -> str:
    kind = f"{drill.kind} {drill.outage}" if drill.outage else drill.kind
    return f"{drill.id}  {_when(drill.began_at)}  {drill.plan} v{drill.version}  {kind}  {drill.end or 'running'}"


def _step(one: StepTime) -> str:
    target = "" if one.step.within_s is None else f" of {one.step.within_s:.0f} s"
    took = "not done" if one.took_s is None else f"{one.took_s:.0f} s{target}"
    return f"{'LATE ' if one.late else '     '}{took:18} {one.step.text.get('en', one.step.id)}"


def _when(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _url(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("", "0.0.0.0", "::") else settings.host  # noqa: S104 - compared
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _said(refused: HTTPError) -> str:
    try:
        return str(json.load(refused)["error"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {refused.code}"
