"""What a person does at a browser of their own: signs in, reads the list, takes a task, fills it in, sends it."""

from __future__ import annotations

import re
import time
from base64 import b64decode
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page

WORKER_ANSWERS_WITHIN = 60  # seconds; it looks for work every five


class Served(Protocol):
    """A product that answers somewhere, and its people's passphrases by sign-in name."""

    address: str

    @property
    def passphrases(self) -> Mapping[str, str]: ...


class Browsing:
    """Somebody at their own browser."""

    def __init__(self, browser: Browser, served: Served, **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(**options)
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.address = served.address

    def open(self, address: str) -> Page:
        """A page of the product by its path, or by an address that stands on paper or in a message."""
        self.page.goto(self.address + urlsplit(address)._replace(scheme="", netloc="").geturl())
        return self.page

    def press(self, button: str) -> None:
        """Send a form, and wait for the page that answers: a script first asks whether the network is there."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).click()

    def enters(self, link: str, companion: Person, case: str) -> None:
        """As a partner without an account who opens a link; the code that the page wants is told by the companion."""
        self.open(link)
        self.page.get_by_role("button", name="Minta kode").click()
        self.page.get_by_label("Kode enam angka").fill(companion.referral(case).locator("strong.code").inner_text())
        self.press("Masuk")

    def fill(self, answers: Mapping[str, Any], at: str = "f") -> None:
        for key, value in answers.items():
            self._answer(f"{at}.{key}", value)

    def _answer(self, name: str, value: Any) -> None:
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                if not self.page.locator(f'[name^="{name}.{number}."]').count():
                    with self.page.expect_navigation():
                        self.page.locator(f'button[name=add_row][value="{name}"]').click()
                self.fill(row, f"{name}.{number}")
            return
        if isinstance(value, list):
            for each in value:
                self.page.locator(f'[name="{name}"][value="{each}"]').check()
            return
        if isinstance(value, Mapping):  # a signature, scanned
            self.page.fill(f'[name="{name}.name"]', value["name"])
            self.page.fill(f'[name="{name}.position"]', value["position"])
            self.page.check(f'[name="{name}.method"][value="scan"]')
            self.page.set_input_files(f'[name="{name}.file"]', {
                "name": "scan.png", "mimeType": "image/png", "buffer": b64decode(value["content"])})
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


class Person(Browsing):
    """Somebody of the office, signed in, doing what a person does: read the list, take a task, fill it in, send it."""

    def __init__(self, browser: Browser, served: Served, name: str, **options: Any) -> None:
        super().__init__(browser, served, **options)
        self._name, self._passphrase = name, served.passphrases[name]
        super().open("/masuk")
        self.sign_in()

    def sign_in(self) -> None:
        """On the page that asks for it; it leads on to the page that was asked for."""
        self.page.fill("#sign_in", self._name)
        self.page.fill("#passphrase", self._passphrase)
        with self.page.expect_navigation():
            self.page.click("main button")
        assert "/masuk" not in self.page.url, self.page.locator("main").inner_text()

    def open(self, path: str) -> Page:
        """A page of the product; after a pause, or the next morning, one signs in again on the way."""
        super().open(path)
        if "/masuk" in self.page.url:
            self.sign_in()
            super().open(path)
        return self.page

    def row(self, case: str, task: str, box: str = "pool") -> Locator:
        """The row of the list with this case's code and the beginning of this task's name."""
        return self.open(f"/tugas?kotak={box}").locator("tbody tr", has_text=case).filter(has_text=task)

    def task_address(self, case: str, task: str) -> str:
        """Where the page of a task of the team's list lies."""
        found = self.row(case, task).get_by_role("rowheader").get_by_role("link").get_attribute("href")
        assert found is not None
        return found

    def waiting(self, case: str, task: str) -> Locator:
        """The row of a task, once the worker has done what stands before it (a letter, a timer)."""
        patience = time.monotonic() + WORKER_ANSWERS_WITHIN
        while not (found := self.row(case, task)).count():
            assert time.monotonic() < patience, f"{task!r} has not come"
            self.page.wait_for_timeout(500)
        return found.first

    def wait_for_document(self, case: str, code: str) -> Page:
        """The case's documents, once the worker has issued this document."""
        self.case(case, "Dokumen")
        patience = time.monotonic() + WORKER_ANSWERS_WITHIN
        while not self.page.locator("#dokumen strong", has_text=code).count():
            assert time.monotonic() < patience, f"the worker has not issued {code}"
            self.page.wait_for_timeout(500)
            self.page.reload()
        return self.page

    def start_case(self, sop: str, answers: Mapping[str, Any]) -> str:
        """A new case of this SOP; its code."""
        self.open("/kasus/baru").get_by_role("main").get_by_role("link", name=sop).first.click()
        self.fill(answers)
        self.press("Buka kasus")
        said = self.page.locator("main").inner_text()
        code = re.search(r"[A-Z0-9]+-\d{4}-\d{6}", said)
        assert code is not None, said
        return code[0]

    def case(self, code: str, part: str = "") -> Page:
        """The page of a case, by the list, and of it a part by its name."""
        self.open("/kasus").get_by_role("link", name=re.compile(code)).first.click()
        if part:
            self.page.get_by_role("navigation", name="Bagian kasus").get_by_role("link", name=part).click()
        return self.page

    def act(self, code: str, action: str, answers: Mapping[str, Any], *, about: str = "") -> str:
        """Tell a case that something happened, of several alike the one `about` this; what its page says then."""
        self.case(code).locator("#tindakan li", has_text=action).filter(has_text=about).get_by_role("link").first.click()
        self.fill(answers)
        self.press("Catat tindakan")
        return self.page.locator("main").inner_text()

    def link_for(self, code: str, provider: str) -> str:
        """A link for the provider that a referral of the case waits for, as it is shown once."""
        page = self.referral(code)
        asked = page.locator("section.panel", has_text=provider)
        asked.get_by_label("Cara mitra menghubungi Anda").fill("Kantor, telepon 0800-0000-0000")
        asked.get_by_role("button", name="Buat tautan").click()
        return page.locator("#tautan").inner_text().strip()

    def referral(self, code: str) -> Page:
        """The referrals of a case: what partners are asked, and the codes they want to hear."""
        self.case(code, "Layanan").get_by_role("link", name="Rujukan ke penyelenggara").first.click()
        return self.page

    def records_absence(self, who: str, substitute: str, role: str, *, until: datetime) -> None:
        """Somebody is away from today on, and a colleague holds their role meanwhile."""
        page = self.open("/ketidakhadiran")
        page.select_option("#siapa", label=who)
        for part, number in (("d", until.day), ("m", until.month), ("y", until.year)):
            page.fill(f"#sampai-{part}", str(number))
        page.locator("#pengganti").select_option(page.locator("#pengganti option", has_text=substitute).get_attribute("value"))
        page.fill("#surat", "Surat tugas 12 tanggal hari ini")
        page.check(f"input[name=peran][value={role}]")
        page.get_by_role("button", name="Catat", exact=True).click()
        assert substitute in page.locator("tbody", has_text=who).inner_text(), page.locator("main").inner_text()

    def papers(self, code: str) -> list[str]:
        """The codes of the documents of a case, as its page lists them."""
        titles = self.case(code, "Dokumen").locator("#dokumen > ul strong").all_inner_texts()
        return sorted(title.split()[0] for title in titles)

    def download(self, document: str) -> bytes:
        """A document of the case whose documents are open."""
        with self.page.expect_download() as download:
            self.page.locator("#dokumen li", has_text=document).get_by_role("link").click()
        return download.value.path().read_bytes()

    def do(self, case: str, task: str, answers: Mapping[str, Any]) -> str:
        """Take the task from the team's list, fill it in, complete it; what the page says then."""
        said = self.send(case, task, answers)
        assert self.page.get_by_role("heading", name="Selesai").is_visible(), said
        return said

    def send(self, case: str, task: str, answers: Mapping[str, Any]) -> str:
        """The same, whether or not it is accepted."""
        self.waiting(case, task).get_by_role("button", name="Ambil").click()
        self.fill(answers)
        self.press("Selesaikan tugas")
        return self.page.locator("main").inner_text()
