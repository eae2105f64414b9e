"""``floor collect``: watch some of the settings' exchanges for others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from floor.assembly_collect import Collector
from floor.assembly_orders import OrdersHere
from floor.assembly_relay import relay_of, wire_of
from floor.errors import ConfigInvalidError
from floor.settings import Settings


async def run_collect(
    settings: Settings, names: Sequence[str], stop: asyncio.Event, say: Callable[[str], None]
) -> None:
    """Run until ``stop``.

    :param names: the exchanges; none: all of the settings.
    """
    settings = chosen(settings, names)
    relay = relay_of(settings)
    collector = Collector(settings, relay, orders=OrdersHere(wire_of(settings, relay)))
    told = ", ".join(pbx.name for pbx in settings.pbx)
    async with probed(settings, collector, say):
        await collector.run(stop, lambda: say(f"Floorwatch tells of {told} over {relay.shown}"))


@asynccontextmanager
async def probed(settings: Settings, collector: Collector, say: Callable[[str], None]) -> AsyncIterator[None]:
    """Health and figures are served meanwhile, where the settings give a port."""
    host, port = settings.relay.health_host, settings.relay.health_port
    if port is None:
        yield
        return
    from web.probes import Probes  # noqa: PLC0415 - pages' libraries take a second, and most collectors need none

    probes = Probes(collector, host, port, settings.data_dir, collector.clock)
    await probes.start()
    say(f"Health and figures are on http://{host}:{probes.port}")
    try:
        yield
    finally:
        await probes.stop()


def chosen(settings: Settings, names: Sequence[str]) -> Settings:
    """The settings with only these exchanges.

    :raises ConfigInvalidError: there is none, or not of this name.
    """
    known = [pbx.name for pbx in settings.pbx]
    strange = [name for name in names if name not in known]
    if strange:
        raise ConfigInvalidError(
            [f"--pbx: no exchange is named {name}; use one of {', '.join(known)}" for name in strange]
        )
    if not known:
        raise ConfigInvalidError(["pbx: no exchange is given; use --ami-host, FLOOR_AMI_HOST or [[pbx]] in the file"])
    return settings.model_copy(update={"pbx": tuple(pbx for pbx in settings.pbx if not names or pbx.name in names)})
