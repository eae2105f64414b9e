"""The tables of people (SQLAlchemy Core): who they are, who is signed in, and what was done about it.

Times are seconds since the epoch on our own clock. Every writer counts up ``people_versions`` first: on a server its
row is the lock under which writers take turns, and other processes see by it that there is something to read.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Table, Text, UniqueConstraint

from floor.history.columns import numbered, room_metadata

metadata = room_metadata()

persons = Table(
    "persons",
    metadata,
    numbered(),
    # In small letters and composed (NFKC), so that one login is one person.
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("number", Text),
    # Lists as JSON: they are read whole, with the person.
    Column("queues", Text, nullable=False),
    Column("agents", Text, nullable=False),
    Column("contacts", Text, nullable=False),
    Column("reports_to", BigInteger),
    Column("language", Text, nullable=False),
    # HH:MM on the floor's clock.
    Column("shift_end", Text),
    Column("active", Boolean, nullable=False),
    # Argon2id, with its parameters; NULL: no password signs him in.
    Column("password", Text),
    UniqueConstraint("login"),
    UniqueConstraint("number"),
)

groups = Table("groups", metadata, Column("name", Text, primary_key=True))

memberships = Table(
    "memberships",
    metadata,
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    Column("group_name", Text, primary_key=True),
    # Answers for the group instead of belonging to it.
    Column("leads", Boolean, nullable=False),
    # In which order his groups were given.
    Column("place", BigInteger, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", BigInteger, nullable=False),
    # SHA-256 of the cookie's 256 random bits: whoever reads this table can sign in as nobody.
    Column("secret", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("began_at", Double, nullable=False),
    # Written now and then, not at every click.
    Column("seen_at", Double, nullable=False),
    # Shift end, or the longest time allowed.
    Column("until", Double, nullable=False),
    Column("locked_at", Double),
    Column("ended_at", Double),
    Column("why", Text),
    UniqueConstraint("secret"),
    Index("ix_sign_ins_person_ended_at", "person", "ended_at"),
    Index("ix_sign_ins_ended_at", "ended_at"),
)

attempts = Table(
    "attempts",
    metadata,
    # login or address
    Column("kind", Text, primary_key=True),
    # SHA-256: people type passwords where the login belongs.
    Column("name", Text, primary_key=True),
    Column("failures", BigInteger, nullable=False),
    Column("last_at", Double, nullable=False),
    Column("locked_until", Double),
    Index("ix_attempts_last_at", "last_at"),
)

deeds = Table(
    "deeds",
    metadata,
    numbered(),
    Column("at", Double, nullable=False),
    # A Deed: what was done.
    Column("what", Text, nullable=False),
    # Who did it: a person, or the command line under a name of the machine's.
    Column("actor", BigInteger),
    Column("actor_name", Text, nullable=False),
    Column("address", Text, nullable=False),
    # About whom.
    Column("subject", BigInteger),
    # Only what differs, as JSON objects.
    Column("before", Text),
    Column("after", Text),
    Index("ix_deeds_at", "at"),
    Index("ix_deeds_subject_at", "subject", "at"),
)
"""Only ever added to; the database itself refuses to change or delete a row (R-SEC-12)."""

versions = Table(
    "people_versions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)
"""Three rows: ``register`` (persons and groups), ``sign_ins``, ``attempts``."""
