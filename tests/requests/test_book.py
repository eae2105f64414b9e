"""The book: what is shown, for how long, and who is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.requests import book as module
from floor.requests.book import SHOWN_S, Book
from floor.requests.life import Limits, closed
from floor.requests.model import About, Asker, Help, Leave, Request, Someone, Way

BY = Asker("pbx1", "Ann", 1)
HELP = Help("h", BY, About.QUESTION, Way.PAGE, 1000.0)
DONE = closed(HELP, Someone(4, "Wang Li"), 1100.0)


def told(book: Book) -> list[tuple[str, bool]]:
    """(id, whether it is shown then) of everything that is told from now on."""
    heard: list[tuple[str, bool]] = []
    book.subscribe(lambda one: heard.append((one.id, one.id in book.shown)))
    return heard


@pytest.mark.parametrize(("after", "shown"), [(SHOWN_S - 0.1, True), (SHOWN_S, False), (SHOWN_S + 1, False)])
def test_what_ended_stays_for_a_while(after: float, shown: bool) -> None:
    """Five minutes; whoever listens is told when it goes."""
    book = Book(Limits())
    heard = told(book)
    book.put(DONE)
    assert book.due(1100.0 + after) == []
    assert ("h" in book.shown) is shown
    assert heard == [("h", True)] + ([] if shown else [("h", False)])


def test_due_tells_what_time_did_but_does_not_do_it() -> None:
    """Escalated at its moment; whoever asks puts it, with its record."""
    book = Book(Limits())
    book.put(HELP)
    assert book.next_at() == 1060.0
    assert book.due(1059.9) == []
    (after,) = book.due(1060.0)
    assert isinstance(after, Help)
    assert (after.escalated_at, book.shown["h"]) == (1060.0, HELP)


def test_living_of_an_agent() -> None:
    """Of its kind, not over, the latest; another's is another's."""
    book = Book(Limits())
    book.put(DONE)
    assert book.living(Help, BY.key) is None
    again = replace(HELP, id="h2")
    book.put(again)
    assert book.living(Help, BY.key) == again
    assert book.living(Leave, BY.key) is None
    assert book.living(Help, ("pbx1", "Bob")) is None


def test_as_the_record_has_it() -> None:
    """What differs is told, what is gone is told as gone, what ended long ago is not taken up."""
    book = Book(Limits())
    book.put(HELP)
    other = replace(HELP, id="o")
    heard = told(book)
    book.replace_all([DONE, other, replace(DONE, id="old", ended_at=100.0)], 1150.0)
    assert sorted(heard) == [("h", True), ("o", True)]
    heard.clear()
    book.replace_all([other], 1150.0)
    assert heard == [("h", False)]


def test_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded: what ended goes first, then the oldest."""
    monkeypatch.setattr(module, "MOST", 2)
    book = Book(Limits())
    for one in (replace(HELP, id="a"), DONE, replace(HELP, id="b"), replace(HELP, id="c")):
        book.put(one)
    assert list(book.shown) == ["b", "c"]


def test_a_listener_that_fails_stops_nobody() -> None:
    """The others hear of it all the same."""
    book, heard = Book(Limits()), []

    def fails(_: Request) -> None:
        raise ValueError("broken")

    book.subscribe(fails)
    stop = book.subscribe(heard.append)
    book.put(HELP)
    stop()
    book.put(DONE)
    assert heard == [HELP]


def test_due_until_it_is_put() -> None:
    """What nobody put is told again; what was put waits for its next moment, and a new word for a new one."""
    book = Book(Limits())
    book.put(HELP)
    book.put(HELP)
    (after,) = book.due(1060.0)
    assert book.due(1060.0) == [after]
    book.put(after)
    assert book.due(1060.0) == []
    assert book.next_at() == 1000.0 + Limits().help_keep_s
    book.put(DONE)
    assert book.next_at() == 1100.0 + SHOWN_S
    assert book.due(1100.0 + SHOWN_S) == []
    assert book.next_at() is None
