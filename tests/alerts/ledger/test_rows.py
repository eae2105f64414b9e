"""What is stored comes back as it was, from a row and from a line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.ledger.rows import Mark, Page, breach_on, breach_row, delivery_on, delivery_row, line_of, page_on
from alerts.model import DeliveryState, Silence
from tests.alerts.ledger.pages import breach, delivery, fired
from tests.alerts.lives import T0


def test_page_on_a_line() -> None:
    """A whole step goes through one line and back."""
    page = replace(
        fired(T0, fence=7),
        silences=(Silence("s", None, None, "Lee", "works", T0, T0 + 9),),
        breaches=(breach(at=T0),),
        marks=(Mark("m", DeliveryState.SENT, sent_at=T0),),
    )
    assert page_on(line_of(page)) == page
    assert line_of(page).count(b"\n") == 1


@pytest.mark.parametrize("line", [b"", b"{", b'{"alerts": 1}\n', b"\xff\n", b'{"marks": [{"id": 3}]}\n'])
def test_not_a_page(line: bytes) -> None:
    """A line that is none is said to be none."""
    with pytest.raises(ValueError, match="not a line"):
        page_on(line)


def test_rows() -> None:
    """Breach and delivery come back from their rows as they were."""
    one = breach(at=T0, ended_at=T0 + 2, group="early", call="c1", excused_by="Lee")
    assert breach_on(breach_row(one)) == one
    told = delivery("m1", T0, also=("a2", "a3"), link="/desk#a1", drill="d1")
    assert delivery_on(delivery_row(told)) == told
    assert delivery_row(told)["also"] == " a2 a3 "


def test_harmless() -> None:
    """No number that is none, and no half character, reaches a line."""
    page = Page(breaches=(breach(at=T0, value=float("inf"), evidence=({"said": "\ud800"},)),))
    found = page_on(line_of(page)).breaches[0]
    assert (found.value, found.evidence) == (None, ({"said": "?"},))
