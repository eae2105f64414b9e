"""What sentences weigh."""

from __future__ import annotations

from asterisk.sentence import Severity, error, ok, warn


def test_what_is_fine_needs_no_remedy() -> None:
    """The other two always have one."""
    fine, less, wrong = ok("a.", "一。"), warn(("a.", "b."), ("一。", "二。")), error(("a.", "b."), ("一。", "二。"))
    assert [one.severity for one in (fine, less, wrong)] == [Severity.OK, Severity.WARN, Severity.ERROR]
    assert [bool(one.en[1]) for one in (fine, less, wrong)] == [False, True, True]
    assert (fine.en, fine.zh) == (("a.", ""), ("一。", ""))
