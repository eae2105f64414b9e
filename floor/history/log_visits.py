"""From queue_log records to visits and rings: what the log alone can tell of them. Pure.

ENTERQUEUE opens a visit, CONNECT answers it, exactly one later record closes it. A record whose beginning is not in
the log still dates the whole visit, because it carries the seconds waited and talked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from floor.history.log_records import (
    Aside,
    Completed,
    Connected,
    Entered,
    Left,
    LogRecord,
    RangOut,
    Restarted,
    Unclassified,
)
from floor.state.model import Caller, CallerStage, Ending, Offer, OfferResult

NO_ENDING = "the log has no ending for this visit"


@dataclass(frozen=True, slots=True)
class LogVisit:
    """A visit as the log tells it, with the records it was made of; ``note``: what is odd about it."""

    visit: Caller
    records: tuple[LogRecord, ...]
    note: str | None = None
    restarted: bool = False
    """The exchange's own restart cut it off: nobody will ever know more."""

    @property
    def ended(self) -> bool:
        return self.visit.stage is CallerStage.ENDED


@dataclass(frozen=True, slots=True)
class LogOffer:
    """A finished ring with the record that tells of it."""

    offer: Offer
    record: LogRecord


@dataclass(slots=True)
class LogPicture:
    """All that the records tell; ``unclassified`` are the records that tell nothing we understand."""

    visits: list[LogVisit] = field(default_factory=list)
    offers: list[LogOffer] = field(default_factory=list)
    unclassified: list[Unclassified] = field(default_factory=list)


RECENT = 200
"""Ended visits among which one told twice is looked for."""

Open = dict[tuple[str, str, str], LogVisit]
"""(queue, call, "") -> the visit that lasts; (queue, call, agent) -> a former one whose conversation is not closed."""


def read_visits(pbx: str, records: Iterable[LogRecord]) -> LogPicture:
    """Follow the records in order; visits come in the order in which they ended, open ones last."""
    picture, still_open = LogPicture(), Open()
    for record in records:
        _take(pbx, record, picture, still_open)
    picture.visits.extend(still_open.values())
    return picture


def _take(pbx: str, record: LogRecord, picture: LogPicture, still_open: Open) -> None:
    key = (record.queue, record.call, "")
    match record:
        case Entered():
            _step_back(key, record.at, picture, still_open)
            known = _unseen(pbx, record)
            still_open[key] = _with(known, replace(known.visit, joined_at=record.at, number=record.number), record)
        case Connected():
            known = still_open.pop(key, _unseen(pbx, record))
            still_open[key] = _with(known, _connected(known.visit, record), record)
            picture.offers.append(LogOffer(_answered_ring(pbx, record), record))
        case Completed():
            former = (record.queue, record.call, record.agent or "")
            if former not in still_open and key not in still_open and _said(record, picture):
                return
            known = still_open.pop(former if former in still_open else key, _unseen(pbx, record))
            picture.visits.append(_with(known, _completed(known.visit, record), record))
        case Left():
            known = still_open.pop(key, _unseen(pbx, record))
            picture.visits.append(_with(known, _left(known.visit, record), record))
        case RangOut():
            picture.offers.append(LogOffer(_vain_ring(pbx, record), record))
        case Restarted():
            for other in list(still_open):
                why = "Asterisk was restarted during this visit"
                _cut(other, record.at, picture, still_open, why, restarted=True)
        case Unclassified():
            picture.unclassified.append(record)
        case Aside():
            pass


def _said(record: LogRecord, picture: LogPicture) -> bool:
    """Whether the end of this conversation was just told: Asterisk may log one as COMPLETEAGENT and as a transfer."""
    for one in reversed(picture.visits[-RECENT:]):
        visit = one.visit
        same = (visit.queue, visit.uniqueid, visit.agent) == (record.queue, record.call, record.agent)
        if same and visit.talk_s is not None and record.at - (visit.ended_at or 0.0) <= 1.0:
            return True
    return False


def _with(known: LogVisit, visit: Caller, record: LogRecord) -> LogVisit:
    return replace(known, visit=visit, records=(*known.records, record))


def _unseen(pbx: str, record: LogRecord) -> LogVisit:
    return LogVisit(Caller(pbx, record.queue, record.call, CallerStage.WAITING, None, healed=True), ())


def _step_back(key: tuple[str, str, str], at: float, picture: LogPicture, still_open: Open) -> None:
    """He joins anew. That an agent is done who passed him on to the queue he came from may be said later."""
    known = still_open.get(key)
    if known is None or known.visit.agent is None:
        _cut(key, at, picture, still_open, NO_ENDING)
        return
    former = (*key[:2], known.visit.agent)
    _cut(former, at, picture, still_open, NO_ENDING)
    still_open[former] = still_open.pop(key)


def _cut(
    key: tuple[str, str, str], at: float, picture: LogPicture, still_open: Open, why: str, *, restarted: bool = False
) -> None:
    known = still_open.pop(key, None)
    if known is None:
        return
    answered = known.visit.answered_at is not None
    ending = Ending.ANSWERED if answered else Ending.UNKNOWN
    visit = replace(known.visit, stage=CallerStage.ENDED, ending=ending, ended_at=at)
    picture.visits.append(replace(known, visit=visit, note=why, restarted=restarted))


def _connected(visit: Caller, record: Connected) -> Caller:
    wait = record.wait_s
    joined = visit.joined_at
    if joined is None and wait is not None:
        joined = record.at - wait
    return replace(
        visit,
        stage=CallerStage.TALKING,
        joined_at=joined,
        agent=record.agent,
        answered_at=record.at,
        wait_s=wait if wait is not None else _seconds(joined, record.at),
        ring_s=record.ring_s,
    )


def _completed(visit: Caller, record: Completed) -> Caller:
    answered = visit.answered_at
    if answered is None and record.talk_s is not None:
        answered = record.at - record.talk_s
    joined = visit.joined_at
    if joined is None and answered is not None and record.wait_s is not None:
        joined = answered - record.wait_s
    return replace(
        visit,
        stage=CallerStage.ENDED,
        ending=Ending.ANSWERED,
        joined_at=joined,
        answered_at=answered if answered is not None else record.at,
        ended_at=record.at,
        agent=visit.agent or record.agent,
        wait_s=visit.wait_s if visit.wait_s is not None else record.wait_s,
        talk_s=record.talk_s if record.talk_s is not None else _seconds(answered, record.at),
        completed_by=record.by,
        transfer=record.transfer,
    )


def _left(visit: Caller, record: Left) -> Caller:
    wait = record.wait_s if record.wait_s is not None else _seconds(visit.joined_at, record.at)
    joined = visit.joined_at
    if joined is None and wait is not None:
        joined = record.at - wait
    return replace(
        visit,
        stage=CallerStage.ENDED,
        ending=record.ending,
        # Who gives up while an agent hears an announcement is laid at that agent's door.
        agent=record.agent if record.ending is Ending.ABANDONED else visit.agent,
        joined_at=joined,
        ended_at=record.at,
        wait_s=wait,
    )


def _answered_ring(pbx: str, record: Connected) -> Offer:
    began = record.at - (record.ring_s or 0)
    return Offer(pbx, record.queue, record.agent or "", record.call, began, record.at, OfferResult.ANSWERED)


def _vain_ring(pbx: str, record: RangOut) -> Offer:
    began = record.at - (record.ring_ms or 0) / 1000
    agent = record.agent or ""
    return Offer(pbx, record.queue, agent, record.call, began, record.at, record.result, record.ring_ms)


def _seconds(since: float | None, until: float) -> int | None:
    return None if since is None else max(0, int(until - since))
