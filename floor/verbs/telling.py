"""What ``floor notify`` does: the ways that are set up, and a test message over each, told without the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager

from alerts.model import Recipient
from alerts.notify.table import NOTIFIERS, Notifier, Tools, build
from alerts.notify.trial import attempt
from asterisk.console import Console
from asterisk.link import Link
from asterisk.placed import HEARD, PlacedCalls
from floor.clock import SystemClock
from floor.errors import ConfigInvalidError
from floor.people.model import Person
from floor.sections.notify import NotifySettings
from floor.settings import Settings
from floor.state.model import LinkState
from floor.tasks import Tasks
from floor.verbs.users import desk

LINK_WITHIN_S = 15.0
Say = Callable[[str], None]
THROUGH_PBX = frozenset({"phone", "paging"})
SELF = frozenset({"browser", "log"})
"""Ways that need a running Floorwatch, or reach nobody."""


def list_ways(settings: Settings) -> str:
    """A line per way, then one per recipient; no secrets."""
    notify = settings.notify
    lines = [f"{kind:9} {_way(notify, kind) or 'not set up'}" for kind in NOTIFIERS if kind not in SELF]
    told = [f"{one.name:20} {one.kind:9} {one.address}" for one in [*_of_routes(settings), *_of_people(settings)]]
    return "\n".join([*lines, "", *(told or ["Nobody has a contact yet: floor roster, or [[alerts.route]]."])])


def _way(notify: NotifySettings, kind: str) -> str:
    phone = notify.phone
    said = {
        "mail": f"{notify.mail.server}:{notify.mail.port} ({notify.mail.security})" if notify.mail.server else "",
        "apprise": ", ".join(notify.apprise),
        "webhook": ", ".join(notify.webhook),
        "phone": f"{phone.channel} through {phone.pbx}" if phone.pbx else "",
        "paging": ", ".join(notify.paging.groups) if phone.pbx else "",
    }
    return said[kind]


async def try_ways(
    settings: Settings, say: Say, *, person: str | None = None, kind: str | None = None, address: str | None = None
) -> int:
    """Send a test to whoever is meant, side by side; how many were not told.

    :raises ConfigInvalidError: nobody is meant, or there is no such person or way.
    """
    recipients = _meant(settings, person, kind, address)
    async with _notifiers(settings, any(one.kind in THROUGH_PBX for one in recipients)) as ways:
        results = await asyncio.gather(*(_test(ways, one, say) for one in recipients))
    return results.count(False)


async def _test(ways: dict[str, Notifier], recipient: Recipient, say: Say) -> bool:
    verdict = await attempt(ways, recipient, SystemClock())
    where = f"{recipient.kind} {recipient.address}" + (f" ({recipient.name})" if recipient.name else "")
    if verdict.error is not None:
        say(f"FAILED {where}: {verdict.error}")
        return False
    say(f"ok     {where}: told in {verdict.took_s:.1f} s")
    return True


def _meant(settings: Settings, person: str | None, kind: str | None, address: str | None) -> list[Recipient]:
    if kind is not None and (kind not in NOTIFIERS or kind in SELF):
        known = ", ".join(one for one in NOTIFIERS if one not in SELF)
        raise ConfigInvalidError([f"--kind: there is no way {kind!r} to test; there are {known}"])
    if address is not None:
        if kind is None or person is not None:
            raise ConfigInvalidError(["--address: say which --kind of address it is, and leave out --to"])
        return [Recipient(None, "", kind, address)]
    found = [*_of_people(settings, person)] if person is not None else [*_of_routes(settings), *_named(settings, kind)]
    meant = list(dict.fromkeys(one for one in found if kind in (None, one.kind) and one.kind not in SELF))
    if not meant:
        raise ConfigInvalidError(["nobody is meant: give --to LOGIN, or --kind and --address"])
    return meant


def _named(settings: Settings, kind: str | None) -> Iterator[Recipient]:
    """With ``--kind`` alone: what the settings name of it."""
    notify = settings.notify
    names: dict[str, Sequence[str]] = {
        "apprise": [*notify.apprise],
        "webhook": [*notify.webhook],
        "paging": [*notify.paging.groups],
    }
    yield from (Recipient(None, "", kind, name) for name in names.get(kind, ())) if kind is not None else ()


def _of_routes(settings: Settings) -> Iterator[Recipient]:
    for route in settings.alerts.route:
        for one in route.contacts:
            yield Recipient(None, one.name or route.name, one.kind, one.address, one.language)


def _of_people(settings: Settings, login: str | None = None) -> Iterator[Recipient]:
    people = [one for one in desk(settings).persons().values() if login in (None, one.login) and one.active]
    if login is not None and not people:
        raise ConfigInvalidError([f"--to: nobody has the login {login!r}"])
    for person in people:
        for contact in person.contacts:
            yield Recipient(None, person.name, contact.kind, contact.address, _language(person))


def _language(person: Person) -> str:
    return person.language if person.language in ("en", "zh") else "zh"


@asynccontextmanager
async def _notifiers(settings: Settings, phone: bool) -> AsyncIterator[dict[str, Notifier]]:
    """The notifiers, with a link of our own to the exchange that calls where one is needed."""
    calls, links, tasks = PlacedCalls(), dict[str, Link](), Tasks()
    clock = SystemClock()
    tools = Tools(settings.notify, clock, Console(links, calls), _nobody)
    try:
        if phone and settings.notify.phone.pbx is not None:
            links |= await _link(settings, settings.notify.phone.pbx, calls, tasks)
        yield build(tools)
    finally:
        for link in links.values():
            link.stop()
        await tasks.stop()
        tools.through.close()


async def _nobody(_alert: str, _person: int) -> bool:
    return False


async def _link(settings: Settings, name: str, calls: PlacedCalls, tasks: Tasks) -> dict[str, Link]:
    pbx = next((one for one in settings.pbx if one.name == name), None)
    if pbx is None:
        raise ConfigInvalidError([f"notify.phone.pbx: there is no exchange {name!r} among [[pbx]]"])
    link = Link(pbx, calls.ear(name, lambda _: None), SystemClock(), wanted=HEARD)
    tasks.start(f"link {name}", link.run())
    try:
        async with asyncio.timeout(LINK_WITHIN_S):
            # A link announces its state to its sink only together with everything else it hears.
            while link.state not in (LinkState.UP, LinkState.SYNCING):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass  # every call will say so
    return {name: link}
