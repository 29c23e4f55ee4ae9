"""The whole product as it is run: `kawal init --demo`, then `kawal serve --demo` with its worker, in a folder of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import engine as front_door
import handlers
from engine.settings import Settings

SOP = "pengelolaan-kasus"
ZONE = ZoneInfo("Asia/Pontianak")
_ACCOUNT = re.compile(r"^  (\S+) +(\S+) +.+?: [a-z_, ]+$", re.MULTILINE)


@dataclass
class Product:
    """One demo, served. `passphrases` are what `kawal init` printed."""

    folder: Path
    passphrases: Mapping[str, str]
    address: str = ""
    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    def made_in(cls, folder: Path) -> Product:
        """A demo as its first user meets it."""
        said = subprocess.run([*_command(), "init", "--demo"], env=_environment(folder), check=True, capture_output=True, text=True,
                              timeout=120)
        return cls(folder=folder, passphrases=dict(_ACCOUNT.findall(said.stdout)))

    def start_case(self, submission: Mapping[str, Any], *, before: timedelta) -> str:
        """Open a case some time ago, past the pages: nobody can turn a served product's clock. Gives the case's code."""
        settings = Settings(data_dir=self.folder, demo=True)
        settings = Settings(data_dir=self.folder, demo=True, key=bytes.fromhex((settings.key_file or Path()).read_text().strip()))
        clock = front_door.ManualClock(datetime.now(tz=ZONE) - before)
        engine = front_door.Engine.open(settings, clock=clock, operations=handlers.operations())
        # By the case manager: an operator's view of a case ends with handing it over.
        token = engine.people.sign_in("manajer", self.passphrases["manajer"], address="192.0.2.1")
        found = engine.people.actor_of(token)
        assert found is not None
        started = engine.cases.start(found[0], SOP, submission=submission)
        worker = handlers.Worker(engine.jobs, handlers.functions(handlers.Desk(engine=engine)), worker_id="before")
        worker.run_until_idle()
        assert started.case_id is not None
        return engine.cases.get(found[0], started.case_id).summary.business_key

    def serve(self) -> None:
        port = free_port()
        self._process = subprocess.Popen([*_command(), "serve", "--demo", "--port", str(port)], env=_environment(self.folder),
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdout is not None
        said = ""
        while str(port) not in said:
            line = self._process.stdout.readline().decode()
            assert line, said
            said += line
        self.address = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)
            assert self._process.stdout is not None
            self._process.stdout.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _command() -> list[str]:
    return [sys.executable, "-m", "webui.cli"]


def _environment(folder: Path) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("KAWAL_")} | {"KAWAL_DATA_DIR": str(folder)}
