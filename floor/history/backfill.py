"""Heals gaps from queue_log: what the log saw and we did not. Pure: stored rows and log records in, what to write out.

Every visit of the log that touches a gap is laid beside the stored visits of the same call and queue, in order, at the
least total distance (:mod:`floor.history.alignment`). Then, per visit:

    we have it complete        nothing is touched; if the log disagrees, that is reported
    we have it incomplete      what is missing is filled in, and it is marked healed
    we do not have it          it is inserted, marked healed
    it still lasts             left alone: the living floor follows it

A gap is healed when the log reaches back before it and every record within it is accounted for. What cannot be
classified is listed, never guessed; a visit that Asterisk's own restart cut off keeps the gap from nothing, because
its ending exists nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from math import inf

from floor.history.alignment import align, known_rings
from floor.history.identity import TOLERANCE_S, complete, settled
from floor.history.log_records import LogRecord
from floor.history.log_visits import LogPicture, LogVisit, read_visits
from floor.history.rows import Identity, identity_of, moment_of
from floor.state.model import Caller, CallerKey, CallerStage, Ending, Gap, Offer

_SAME_TO_THE_LOG = {
    Ending.TRANSFERRED_AWAY: Ending.ABANDONED,  # taken away mid-wait: the log says ABANDON
    Ending.CONTINUED: Ending.TIMED_OUT,  # option n: the log says EXITWITHTIMEOUT
}
_FILLED = "joined_at number agent answered_at wait_s ring_s talk_s completed_by transfer".split()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person should look at: when, in which queue, which call, and why."""

    at: float
    queue: str
    call: str
    why: str


@dataclass(frozen=True, slots=True)
class Completion:
    """A stored visit and what it becomes."""

    before: Caller
    after: Caller


@dataclass(slots=True)
class Healing:
    """What backfill found for one exchange."""

    inserted: list[Caller] = field(default_factory=list)
    completed: list[Completion] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    healed: list[Gap] = field(default_factory=list)
    unhealed: list[tuple[Gap, str]] = field(default_factory=list)
    """Gaps that stay, each with the reason."""
    doubts: list[Doubt] = field(default_factory=list)

    def add(self, other: Healing) -> None:
        """Take in what was found around other gaps."""
        for one in fields(Healing):
            getattr(self, one.name).extend(getattr(other, one.name))

    @property
    def visits(self) -> list[Caller]:
        """All visits to be written."""
        return [*self.inserted, *(one.after for one in self.completed)]


def heal(
    pbx: str,
    *,
    visits: Sequence[Caller],
    offers: Sequence[Offer],
    gaps: Sequence[Gap],
    records: Sequence[LogRecord],
    reaches_back_to: float | None,
    followed: Collection[CallerKey] = (),
) -> Healing:
    """Compare what is stored of one exchange with its queue_log, around the gaps given.

    ``visits``, ``offers`` and ``records`` must cover every gap with some hours before it; ``reaches_back_to`` is when
    the log begins. ``followed``: visits that the living floor still has and will end itself; they are left to it.
    Open and healed gaps are left alone.
    """
    due = [gap for gap in gaps if gap.pbx == pbx and gap.ended_at is not None and not gap.healed]
    healing = Healing()
    picture = read_visits(pbx, records)
    blocks = [
        *_heal_visits(picture, visits, due, followed, healing),
        *_unclassified(picture, due, healing),
        *_unexplained(picture, visits, due, healing),
    ]
    _heal_offers(picture, offers, due, healing)
    for gap in due:
        _close(gap, reaches_back_to, blocks, healing)
    return healing


Block = tuple[float, float, str]
"""(from, to, why): no gap that this touches is healed."""


def _heal_visits(
    picture: LogPicture,
    stored: Sequence[Caller],
    due: Sequence[Gap],
    followed: Collection[CallerKey],
    healing: Healing,
) -> Iterator[Block]:
    taken = {identity_of(visit) for visit in stored}
    last: dict[CallerKey, float] = {}
    for told, ours in _pairs(picture.visits, stored):
        logged = _in_order(told, ours, last)
        if not any(_touches(logged.visit, gap) for gap in due):
            continue
        if logged.ended and ours is not None and ours.stage is not CallerStage.ENDED and ours.key in followed:
            why: str | None = "the floor has not yet let go of this call"
        else:
            why = _heal_one(logged, ours, taken, healing)
        if why is None:
            continue
        healing.doubts.append(_doubt(logged.visit, why))
        if not logged.restarted:
            yield from ((record.at, record.at, why) for record in logged.records)


def _heal_one(logged: LogVisit, ours: Caller | None, taken: set[Identity], healing: Healing) -> str | None:
    """Do what one visit needs; why it stays open, if it does."""
    if not logged.ended:
        return _still_lasting(ours)
    if ours is not None and complete(ours):
        return _disagreement(logged.visit, ours)
    if logged.visit.joined_at is None:
        return "the log does not tell when this visit began"
    if ours is None:
        healing.inserted.append(_distinct(logged.visit, taken))
    else:
        filled = _filled(ours, logged.visit)
        if filled != ours:
            healing.completed.append(Completion(ours, filled))
    unknown = logged.visit.ending is Ending.UNKNOWN or (logged.note is not None and not _known_end(ours))
    return logged.note or "the log does not say how this visit ended" if unknown else None


def _in_order(logged: LogVisit, ours: Caller | None, last: dict[CallerKey, float]) -> LogVisit:
    """A visit of ours is dated exactly, one of the log to the second: what came after it must not sort before it."""
    joined = ours.joined_at if ours is not None else logged.visit.joined_at
    if joined is None:
        return logged
    key = logged.visit.key
    if ours is None and joined <= last.get(key, -inf):
        joined = last[key] + 0.001
        logged = replace(logged, visit=replace(logged.visit, joined_at=joined))
    last[key] = joined
    return logged


