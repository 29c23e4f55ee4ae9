"""Whole cases by hand: the real engine, the real SOP, people signing in, forms posted as a browser posts them.

The stories are the SOP's own scenario files. What is checked is what people see: the inbox row, the deadline's verdict,
the case page, and in the end the auditor's replay.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import engine as front_door
import handlers
from engine import scenario
from engine.results import InboxFilters
from engine.settings import Settings
from engine.types import Actor
from tests.web.conftest import Browser
from webui import limits, stage
from webui.app import create_app

SOP = Path(__file__).resolve().parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus"
ZONE = ZoneInfo("Asia/Pontianak")
PASSPHRASE = "kuda batu hujan pelan sekali"
NAME = "ZQ-NAMA-0001"  # typed once as the beneficiary's name; who may not see it must never meet it
ROLES = ("intake_operator", "case_manager", "companion", "head_of_unit", "external_provider", "auditor", "process_owner")
VERDICTS = {"on_time": "tepat waktu", "late": "terlambat"}


class House:
    """A unit with one person per role, its engine on a clock set by hand, and its pages."""

    def __init__(self, folder: Path, begins: datetime) -> None:
        settings = Settings(data_dir=folder, key=bytes(range(32)), demo=True, database_url=f"sqlite:///{folder / 'kawal.db'}")
        front_door.Engine.prepare(settings)
        self.clock = front_door.ManualClock(begins)
        self.engine = front_door.Engine.open(settings, clock=self.clock, operations=handlers.operations())
        self.engine.people.register_agency((SOP.parent / "agency.toml").read_bytes())
        operator = self.engine.people.operator()
        bundle = front_door.SopBundle.from_dir(SOP)
        self.engine.sops.deploy(operator, bundle)
        for role in ROLES:
            self.engine.people.create_account(operator, sign_in=role.replace("_", "-"), name=f"Rekaan {role}", passphrase=PASSPHRASE,
                                              roles=[role], demo=True)
        self.asked: dict[object, str] = {}   # line of the plan (None: its only one) -> the provider asked to serve it
        self.stage = stage.stage_over(self.engine, self.clock)
        self.forms = forms_of(bundle)
        self.app = create_app(self.engine, settings=settings)

    def person(self, role: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(self.app)
        assert browser.sign_in(role.replace("_", "-"), PASSPHRASE).status_code == 303
        return browser

    def wait_until(self, until: datetime) -> None:
        scenario.pass_time(self.stage, until)

    def start(self, story: scenario.Scenario, role: str, submission: dict[str, Any]) -> None:
        browser = self.person(role)
        form = self.forms["receive_case"]
        page = "/kasus/baru/pengelolaan-kasus"
        response = browser.post(page, {"once": "story", **posted(form["fields"], {**submission, "full_name": NAME})}, on=page)
        assert response.status_code == 303, problems(response.text)
        self.stage.work()

    def complete(self, step: scenario.Step) -> str:
        """Find the task in the inbox, claim it, fill it in; what the page says afterwards."""
        if step.role == "external_provider":
            self.answers_for(self.asked.get(step.item.get("line_no")) or self.asked[None])
        elif "provider" in step.submission:
            self.asked[step.item.get("line_no")] = str(step.submission["provider"])
        browser = self.person(step.role or "")
        path = self.find(browser, step)
        assert browser.post(f"{path}/ambil", on=path).headers["Location"] == path
        page = browser.get(path).text
        revision = re.search(r'name="revision" value="(\d+)"', page)
        assert revision is not None, "the task's form stands on its page"
        form = self.forms[step.complete or ""]
        response = browser.post(f"{path}/selesai", {"revision": revision[1], **posted(form["fields"], dict(step.submission))}, on=path)
        assert response.status_code == 200, problems(response.text)
        self.stage.work()
        return response.text

    def answers_for(self, name: str) -> None:
        """The partner's person is now one of this provider's."""
        agency, partner = self.engine.people.operator().agency_id, self.actor("external_provider")
        keeper = Actor(account_id="keeper", agency_id=agency, name="keeper", roles=frozenset({"data_staff", "system_admin"}))
        provider = self.engine.providers.save(keeper, {"name": name, "display_name": "Mitra", "kind": "ngo", "services": ["health_support"]})
        self.engine.people.bind_to_provider(keeper, partner.account_id, provider)

    def find(self, browser: Browser, step: scenario.Step) -> str:
        """The address of the step's task, from the rows of the team's list."""
        wanted = [t for t in self.engine.tasks.inbox(self.actor(step.role or ""), InboxFilters(box="pool")).rows
                  if t.element_id == step.complete and all((t.item or {}).get(k) == v for k, v in step.item.items())]
        assert len(wanted) == 1, (step.complete, [t.element_id for t in wanted])
        path = f"/tugas/{wanted[0].id}"
        assert f'href="{path}"' in browser.get("/tugas?kotak=pool").text
        return path

    def actor(self, role: str):
        token = self.engine.people.sign_in(role.replace("_", "-"), PASSPHRASE, address="test")
        return self.engine.people.actor_of(token)[0]


def forms_of(bundle: front_door.SopBundle) -> dict[str, Any]:
    """The forms of the bundle and of what it calls, by key, as authored."""
    return {Path(name).stem: json.loads(data) for name, data in bundle.files.items() if Path(name).parent.name == "forms"}


def posted(fields: list[dict[str, Any]], values: dict[str, Any], at: str = "f") -> dict[str, Any]:
    """What a browser would send for these answers."""
    data: dict[str, Any] = {}
    for field in fields:
        key, kind = field["key"], field["type"]
        if key not in values:
            continue
        name, value = f"{at}.{key}", values[key]
        if kind == "rows":
            data[f"{name}.count"] = str(len(value))
            for number, row in enumerate(value):
                data |= posted(field["fields"], row, f"{name}.{number}")
        elif isinstance(value, datetime):
            local = value.astimezone(ZONE)
            data |= {f"{name}.d": str(local.day), f"{name}.m": str(local.month), f"{name}.y": str(local.year),
                     f"{name}.h": f"{local.hour:02d}.{local.minute:02d}"}
        elif isinstance(value, date):
            data |= {f"{name}.d": str(value.day), f"{name}.m": str(value.month), f"{name}.y": str(value.year)}
        elif isinstance(value, bool):
            data[name] = "true" if value else "false"
        else:
            data[name] = value if isinstance(value, list) else str(value)
    return data


def problems(page: str) -> list[str]:
    return re.findall(r'<li><a href="#f[^"]*">([^<]*)</a>', page) or [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))[:800]]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a01_rujukan_kesehatan", "a02_belum_terpenuhi", "a03_adaptasi_rencana", "a04_anak_dan_kewajiban_hukum"])
def test_a_case_goes_from_start_to_documented_through_the_pages(tmp_path, name):
    story = scenario.read_scenario((SOP / "scenarios" / f"{name}.toml").read_bytes())
    house = House(tmp_path, story.at)
    house.start(story, story.role, dict(story.submission))
    late = 0
    for step in story.steps:
        if step.wait_until is not None:
            house.wait_until(step.wait_until)
        elif step.complete is not None and step.refuse is None:
            house.wait_until(step.at)
            said = house.complete(step)
            if step.verdict in VERDICTS:
                assert VERDICTS[step.verdict] in said
            late += step.verdict == "late"
    auditor = house.person("auditor")
    case_path = re.search(r'href="(/kasus/[0-9a-f]{32})"', auditor.get("/kasus").text)
    assert case_path is not None
    assert "Tidak ada tugas yang menunggu" in auditor.get(case_path[1]).text
    assert auditor.get(f"{case_path[1]}/linimasa").text.count('class="verdict late"') == late
    papers = house.person("head_of_unit").get(f"{case_path[1]}/dokumen").text
    for code in story.documents or ():
        assert f"<strong>{code} " in papers
    assert "<strong>F23 " not in auditor.get(f"{case_path[1]}/dokumen").text, "a letter of a restricted step is restricted"
    replay = re.search(rf'href="({case_path[1]}/putar-ulang/[^"]+)"', auditor.get(f"{case_path[1]}/sop").text)
    assert replay is not None
    last = auditor.get(replay[1]).text
    count = re.search(r"<strong>(\d+) / (\d+)</strong>", last)
    assert count is not None and count[1] == count[2], "the replay opens at the last step"
    for number in {1, int(count[2]) // 2, int(count[2])}:
        assert "tidak dapat dijalankan" not in auditor.get(f"{replay[1]}?langkah={number}").text
    assert "Terbukti utuh" in auditor.post(f"{replay[1]}/verifikasi", on=replay[1]).text
    for role in ("auditor", "process_owner", "external_provider"):
        browser = house.person(role)
        for path in ("/tugas", "/tugas?kotak=pool", "/tugas?kotak=done", "/kasus", case_path[1], replay[1], "/pemberitahuan", "/sop"):
            assert NAME not in browser.get(path).text, (role, path)
    manager = house.person("case_manager")
    assert NAME not in manager.get(case_path[1]).text, "nobody meets a name without asking for it"
    assert NAME in manager.post(f"{case_path[1]}/nama", on=case_path[1], follow_redirects=True).text, "or nothing was tested"
