"""Runs the product on one machine: makes what it needs, serves the pages with one worker beside them, and examines it."""

from __future__ import annotations

import ctypes
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import engine as front_door
import handlers
from engine.errors import EngineError
from engine.settings import KEY_BYTES, Settings, SettingsRefused
from engine.types import Actor, Text
from webui import demo

log = logging.getLogger("kawal.serve")

STOPS_WITHIN_SECONDS = 30           # a request or an operation in hand is finished
JOBS_TAKEN_WITHIN = timedelta(minutes=5)  # a due job that waits longer than this has no worker
RESTARTS_AFTER_SECONDS = (1, 2, 5, 10, 30)
_PR_SET_PDEATHSIG = 1


# --- set up -----------------------------------------------------------------------------------------------------------


def prepare(settings: Settings) -> Settings:
    """Make the key file if there is none, bring the database to the newest migration, and read the settings again."""
    if not settings.key:
        _make_key(settings)
        settings = Settings.from_environment(demo=settings.demo)
    if settings.demo:
        demo.clear(settings)
    front_door.Engine.prepare(settings)
    return settings


def _make_key(settings: Settings) -> None:
    """A new key-encryption key, readable by this account only. Whoever loses it loses every case."""
    file = settings.key_file
    assert file is not None
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # O_EXCL: two people setting up at once must not give one database two keys.
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(secrets.token_hex(KEY_BYTES) + "\n")
        opened.flush()
        os.fsync(opened.fileno())


def refuse_demo_accounts(engine: Any, settings: Settings) -> None:
    """Demo accounts have passwords that were printed; they must not open a product with real cases."""
    if not settings.demo and engine.people.demo_accounts_exist():
        raise SettingsRefused("KAWAL_DATABASE_URL: holds demo accounts; only `--demo` may serve it")


# --- serve ------------------------------------------------------------------------------------------------------------


