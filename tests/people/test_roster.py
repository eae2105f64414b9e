"""The roster: all or nothing, everything wrong told, what would change said, and back into a file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floor.history.database import Database
from floor.people.model import Contact, Person, Role
from floor.people.roster import Plan, carry_out, describe, export, plan
from floor.people.rows import changing, persons_in
from tests.history.entities import NOW
from tests.people.conftest import BY, Hire

TEAM = """login,name,number,role,group,leads,agent,reports_to,phone
wang,王伟,1002,,早班|夜班,,Wang Wei,li.na,
li.na,李娜,1001,组长,,早班,,chief,+8613800000000
chief,周,,值班长,,,,,
"""


def taken_in(database: Database, text: str) -> Plan:
    """As the command line does it."""
    with changing(database, "register") as connection:
        made = plan(text.encode(), persons_in(connection).values())
        if not made.faults:
            carry_out(connection, made, BY, NOW)
    return made


def everybody(database: Database) -> dict[str, Person]:
    with database.reading() as connection:
        return {person.login: person for person in persons_in(connection).values()}


def test_a_team_from_nothing(database: Database) -> None:
    """Agents, leader and chief in any order, each under his boss; the same file again changes nothing."""
    assert len(taken_in(database, TEAM).added) == 3
    found = everybody(database)
    assert found["wang"].role is Role.AGENT
    assert (found["wang"].groups, found["wang"].leads, found["wang"].agents) == (
        ("早班", "夜班"),
        (),
        (("*", "Wang Wei"),),
    )
    assert (found["li.na"].groups, found["li.na"].leads) == (("早班",), ("早班",))
    assert found["li.na"].contacts == (Contact("phone", "+8613800000000"),)
    assert [found[login].reports_to for login in ("wang", "li.na", "chief")] == [
        found["li.na"].id,
        found["chief"].id,
        None,
    ]
    again = taken_in(database, TEAM)
    assert (again.added, again.changed, again.faults) == ([], [], ())


def test_what_is_not_said_stays(database: Database, hire: Hire) -> None:
    """A missing column leaves a field alone, an empty cell empties it; who is not in the file stays."""
    ways = (Contact("mail", "ann@example.com"), Contact("webhook", "https://example.com"))
    hire("ann", number="1001", groups=("早班",), contacts=ways, shift_end="18:00", queues=("sales",))
    hire("bob", number="1002")
    taken_in(database, "login,number,mail,role\nann,,,\n")
    found = everybody(database)
    assert found["bob"].number == "1002"
    ann = found["ann"]
    assert (ann.number, ann.contacts, ann.role) == (None, ways[1:], Role.AGENT)
    assert (ann.groups, ann.shift_end, ann.queues, ann.name) == (("早班",), "18:00", ("sales",), "Ann")


def test_numbers_may_be_swapped(database: Database, hire: Hire) -> None:
    """Two people exchange their service numbers in one file."""
    hire("ann", number="1001")
    hire("bob", number="1002")
    taken_in(database, "login,number\nann,1002\nbob,1001\n")
    assert [everybody(database)[login].number for login in ("ann", "bob")] == ["1002", "1001"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("login,name\nann,A\nANN,B\n", [(3, "login", "login_twice")]),
        ("login\nann\n", [(2, "name", "missing")]),
        ("login,name,number\nann,A,7\nbob,B,7\n", [(3, "number", "number_taken")]),
        ("login,name,number\nann,A,1000\n", [(2, "number", "number_taken")]),
        ("login,name,agent\nann,A,X\nbob,B,X\n", [(3, "agent", "agent_taken")]),
        ("login,name,agent\nann,A,Old\n", [(2, "agent", "agent_taken")]),
        ("login,name,reports_to\nann,A,odl\n", [(2, "reports_to", "reports_to")]),
        ("login,name,reports_to\nann,A,ann\n", [(2, "reports_to", "circle")]),
        ("login,name,reports_to\nann,A,bob\nbob,B,ann\n", [(2, "reports_to", "circle")]),
        ("login,name,reports_to\nann,A,old\nold,O,ann\n", [(2, "reports_to", "circle")]),
        ("login,name,leads\nann,A,g\n", [(2, "leads", "leads")]),
        ("login,name,role,leads\nann,A,boss,g\n", [(2, "role", "role")]),
        ("login,name,number\nann,A,Ann\n", [(2, "login", "login_is_number")]),
        ("login,leads\nold,g\n", [(2, "leads", "leads")]),
    ],
)
def test_what_does_not_fit(text: str, wrong: list[tuple[int, str, str]]) -> None:
    """Against the file itself and against who is there already."""
    old = Person(1, "old", "Old", Role.AGENT, number="1000", agents=(("*", "Old"),))
    made = plan(text.encode(), [old])
    assert [(fault.line, fault.column, fault.code) for fault in made.faults] == wrong


def test_one_fault_and_nothing_is_done(database: Database, hire: Hire) -> None:
    """All or nothing: the good lines of a file with a bad one are not taken in either."""
    old = hire("old")
    assert taken_in(database, TEAM + "bad one,x,,,,,,,\n").faults
    assert everybody(database) == {"old": old}


def test_all_at_once() -> None:
    """Faults of every kind come together, in the order of the lines."""
    made = plan(b"login,name,number,role\n-x,A,1,\nann,,a b,boss\nbob,Bob,2,\n", ())
    assert [(fault.line, fault.column) for fault in made.faults] == [
        (2, "login"),
        (3, "name"),
        (3, "number"),
        (3, "role"),
    ]
    with pytest.raises(ValueError, match="faults"):
        carry_out(None, made, BY, NOW)  # type: ignore[arg-type]


def test_what_would_change_is_said(database: Database) -> None:
    """A line per person, with bosses by their login."""
    taken_in(database, TEAM)
    before = {person.id: person for person in everybody(database).values()}
    made = plan("login,name,group,reports_to\nwang,王伟,夜班,chief\nzhao,赵,早班,wang\n".encode(), before.values())
    assert list(describe(made, before)) == [
        "+ zhao: 赵, agent, 早班",
        "~ wang: reports_to li.na → chief; groups 早班, 夜班 → 夜班",
    ]


def test_export_is_an_import(database: Database, hire: Hire) -> None:
    """What is written out can be taken in again and changes nothing; who left is not in it."""
    boss = hire("boss", Role.MANAGER)
    hire(
        "ann",
        Role.LEADER,
        number="1001",
        groups=("早班", "夜班"),
        leads=("早班",),
        queues=("sales", "*"),
        agents=(("*", "Ann"), ("east", "Anna, B")),
        contacts=(
            Contact("mail", "a@example.com"),
            Contact("phone", "+86 10"),
            Contact("webhook", "https://x.example"),
        ),
        reports_to=boss.id,
        language="zh",
        shift_end="18:00",
    )
    hire("gone", active=False)
    known = {person.id: person for person in everybody(database).values()}
    text = export(known)
    assert text.startswith("\ufefflogin,name,number,role,")
    assert "gone" not in text
    made = taken_in(database, text)
    assert (made.faults, made.added, made.changed) == ((), [], [])


def test_whatever_is_exported_is_no_formula(hire: Hire, database: Database) -> None:
    """No cell of an export begins as a formula, a telephone number's plus aside."""
    taken_in(database, TEAM)
    known = {person.id: person for person in everybody(database).values()}
    cells = [cell for line in export(known).splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith(("=", "-", "@", "\t"))]


words = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
cells = st.one_of(
    words, st.sampled_from(["ann", "bob", "=1", "a|b", "admin", "组长", "1001", "18:00", "*", '"', "\x00"])
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.lists(cells, min_size=1, max_size=15), max_size=8), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_whatever_comes_in(table: list[list[str]], encoding: str) -> None:
    """No file raises: it is a plan, or faults that can be told."""
    header = "login,name,number,role,group,leads,pbx,agent,queues,language,mail,phone,reports_to,shift_end"
    text = "\n".join([header, *(",".join(row) for row in table)])
    made = plan(text.encode(encoding), [Person(1, "ann", "Ann", Role.LEADER)])
    for fault in made.faults:
        assert fault.sentence("en")
        assert fault.sentence("zh").isprintable()
    if not made.faults:
        list(describe(made, {}))


def test_ten_thousand_lines_can_be_judged() -> None:
    """A plan for a large center is made without comparing everybody with everybody."""
    lines = [f"a{n},Name {n},{n},早班,Agent {n},boss" for n in range(2, 2002)]
    known = [Person(1, "boss", "Boss", Role.CHIEF), *(replace(_agent(n), reports_to=1) for n in range(2, 1002))]
    text = "\n".join(["login,name,number,group,agent,reports_to", *lines])
    made = plan(text.encode(), known)
    assert (len(made.added), len(made.changed), made.faults) == (1000, 0, ())


def _agent(n: int) -> Person:
    person = Person(n, f"a{n}", f"Name {n}", Role.AGENT, number=str(n), groups=("早班",))
    return replace(person, agents=(("*", f"Agent {n}"),))
