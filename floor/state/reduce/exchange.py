"""The exchange itself: our link to it with its gaps, its clock, its phones and trunks."""

from __future__ import annotations

from collections.abc import Iterator

from floor.state import facts
from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.happenings import Happening
from floor.state.indexes import device_of
from floor.state.model import Endpoint, Gap, LinkState, Pbx, Reach, Trunk
from floor.state.reduce.agents import reachable
from floor.state.reduce.synced import STEP


def link_changed(draft: Draft, fact: facts.LinkChanged) -> None:
    """The link came, went, or is being set up; without a link a gap is open."""
    known = draft.pbxs.get(fact.pbx)
    if known is None:
        known = Pbx(pbx=fact.pbx, link=fact.link, since=fact.at)
    elif known.link is not fact.link or known.reason != fact.reason:
        since = known.since if known.link is fact.link else fact.at
        known = replace(known, link=fact.link, since=since)
    draft.pbxs.put(
        fact.pbx,
        replace(
            known,
            reason=fact.reason,
            version=fact.version or known.version,
            booted_at=fact.booted_at or known.booted_at,
            shutdown_at=None if fact.link is LinkState.UP else known.shutdown_at,
        ),
    )
    _keep_gap(draft, fact)


def _keep_gap(draft: Draft, fact: facts.LinkChanged) -> None:
    gap = draft.floor.gaps.get(fact.pbx)
    if fact.link in (LinkState.DOWN, LinkState.REFUSED) and gap is None:
        gap = Gap(pbx=fact.pbx, began_at=fact.at, ended_at=None, reason=fact.reason or "")
        draft.open_gap = gap
        draft.records.append(gap)
    elif fact.link is LinkState.UP and gap is not None:
        draft.close_gap, draft.closed_at = fact.pbx, fact.at
        draft.records.append(replace(gap, ended_at=fact.at))


def exchange_stopped(draft: Draft, fact: facts.ExchangeStopped) -> None:
    """It says itself that it goes down; the picture after its start ends that."""
    pbx = draft.pbxs.get(fact.pbx)
    if pbx is not None:
        draft.pbxs.put(fact.pbx, replace(pbx, shutdown_at=fact.at))
        draft.happenings.append(Happening(fact.pbx, fact.at))


def endpoint_seen(draft: Draft, fact: facts.EndpointSeen) -> None:
    """A phone reported itself; a repeat or an unknown word is no change (F9)."""
    if draft.trunks.get((fact.pbx, fact.name)) is not None and fact.reach is not Reach.UNKNOWN:
        _put_trunk(draft, fact.pbx, fact.name, fact.reach, fact.reach.value, fact.at)
        return
    _put_endpoint(draft, fact.pbx, fact.name, fact.reach, fact.address, fact.at)
    if fact.address is not None and fact.reach is Reach.REACHABLE:
        contact_seen(draft, facts.ContactSeen(fact.pbx, fact.at, fact.name, fact.address, there=True))


def _put_endpoint(draft: Draft, pbx: str, name: str, reach: Reach, address: str | None, at: float) -> None:
    known = draft.endpoints.get((pbx, name))
    if known is None:
        known = Endpoint(pbx=pbx, name=name, reach=reach, since=at, address=address)
    elif reach is not Reach.UNKNOWN and known.reach is not reach:
        known = replace(known, reach=reach, since=at)
    draft.endpoints.put(known.key, replace(known, address=address or known.address))
    _tell_agents(draft, pbx, name)


CONTACTS = 20
"""No phone is at more places; what comes beyond is not kept."""


def contact_seen(draft: Draft, fact: facts.ContactSeen) -> None:
    """One of a phone's registrations came or went; whether the phone can be reached is told apart."""
    phone = draft.endpoints.get((fact.pbx, fact.name))
    if phone is None:
        return
    others = tuple(one for one in phone.contacts if one != fact.uri)
    contacts = tuple(sorted((*others, fact.uri))) if fact.there and len(others) < CONTACTS else others
    draft.endpoints.put(phone.key, replace(phone, contacts=contacts))


def _tell_agents(draft: Draft, pbx: str, name: str) -> None:
    for agent_name in draft.floor.seats.get((pbx, device_of(draft.floor, pbx, name)), ()):
        agent = draft.agents.get((pbx, agent_name))
        if agent is not None:
            draft.agents.put(agent.key, replace(agent, reachable=reachable(draft, agent)))


def phones_synced(draft: Draft, fact: facts.PhonesSynced) -> Iterator[None]:
    """All phones at one moment; what is not listed is gone. At each step the floor may be told as it is."""
    listed = {name for name, _, _ in fact.endpoints}
    for key in [key for key in draft.floor.endpoints if key[0] == fact.pbx and key[1] not in listed]:
        draft.endpoints.put(key, None)
        _tell_agents(draft, *key)
    contacts = dict(fact.contacts)
    for place, (name, reach, address) in enumerate(fact.endpoints):
        if place % STEP == 0:
            yield
        _put_endpoint(draft, fact.pbx, name, reach, address, fact.at)
        phone = draft.endpoints.get((fact.pbx, name))
        if phone is not None:
            draft.endpoints.put(phone.key, replace(phone, contacts=tuple(sorted(contacts.get(name, ())[:CONTACTS]))))


def trunk_seen(draft: Draft, fact: facts.TrunkSeen) -> None:
    """A trunk registered, was refused, or was lost (F10)."""
    _put_trunk(draft, fact.pbx, fact.name, fact.reach, fact.status, fact.at)


def _put_trunk(draft: Draft, pbx: str, name: str, reach: Reach, status: str, at: float) -> None:
    known = draft.trunks.get((pbx, name))
    since = known.since if known is not None and known.reach is reach else at
    draft.trunks.put((pbx, name), Trunk(pbx=pbx, name=name, reach=reach, since=since, status=status))


def trunks_synced(draft: Draft, fact: facts.TrunksSynced) -> None:
    """All trunks at one moment; what is not listed is gone."""
    listed = {name for name, _, _ in fact.trunks}
    for key in draft.floor.trunks:
        if key[0] == fact.pbx and key[1] not in listed:
            draft.trunks.put(key, None)
    for name, reach, status in fact.trunks:
        _put_trunk(draft, fact.pbx, name, reach, status, fact.at)


def trunk_gone(draft: Draft, fact: facts.TrunkGone) -> None:
    """No longer configured."""
    draft.trunks.put((fact.pbx, fact.name), None)
