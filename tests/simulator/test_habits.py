"""Distributions: their means, their limits, and that no real person's number is ever used."""

from __future__ import annotations

from random import Random

from asterisk.simulator import habits


def test_durations_have_their_mean_and_a_long_tail() -> None:
    """Most are shorter than the mean, some much longer, none negative."""
    random = Random(1)
    drawn = [habits.about(random, 100.0) for _ in range(4000)]
    assert 93 < sum(drawn) / len(drawn) < 107
    assert sorted(drawn)[2000] < 100 < max(drawn)
    assert min(drawn) > 0


def test_arrivals_are_independent() -> None:
    """The mean gap is one over the rate; without a rate nobody comes."""
    random = Random(1)
    gaps = [habits.waiting_time(random, 0.5) for _ in range(4000)]
    assert 1.85 < sum(gaps) / len(gaps) < 2.15
    assert habits.waiting_time(random, 0.0) == float("inf")


def test_everybody_is_different_but_nobody_impossible() -> None:
    """Shares are shares, times are positive, nobody takes longer to answer than a phone rings."""
    tempers = [habits.temper(Random(seed), 120.0) for seed in range(200)]
    assert len(set(tempers)) == 200
    for temper in tempers:
        assert 0 < temper.answers_after_s <= 11
        assert all(0 <= share < 1 for share in (temper.misses, temper.rejects, temper.holds, temper.transfers))


def test_pauses_have_the_reasons_of_the_floor() -> None:
    """Away and work reasons of the domain, each with its length."""
    random = Random(1)
    pauses = [habits.pause(random) for _ in range(2000)]
    assert {reason for reason, _ in pauses} == set(habits.AWAY_REASONS) | set(habits.WORK_REASONS)
    meals = [seconds for reason, seconds in pauses if reason == "meal"]
    assert 1200 < sum(meals) / len(meals) < 1800


def test_callers_wait_but_not_for_ever() -> None:
    """Some give up at once, the others around their mean."""
    random = Random(1)
    waits = [habits.patience(random, 90.0) for _ in range(3000)]
    assert 0.05 < sum(wait < 6 for wait in waits) / len(waits) < 0.15
    assert 70 < sum(waits) / len(waits) < 105


def test_the_day_has_its_peaks_and_the_waves_stay_in_bounds() -> None:
    """Mornings and afternoons are busy, nights are not; waves move about one."""
    assert habits.day_curve(10.5) > 0.9
    assert habits.day_curve(3.0) < 0.06
    waves = [habits.swell(at) for at in range(0, 4000, 10)]
    assert 0.4 < min(waves) < 0.8
    assert 1.2 < max(waves) < 1.6


def test_numbers_are_free_for_fiction() -> None:
    """Ofcom's drama ranges and North America's 555-01xx, nothing else."""
    for number in habits.CALLER_NUMBERS:
        fiction = number.startswith(("01632960", "07700900", "02079460")) or number[3:8] == "55501"
        assert fiction, number
