"""The exchange's memory: names, stamps, dice, log."""

from __future__ import annotations

from asterisk.simulator.wire import Event
from asterisk.simulator.world import World


def test_stamps_rise_even_within_a_moment() -> None:
    """Two events of one moment are microseconds apart, and time never runs backwards."""
    world, said = World(1, 100.0), list[Event]()
    world.taps.append(said.append)
    for _ in range(3):
        world.emit("Newstate")
    world.schedule.run_until(101.0)
    world.emit("Newstate")
    stamps = [float(event.text.split("Timestamp: ")[1].split("\r")[0]) for event in said]
    assert stamps == sorted(set(stamps))
    assert stamps[0] >= 100.0
    assert stamps[2] < 100.001
    assert stamps[3] >= 101.0


def test_names_are_asterisks() -> None:
    """``epoch.serial`` for channels, eight hexadecimal digits for names, a series for each technology."""
    world = World(1, 1_795_315_200.5)
    assert [world.next_uniqueid() for _ in range(2)] == ["1795315200.0", "1795315200.1"]
    assert world.next_name("PJSIP/1001", "PJSIP") == "PJSIP/1001-00000000"
    assert world.next_name("PJSIP/1002", "PJSIP") == "PJSIP/1002-00000001"
    assert world.next_name("Local/1@x", "Local") == "Local/1@x-00000000"
    assert len(world.next_uuid()) == 36


def test_a_dead_exchange_writes_nothing() -> None:
    """queue_log lines have Asterisk's form; after death there are none."""
    world = World(1, 100.9)
    world.note("1.2", "support", "Ann", "CONNECT", 3, "1.3", 2)
    world.dead = True
    world.note("1.2", "support", "Ann", "COMPLETECALLER", 3, 4, 1)
    assert world.queue_log == ["100|1.2|support|Ann|CONNECT|3|1.3|2"]