def _distinct(visit: Caller, taken: set[Identity]) -> Caller:
    """Visits of one call that the log puts into the same second are kept apart by a millisecond."""
    while identity_of(visit) in taken:
        visit = replace(visit, joined_at=(visit.joined_at or 0.0) + 0.001)
    taken.add(identity_of(visit))
    return visit


def _known_end(ours: Caller | None) -> bool:
    return ours is not None and settled(ours)


def _still_lasting(ours: Caller | None) -> str | None:
    if ours is None:
        return "still going on in the log, and not on the floor"
    if ours.stage is CallerStage.ENDED and ours.ending in (None, Ending.UNKNOWN):
        return "the log has no ending for this visit"
    return None


def _disagreement(logged: Caller, ours: Caller) -> str | None:
    told, known = logged.ending, ours.ending
    if told is Ending.UNKNOWN or told is known or (known and _SAME_TO_THE_LOG.get(known) is told):
        return None
    return f"stored as {known}, in the log {told}"


def _filled(ours: Caller, logged: Caller) -> Caller:
    gained = {name: getattr(logged, name) for name in _FILLED if getattr(ours, name) is None}
    if not settled(ours):
        gained |= {"ending": logged.ending, "ended_at": logged.ended_at}
    if all(value is None or getattr(ours, name) == value for name, value in gained.items()):
        return ours
    return replace(ours, **gained, stage=CallerStage.ENDED, position=None, review_at=None, healed=True)


def _pairs(logged: Sequence[LogVisit], stored: Sequence[Caller]) -> Iterable[tuple[LogVisit, Caller | None]]:
    """Every visit of the log with the stored visit it is, or ``None``."""
    theirs: dict[tuple[str, str], list[LogVisit]] = {}
    for one in logged:
        theirs.setdefault((one.visit.queue, one.visit.uniqueid), []).append(one)
    ours: dict[tuple[str, str], list[Caller]] = {}
    for visit in stored:
        ours.setdefault((visit.queue, visit.uniqueid), []).append(visit)
    for key, ones in theirs.items():
        ones.sort(key=lambda one: moment_of(one.visit))
        yield from align(ones, sorted(ours.get(key, []), key=moment_of))


def _heal_offers(picture: LogPicture, stored: Sequence[Offer], due: Sequence[Gap], healing: Healing) -> None:
    ours: dict[tuple[str, ...], list[float]] = {}
    for offer in stored:
        ours.setdefault(_ring_of(offer), []).append(offer.ended_at)
    theirs: dict[tuple[str, ...], list[Offer]] = {}
    for one in picture.offers:
        theirs.setdefault(_ring_of(one.offer), []).append(one.offer)
    for ring, told in theirs.items():
        told.sort(key=lambda offer: offer.ended_at)
        known = known_rings([offer.ended_at for offer in told], sorted(ours.get(ring, [])))
        healing.offers.extend(
            offer
            for offer, is_known in zip(told, known, strict=True)
            if not is_known and any(_within(offer.ended_at, gap, TOLERANCE_S) for gap in due)
        )


def _ring_of(offer: Offer) -> tuple[str, ...]:
    return offer.queue, offer.agent, offer.call, offer.result


def _unclassified(picture: LogPicture, due: Sequence[Gap], healing: Healing) -> Iterator[Block]:
    for record in picture.unclassified:
        if any(_within(record.at, gap) for gap in due):
            healing.doubts.append(Doubt(record.at, record.queue, record.call, record.why))
            yield record.at, record.at, record.why


def _unexplained(
    picture: LogPicture, stored: Sequence[Caller], due: Sequence[Gap], healing: Healing
) -> Iterator[Block]:
    """Visits that a gap swallowed and of which the log knows nothing either."""
    told = {(one.visit.queue, one.visit.uniqueid) for one in picture.visits}
    for visit in stored:
        unknown = visit.stage is CallerStage.ENDED and not settled(visit)
        if unknown and (visit.queue, visit.uniqueid) not in told and any(_touches(visit, gap) for gap in due):
            why = "ended during a gap, and the log does not know this call"
            healing.doubts.append(_doubt(visit, why))
            yield moment_of(visit), visit.ended_at or inf, why


def _doubt(visit: Caller, why: str) -> Doubt:
    return Doubt(moment_of(visit), visit.queue, visit.uniqueid, why)


def _close(gap: Gap, reaches_back_to: float | None, blocks: Sequence[Block], healing: Healing) -> None:
    why = next((why for begin, end, why in blocks if begin <= _end(gap) and end >= gap.began_at), None)
    if reaches_back_to is None or reaches_back_to > gap.began_at:
        why = "queue_log begins after the gap"
    if why is None:
        healing.healed.append(replace(gap, healed=True))
    else:
        healing.unhealed.append((gap, why))


def _touches(visit: Caller, gap: Gap) -> bool:
    """Whether any of the visit fell into the gap, give or take the coarse seconds of the log."""
    end = visit.ended_at if visit.stage is CallerStage.ENDED else None
    return moment_of(visit) <= _end(gap) + TOLERANCE_S and (end is None or end >= gap.began_at - TOLERANCE_S)


def _within(at: float, gap: Gap, slack: float = 0.0) -> bool:
    return gap.began_at - slack <= at <= _end(gap) + slack


def _end(gap: Gap) -> float:
    return gap.ended_at if gap.ended_at is not None else inf
