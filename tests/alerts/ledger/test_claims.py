"""Of several who deliver, one delivers each message; none is lost when one of them dies with it in his hands."""

from __future__ import annotations

import tempfile
import threading

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from alerts.ledger import CLAIM_S
from alerts.ledger.claims import claim, let_go, next_at
from alerts.ledger.rows import Mark, Page
from alerts.ledger.store import write
from alerts.model import Delivery, DeliveryState, Severity
from floor.history.database import Database
from tests.alerts.ledger.pages import delivery, states
from tests.alerts.lives import T0


def put(database: Database, *deliveries: Delivery) -> None:
    with database.writing() as connection:
        write(connection, [Page(deliveries=deliveries)])


def taken(database: Database, holder: str, at: float, limit: int = 20) -> list[str]:
    with database.writing() as connection:
        return [one.message.id for one in claim(connection, holder, at, limit)]


def test_weightiest_first(database: Database) -> None:
    """An emergency goes before a warning, the older before the newer, and only what is due."""
    put(
        database,
        delivery("warn2", T0 + 1),
        delivery("warn1", T0),
        delivery("fire", T0 + 2, severity=Severity.EMERGENCY),
        delivery("later", T0 + 900),
    )
    assert taken(database, "one", T0 + 5, limit=2) == ["fire", "warn1"]
    assert taken(database, "two", T0 + 5) == ["warn2"]
    assert taken(database, "two", T0 + 5) == []
    with database.reading() as connection:
        assert next_at(connection) == T0 + 5 + CLAIM_S


def test_claim_runs_out(database: Database) -> None:
    """Who dies with a message in his hands loses it to another, who knows it is not the first attempt."""
    put(database, delivery("m1", T0))
    assert taken(database, "dies", T0) == ["m1"]
    assert taken(database, "lives", T0 + CLAIM_S - 1) == []
    with database.writing() as connection:
        (again,) = claim(connection, "lives", T0 + CLAIM_S, 1)
    assert (again.attempts, again.claimed_by) == (2, "lives")


def test_claims_of_who_acted_before_are_let_go(database: Database) -> None:
    """Whoever takes over tells at once what the one before had in his hands, and not again what was told."""
    put(database, delivery("m1", T0), delivery("m2", T0))
    assert taken(database, "dies", T0, limit=2) == ["m1", "m2"]
    with database.writing() as connection:
        write(connection, [Page(marks=(Mark("m2", DeliveryState.SENT, sent_at=T0 + 1),))])
        let_go(connection, T0 + 2)
    assert taken(database, "lives", T0 + 2) == ["m1"]


def test_two_at_once(database: Database) -> None:
    """Two who reach for the same messages at the same moment share them; nobody gets one twice."""
    put(database, *(delivery(f"m{n}", T0) for n in range(30)))
    found: list[str] = []

    def reach(holder: str) -> None:
        mine = Database(database.url.render_as_string(hide_password=False), busy_s=10)
        for _ in range(10):
            found.extend(taken(mine, holder, T0, 3))
        mine.close()

    threads = [threading.Thread(target=reach, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(f"m{n}" for n in range(30))


class Deliverers(RuleBasedStateMachine):
    """Two deliverers who claim, deliver, fail and die at any point."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite:///{self.folder.name}/floor.sqlite3", busy_s=1)
        self.database.upgrade()
        self.now, self.number = T0, 0
        self.hands: dict[str, dict[str, float]] = {"one": {}, "two": {}}
        self.told: dict[str, int] = {}

    @rule(count=st.integers(1, 3))
    def stored(self, count: int) -> None:
        fresh = [delivery(f"m{self.number + n}", self.now) for n in range(count)]
        self.number += count
        put(self.database, *fresh)

    @rule(holder=st.sampled_from(["one", "two"]), limit=st.integers(1, 3))
    def claims(self, holder: str, limit: int) -> None:
        for id_ in taken(self.database, holder, self.now, limit):
            for hands in self.hands.values():
                assert hands.get(id_, self.now) <= self.now, "nobody is given what another still holds"
                hands.pop(id_, None)
            self.hands[holder][id_] = self.now + CLAIM_S

    @rule(holder=st.sampled_from(["one", "two"]), recorded=st.booleans(), passing=st.booleans())
    def tells(self, holder: str, recorded: bool, passing: bool) -> None:
        """Told; and perhaps killed before it is written down, or refused for a while."""
        if not self.hands[holder]:
            return
        id_ = next(iter(self.hands[holder]))
        del self.hands[holder][id_]
        if passing:
            mark = Mark(id_, DeliveryState.WAITING, next_at=self.now + 30, error="busy")
        else:
            self.told[id_] = self.told.get(id_, 0) + 1
            mark = Mark(id_, DeliveryState.SENT, sent_at=self.now)
        if recorded:
            with self.database.writing() as connection:
                write(connection, [Page(marks=(mark,))])

    @rule(holder=st.sampled_from(["one", "two"]))
    def dies(self, holder: str) -> None:
        self.hands[holder].clear()

    @rule(seconds=st.sampled_from([1.0, 31.0, CLAIM_S + 1]))
    def passes(self, seconds: float) -> None:
        self.now += seconds

    def teardown(self) -> None:
        """In the end, whoever is left tells everything that was ever stored."""
        if not hasattr(self, "database"):
            return
        for _ in range(4):
            self.now += CLAIM_S + 60
            for id_ in taken(self.database, "last", self.now, 1000):
                self.told[id_] = self.told.get(id_, 0) + 1
                with self.database.writing() as connection:
                    write(connection, [Page(marks=(Mark(id_, DeliveryState.SENT, sent_at=self.now),))])
        assert set(self.told) == {f"m{n}" for n in range(self.number)}
        assert set(states(self.database).values()) <= {"sent"}
        self.database.close()
        self.folder.cleanup()


TestDeliverers = Deliverers.TestCase
TestDeliverers.settings = hypothesis_settings(max_examples=15, stateful_step_count=20, deadline=None)
