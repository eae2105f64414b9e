"""Simulated time: order, waking, interrupting, stopping."""

from __future__ import annotations

from functools import partial

from asterisk.simulator.schedule import Life, Schedule, Steps


def test_things_happen_in_order_of_time_and_then_of_entry() -> None:
    """Two entries of the same moment happen as they were entered."""
    schedule, seen = Schedule(100.0), list[str]()
    schedule.at(103, lambda: seen.append("c"))
    schedule.at(101, lambda: seen.append("a"))
    schedule.at(101, lambda: seen.append("b"))
    schedule.run_until(102)
    assert seen == ["a", "b"]
    assert schedule.now == 102
    assert schedule.next_due() == 103


def test_a_cancelled_entry_does_not_happen() -> None:
    """Cancelling is silent, and the heap forgets it."""
    schedule, seen = Schedule(0.0), list[str]()
    schedule.after(1, lambda: seen.append("no")).cancel()
    schedule.run_until(5)
    assert not seen
    assert schedule.next_due() is None


def test_a_slice_says_whether_something_is_left() -> None:
    """The pump can give way in the middle of a crowded moment."""
    schedule, seen = Schedule(0.0), list[int]()
    for number in range(5):
        schedule.at(1, partial(seen.append, number))
    assert not schedule.run_until(2, most=3)
    assert seen == [0, 1, 2]
    assert schedule.now == 1
    assert schedule.run_until(2, most=3)
    assert schedule.now == 2


def _diary(schedule: Schedule, seen: list[str]) -> Steps:
    try:
        while True:
            news = yield 10.0
            seen.append(f"{schedule.now:g} {news}")
    except RuntimeError as error:
        seen.append(f"{schedule.now:g} {error}")
    finally:
        seen.append("end")


def test_a_life_wakes_by_time_or_by_news() -> None:
    """News ends the wait early, and the next wait counts from there."""
    schedule, seen = Schedule(0.0), list[str]()
    life = Life(schedule, _diary(schedule, seen))
    schedule.run_until(12)
    life.wake("news")
    schedule.run_until(23)
    assert seen == ["10 None", "12 news", "22 None"]


def test_an_interruption_is_raised_where_the_life_waits() -> None:
    """It beats news that came at the same moment, and the life ends as it likes."""
    schedule, seen = Schedule(0.0), list[str]()
    life = Life(schedule, _diary(schedule, seen))
    schedule.run_until(3)
    life.wake("news")
    life.interrupt(RuntimeError("cut"))
    life.wake("too late")
    schedule.run_until(4)
    assert seen == ["3 cut", "end"]
    assert life.over


def test_a_stopped_life_ends_without_a_word_of_time() -> None:
    """Its clean-up runs at once; nothing of it is left in the schedule."""
    schedule, seen = Schedule(0.0), list[str]()
    life = Life(schedule, _diary(schedule, seen))
    schedule.run_until(1)
    life.stop()
    assert seen == ["end"]
    assert schedule.next_due() is None
    life.wake("news")
    assert schedule.next_due() is None


def test_a_life_may_stop_itself() -> None:
    """Stopping from within its own step is no error."""
    schedule, holder = Schedule(0.0), list[Life]()

    def steps() -> Steps:
        yield 1.0
        holder[0].stop()
        yield 1.0

    holder.append(Life(schedule, steps()))
    schedule.run_until(10)
    assert holder[0].over


def test_an_unborn_life_that_is_interrupted_never_begins() -> None:
    """It cannot answer yet, so it does not happen."""
    schedule, seen = Schedule(0.0), list[str]()
    life = Life(schedule, _diary(schedule, seen))
    life.interrupt(RuntimeError("cut"))
    schedule.run_until(20)
    assert not seen
