"""A private PostgreSQL server from the machine's own binaries: in a temporary folder, on a Unix socket."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

OWNER = "postgres"
_numbers = itertools.count(1)


class PostgresServer:
    """``start`` and ``stop`` may be repeated; a server that is stopped keeps its data."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries = binaries
        self.folder = folder
        self.data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Make an empty cluster that trusts everybody on its socket."""
        if os.geteuid() == 0:
            owner = pwd.getpwnam(OWNER)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        options = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(
            self._command("initdb", "-D", self.data, *options),
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    def start(self, *, durable: bool = False) -> None:
        """Listen on a socket in ``folder`` only, until ``stop`` or our own death.

        ``durable``: what is committed is on the disk, as on a real server; tests of anything else need not wait for it.
        """
        settings = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}"]
        settings += [] if durable else ["-c", "fsync=off"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("postgres", "-D", self.data, *settings), cwd=self.folder, stdout=log, stderr=log
            )
        self._await_ready()

    def stop(self) -> None:
        """At once, as if the machine had failed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None

    def _await_ready(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self._dsn("postgres")).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def new_database(self, like: str | None = None) -> str:
        """The URL of an empty database, or of a copy of the one with this URL."""
        name = f"floor_{next(_numbers)}"
        template = f" TEMPLATE {_name_in(like)}" if like is not None else ""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}{template}")
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"

    def drop_database(self, url: str) -> None:
        """Remove it, whoever is connected."""
        name = _name_in(url)
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _dsn(self, database: str) -> str:
        return f"host={self.folder} user={OWNER} dbname={database}"

    def _command(self, program: str, *arguments: object) -> list[str]:
        """As another user when we are root, which PostgreSQL refuses; dying with us, so that none is left behind."""
        other = [f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups"] if os.geteuid() == 0 else []
        return ["setpriv", *other, "--pdeathsig=KILL", str(self.binaries / program), *map(str, arguments)]


def _name_in(url: str) -> str:
    return url.split("@/", 1)[1].partition("?")[0]


def binaries() -> Path | None:
    """Where the newest installed server's programs are."""
    found = [Path(path).parent for path in [shutil.which("pg_ctl")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: float(one.parent.name), reverse=True)
    return next((one for one in found if (one / "initdb").exists()), None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole run; without binaries the test is skipped at home and fails in CI."""
    programs = binaries()
    if programs is None:
        reason = "no PostgreSQL server binaries (tests/provision.sh installs them)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    # Not pytest's own folder: the server runs as another user, and a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="floor-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(programs, Path(folder))
        server.create()
        server.start()
        yield server
        server.stop()


@pytest.fixture
def ready_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty history of the newest version that is dropped afterwards."""
    from tests.support.ready import new_postgres  # noqa: PLC0415 - it stands on this module

    url = new_postgres(postgres_server)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database that is dropped afterwards."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop_database(url)
