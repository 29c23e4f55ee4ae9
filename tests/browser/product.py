"""The whole product as it is run: `kawal init --demo`, then `kawal serve --demo` with its worker, in a folder of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Locator, Page

import engine as front_door
import handlers
from engine.settings import Settings

SOP = "pengelolaan-kasus"
ZONE = ZoneInfo("Asia/Pontianak")
WORKER_ANSWERS_WITHIN = 60  # seconds; it looks for work every five
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
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
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


def _command() -> list[str]:
    return [sys.executable, "-m", "webui.cli"]


def _environment(folder: Path) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("KAWAL_")} | {"KAWAL_DATA_DIR": str(folder)}


class Person:
    """Somebody at their own browser, signed in, doing what a person does: read the list, take a task, fill it in, send it."""

    def __init__(self, browser: Browser, product: Product, name: str, **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(**options)
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.address = product.address
        self.open("/masuk")
        self.page.fill("#sign_in", name)
        self.page.fill("#passphrase", product.passphrases[name])
        self.page.click("main button")
        assert "/masuk" not in self.page.url, self.page.locator("main").inner_text()

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def row(self, case: str, task: str, box: str = "pool") -> Locator:
        """The row of the list with this case's code and the beginning of this task's name."""
        return self.open(f"/tugas?kotak={box}").locator("tbody tr", has_text=case).filter(has_text=task)

    def waiting(self, case: str, task: str) -> Locator:
        """The row of a task, once the worker has done what stands before it (a letter, a timer)."""
        patience = time.monotonic() + WORKER_ANSWERS_WITHIN
        while not (found := self.row(case, task)).count():
            assert time.monotonic() < patience, f"{task!r} has not come"
            self.page.wait_for_timeout(500)
        return found.first

    def wait_for_document(self, case: str, code: str) -> Page:
        """The case's page, once the worker has issued this document."""
        self.open("/kasus").get_by_role("link", name=re.compile(case)).first.click()
        patience = time.monotonic() + WORKER_ANSWERS_WITHIN
        while not self.page.locator("#dokumen strong", has_text=code).count():
            assert time.monotonic() < patience, f"the worker has not issued {code}"
            self.page.wait_for_timeout(500)
            self.page.reload()
        return self.page

    def do(self, case: str, task: str, answers: Mapping[str, Any]) -> str:
        """Take the task from the team's list, fill it in, complete it; what the page says then."""
        self.waiting(case, task).get_by_role("button", name="Ambil").click()
        self.fill(answers)
        self.page.get_by_role("button", name="Selesaikan tugas").click()
        said = self.page.locator("main").inner_text()
        assert self.page.get_by_role("heading", name="Selesai").is_visible(), said
        return said

    def fill(self, answers: Mapping[str, Any], at: str = "f") -> None:
        for key, value in answers.items():
            self._answer(f"{at}.{key}", value)

    def _answer(self, name: str, value: Any) -> None:
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                if not self.page.locator(f'[name^="{name}.{number}."]').count():
                    self.page.locator(f'button[name=add_row][value="{name}"]').click()
                self.fill(row, f"{name}.{number}")
            return
        if isinstance(value, date):
            parts = {"d": str(value.day), "m": str(value.month), "y": str(value.year)}
            if isinstance(value, datetime):
                parts["h"] = f"{value:%H.%M}"
            for part, text in parts.items():
                self.page.fill(f'[name="{name}.{part}"]', text)
            return
        text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        field = self.page.locator(f'[name="{name}"]')
        kind = field.first.evaluate("field => field.type")
        if kind == "radio":
            field.and_(self.page.locator(f'[value="{text}"]')).check()
        elif kind.startswith("select"):
            field.select_option(text)
        else:
            field.fill(text)
