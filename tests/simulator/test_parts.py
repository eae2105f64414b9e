"""The parts: what follows from their fields."""

from __future__ import annotations

from tests.simulator.stages import Stage


def test_names_of_devices_are_those_of_their_technology() -> None:
    """A phone and a trunk are PJSIP endpoints with an address."""
    stage = Stage()
    phone, trunk = stage.agent("Ann", "1001", stage.queue()).phone, stage.world.trunks["carrier"]
    assert (phone.name, phone.uri) == ("PJSIP/1001", "sip:1001@192.0.2.20:5060")
    assert (trunk.name, trunk.uri) == ("PJSIP/carrier", "sip:carrier@198.51.100.10:5060")


def test_an_agent_is_paused_when_he_is_anywhere() -> None:
    """One paused membership is enough; a Local interface is known by its name."""
    stage = Stage()
    queue, other = stage.queue(), stage.queue("sales", "701")
    ann = stage.agent("Ann", "1001", queue, other, local=True)
    assert ann.is_local
    assert not ann.paused
    stage.exchange.lines.pause(ann, "meal", queue="sales")
    assert ann.paused
    assert not ann.members["support"].paused
