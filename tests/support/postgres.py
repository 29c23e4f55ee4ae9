"""A PostgreSQL cluster for one test session: unprivileged, in a temporary folder, on a Unix socket, gone with the session."""

from __future__ import annotations

import ctypes
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

STARTS_WITHIN_SECONDS = 60
SPARE = "spare_"   # how the names begin of empty databases that nobody uses any more: to make one takes longer than most tests
_PR_SET_PDEATHSIG = 1
#: Nothing is kept beyond the session, and each of some hundred databases lives for one test: nobody need write safely or tidy up.
_SHORT_LIVED = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off")


def binaries() -> Path | None:
    """The folder of the newest `initdb`, as Debian or the PATH have it."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    if found:
        return Path(found[-1]).parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Cluster:
    """A running cluster; each test takes a database of its own from it."""

    def __init__(self, socket_dir: Path, user: str) -> None:
        self._socket_dir = socket_dir
        self._user = user
        self._count = 0

    def new_database(self) -> str:
        """The SQLAlchemy URL of a fresh, empty database: one that was given up empty, or a new one."""
        self._count += 1
        name = f"kawal_{self._count}"
        with psycopg.connect(host=str(self._socket_dir), user=self._user, dbname="postgres", autocommit=True) as server:
            spare = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s LIMIT 1", (f"{SPARE}%",)).fetchone()
            if spare is not None:
                server.execute(f"ALTER DATABASE {spare[0]} RENAME TO {name}".encode())
            else:
                server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
        return f"postgresql+psycopg://{self._user}@/{name}?host={self._socket_dir}"

    def drop(self, url: str) -> None:
        """Give the room of a database back, whoever is still connected."""
        with psycopg.connect(host=str(self._socket_dir), user=self._user, dbname="postgres", autocommit=True) as server:
            server.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)".encode())


@contextmanager
def cluster(*, fsync: bool = False) -> Iterator[Cluster]:
    """Start a cluster, as an unprivileged account when the tests run as root, for PostgreSQL refuses root.

    `fsync`: as durable as a real one, for whoever measures.
    """
    folder = binaries()
    assert folder is not None
    account = _unprivileged()
    is_short = len(tempfile.gettempdir()) < 60   # a socket's path has at most 107 bytes
    home = Path(tempfile.mkdtemp(prefix="kawal-pg-", dir=None if is_short else "/tmp"))
    os.chown(home, account.pw_uid, account.pw_gid)
    as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    server = None
    try:
        subprocess.run(
            [folder / "initdb", "-D", home / "data", "-U", "kawal", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True, capture_output=True, cwd=home, **as_account)
        server = subprocess.Popen(
            [folder / "postgres", "-D", home / "data", "-k", home, "-c", "listen_addresses=", "-c", "max_connections=60",
             "-c", "shared_buffers=32MB", *(() if fsync else _SHORT_LIVED)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home, preexec_fn=_die_with_parent, **as_account)
        _wait_for(home, server)
        yield Cluster(home, "kawal")
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # nothing in it is worth an orderly end
            server.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _die_with_parent() -> None:
    """A killed test session must not leave a database server behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait_for(home: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            psycopg.connect(host=str(home), user="kawal", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError("the test cluster did not start")
