"""The console commands of a monitor."""

from __future__ import annotations

from asterisk.simulator.console import no_such, run
from tests.simulator.floors import floor


def test_the_console_shows_the_same_queues() -> None:
    """``queue show`` has a line for each queue, member and caller; other commands answer or are refused in words."""
    simulator = floor(agents=12, load=2.0, warmup_s=300.0)
    shown = run(simulator.exchange, "queue show") or []
    queues = simulator.world.queues.values()
    assert sum(" strategy (" in line for line in shown) == len(queues)
    assert sum("(wait: " in line for line in shown) == sum(len(queue.line) for queue in queues)
    assert sum("login was" in line for line in shown) == sum(len(queue.members) for queue in queues)
    assert run(simulator.exchange, "queue show nosuch") == ["No such queue: nosuch."]
    assert (run(simulator.exchange, "core show version") or [""])[0].startswith("Asterisk 22")
    settings = run(simulator.exchange, "manager show settings") or []
    assert any("Timestamp events:" in line and "Yes" in line for line in settings)
    assert (run(simulator.exchange, "module show like app_queue") or [""])[-1] == "1 modules loaded"
    assert run(simulator.exchange, "nonsense here") is None


def test_an_unknown_command_is_named_harmlessly() -> None:
    """In Asterisk's words, without anything that could end a line."""
    assert no_such("a\r\nb") == "No such command 'ab' (type 'core show help ab' for other possible commands)"
