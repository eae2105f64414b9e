"""Emergency numbers: who dials one is noticed from the exchange's own words, so the call itself is never delayed."""

from __future__ import annotations

from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.happenings import EmergencyCalled
from floor.state.indexes import device_of_channel


def note_dialled(draft: Draft, pbx: str, uniqueid: str | None, number: str | None, at: float) -> None:
    """A step of a call that a phone of the floor makes; told once per channel, whichever step names the number first.

    The number is the extension dialled, or what a dialplan made of it (``9119`` dials ``119`` on the trunk).
    """
    if number not in draft.floor.emergency_numbers or uniqueid is None:
        return
    channel = draft.channels.get((pbx, uniqueid))
    if channel is None or channel.emergency is not None:
        return
    device = device_of_channel(channel.name)
    place = (pbx, device)
    if place in draft.floor.trunks or (channel.agent is None and place not in draft.floor.endpoints):
        return  # a call from outside, whose number happens to look like this
    draft.channels.put(channel.key, replace(channel, emergency=number))
    draft.happenings.append(EmergencyCalled(pbx, at, device, channel.agent, number or "", channel.name, uniqueid))