def serve(settings: Settings, *, host: str, port: int, with_worker: bool) -> int:
    """Serve until SIGTERM or SIGINT. A child that dies is started again; a kill -9 of this process ends them too."""
    if settings.demo:
        settings = prepare(settings)
        demo.show(demo.seed(settings), settings)
    elif not settings.key:
        raise SettingsRefused("KAWAL_KEY_FILE: there is none yet; `kawal init` makes it")
    engine = front_door.Engine.open(settings, operations=handlers.operations())
    refuse_demo_accounts(engine, settings)
    log_to_standard_error()
    pages = [sys.executable, "-m", "gunicorn", "--config", str(Path(__file__).with_name("gunicorn.conf.py")),
             "--no-control-socket",  # one in the home folder would be shared by every product of this account
             "--bind", f"{host}:{port}", "webui.wsgi:app"]
    worker = [sys.executable, "-m", "webui.cli", "worker"]
    environment = of_children(settings, port=port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = [_Child("pages", pages, environment)] + ([_Child("worker", worker, environment)] if with_worker else [])
    if _answers(host, port, stop):
        print(f"Kawal: http://{host}:{port}/", flush=True)
    while not stop.wait(0.5):
        for child in children:
            child.start_if_ended()
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait()
    return 0


def of_children(settings: Settings, *, port: int) -> dict[str, str]:
    """The environment of what `serve` starts. A link that a demo shows opens on the port it is served on, unless somebody says where."""
    environment = {**os.environ, "KAWAL_DEMO": "1" if settings.demo else "0"}
    if settings.demo:
        environment.setdefault("KAWAL_BASE_URL", f"http://localhost:{port}")
    return environment


def _answers(host: str, port: int, stop: threading.Event) -> bool:
    """Wait until the pages take connections; False when asked to stop before."""
    where = ("127.0.0.1" if host == "0.0.0.0" else host, port)  # noqa: S104 - only compared
    while not stop.wait(0.2):
        try:
            socket.create_connection(where, timeout=1).close()
            return True
        except OSError:
            continue
    return False


class _Child:
    """One supervised process."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self._name, self._command, self._environment = name, command, environment
        self._ended = 0
        self._pause = 0.0
        self._process = self._start()

    def start_if_ended(self) -> None:
        """Called twice a second; starts an ended process again, more slowly each time."""
        if self._process.poll() is None:
            return
        if self._pause <= 0:
            self._pause = RESTARTS_AFTER_SECONDS[min(self._ended, len(RESTARTS_AFTER_SECONDS) - 1)]
            self._ended += 1
            log.error("%s ended with %s; starts again in %s s", self._name, self._process.returncode, self._pause)
        self._pause -= 0.5
        if self._pause <= 0:
            self._process = self._start()

    def ask_to_stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()

    def wait(self) -> None:
        try:
            self._process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            log.error("%s did not stop within %s s and is killed", self._name, STOPS_WITHIN_SECONDS)
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        # Its own group: Ctrl-C reaches this process only, which then stops the children in order.
        return subprocess.Popen(self._command, env=self._environment, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def log_to_standard_error() -> None:
    """Plain lines; whoever runs the product decides where they go."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)


# --- examine ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing an operator would look at; `says` names what to do when it is not fine."""

    code: str
    fine: bool
    says: Text


def examine(settings: Settings) -> list[Check]:
    """Key, database, SOPs in force, incidents. Later checks are left out when an earlier one makes them impossible."""
    key = Check(code="key", fine=bool(settings.key), says=Text(
        "kunci terbaca" if settings.key else "tidak ada kunci; jalankan `kawal init`",
        "the key can be read" if settings.key else "there is no key; run `kawal init`"))
    if not settings.key:
        return [key]
    checks = [key]
    opened: list[Any] = []
    checks.append(_attempt("database", Text("basis data dapat dibuka dan mutakhir", "the database opens and is up to date"),
                           lambda: opened.append(front_door.Engine.open(settings, operations=handlers.operations()))))
    if not opened:
        return checks
    engine = opened[0]
    demo_mixed = not settings.demo and engine.people.demo_accounts_exist()
    checks.append(Check(code="demo-accounts", fine=not demo_mixed, says=Text(
        "akun demo ada di basis data ini" if demo_mixed else "tidak ada akun demo di luar demo",
        "demo accounts stand in this database" if demo_mixed else "no demo account outside a demo")))
    actors = operators(engine)
    sops = sum(len(engine.sops.list(actor)) for actor in actors)
    checks.append(Check(code="sops", fine=sops > 0, says=Text(f"{sops} SOP terpasang", f"{sops} SOPs are deployed")))
    unheld = sorted({role for actor in actors for role in engine.sops.unheld_roles(actor)})
    checks.append(Check(code="roles", fine=not unheld, says=Text(
        f"agency.toml belum menetapkan siapa: {', '.join(unheld)}" if unheld else "setiap peran SOP dapat dipegang orang",
        f"agency.toml does not say who is: {', '.join(unheld)}" if unheld else "somebody can hold every role of the SOPs")))
    due = engine.jobs.next_due()
    idle = due is not None and engine.clock.now() - due > JOBS_TAKEN_WITHIN
    checks.append(Check(code="worker", fine=not idle, says=Text(
        "pekerjaan menunggu terlalu lama; jalankan `kawal worker`" if idle else "tidak ada pekerjaan yang tertinggal",
        "jobs wait too long; run `kawal worker`" if idle else "no job is left waiting")))
    orphans = sorted({role for actor in actors for role in engine.tasks.orphans(actor)})
    checks.append(Check(code="orphan-tasks", fine=not orphans, says=Text(
        f"tugas menunggu peran tanpa pemegang: {', '.join(orphans)}" if orphans else "setiap tugas terbuka ada pemegang perannya",
        f"tasks wait for roles nobody holds: {', '.join(orphans)}" if orphans else "somebody holds the role of every open task")))
    waiting = sum(len(engine.jobs.incidents(actor)) for actor in actors)
    checks.append(Check(code="incidents", fine=waiting == 0, says=Text(
        f"{waiting} kendala menunggu keputusan orang", f"{waiting} incidents wait for a person")))
    return checks


def operators(engine: Any) -> list[Actor]:
    """Whoever runs the machine, acting for each agency in turn."""
    return [engine.people.operator(code) for _, code, _ in engine.people.agencies()]


def _attempt(code: str, says: Text, try_it: Callable[[], object]) -> Check:
    try:
        try_it()
    except EngineError as refused:
        return Check(code=code, fine=False, says=Text(refused.message("id"), refused.message("en")))
    except OSError as refused:
        return Check(code=code, fine=False, says=Text(type(refused).__name__, type(refused).__name__))
    return Check(code=code, fine=True, says=says)
