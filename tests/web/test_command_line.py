"""The `kawal` command, as an operator types it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import engine as front_door
import handlers
from engine.settings import Settings
from storage import Database, agencies, numbers
from webui import cli, serving, stage

ROOT = Path(__file__).resolve().parents[2]
SOP = ROOT / "bpmn" / "kalbar" / "pengelolaan-kasus"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty place for key and database, and no other setting."""
    for name in [name for name in os.environ if name.startswith("KAWAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KAWAL_DATA_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


def kawal(*words: str) -> int:
    return cli.main([*words])


def test_init_makes_a_key_only_its_owner_can_read_and_keeps_it(home):
    assert kawal("init") == 0
    key = (home / "key").read_text()
    assert stat.S_IMODE((home / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert kawal("init") == 0
    assert (home / "key").read_text() == key


def test_nothing_starts_without_init(home, capsys):
    for words in (("deploy", str(SOP)), ("worker", "--until-idle"), ("serve", "--port", "1")):
        assert kawal(*words) == 2
    assert "kawal init" in capsys.readouterr().err


def test_an_sop_is_put_in_force_once(home, capsys):
    kawal("init")
    capsys.readouterr()
    assert kawal("deploy", str(SOP), "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert kawal("deploy", str(SOP), "--json") == 0
    assert json.loads(capsys.readouterr().out) == first
    assert first["version"] == 1


def test_an_sop_with_findings_is_not_put_in_force(home, capsys, tmp_path):
    kawal("init")
    (tmp_path / "one.bpmn").write_bytes((SOP / "pengelolaan-kasus.bpmn").read_bytes())  # without forms, tables, sheet
    capsys.readouterr()
    assert kawal("deploy", str(tmp_path / "one.bpmn"), "--agency", "kalbar", "--json") == 1
    assert "decision-missing" in {finding["code"] for finding in json.loads(capsys.readouterr().out)}
    assert kawal("doctor", "--json") == 1
    assert [check["code"] for check in json.loads(capsys.readouterr().out) if not check["fine"]] == ["sops"]


def test_doctor_finds_nothing_wrong_with_a_product_that_was_set_up(home, capsys):
    kawal("init")
    kawal("deploy", str(SOP))
    capsys.readouterr()
    assert kawal("doctor", "--json") == 0
    assert {check["code"] for check in json.loads(capsys.readouterr().out)} >= {"key", "database", "demo-accounts", "sops", "incidents"}


def test_numbers_lists_what_was_counted_and_stands_on_nothing(home, capsys):
    kawal("init")
    capsys.readouterr()
    assert kawal("numbers", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"gaps": []}
    with closing(Database.open(Settings(data_dir=home, key=bytes(32)).database_url)) as database, database.unit_of_work() as uow:
        agency_id = agencies.by_code(uow, "kalbar").id
        numbers.issue(uow, agency_id, "F10", 2026, issued_for="lost", at=datetime(2026, 11, 10, tzinfo=UTC), written=str)
    assert kawal("numbers", "--year", "2026", "--json") == 1
    (gap,) = json.loads(capsys.readouterr().out)["gaps"]
    assert (gap["series"], gap["number"], gap["written"]) == ("F10", 1, "1")
    assert kawal("numbers", "--year", "2025") == 0


def test_lint_says_where_what_and_what_to_draw_instead(capsys, home, tmp_path):
    assert kawal("lint", str(SOP)) == 0
    (tmp_path / "broken.bpmn").write_bytes(b"<definitions")
    capsys.readouterr()
    assert kawal("lint", str(tmp_path / "broken.bpmn"), "--json", "--language", "en") == 1
    (finding, *_) = json.loads(capsys.readouterr().out)
    assert finding["severity"] == "error"
    assert finding["instead"]["id"] and finding["instead"]["en"]
    assert kawal("lint", str(tmp_path / "absent.bpmn")) == 2


def test_a_story_that_goes_differently_is_told(capsys, home, tmp_path):
    sop = tmp_path / "kalbar" / "pengelolaan-kasus"
    (sop / "scenarios").mkdir(parents=True)
    for file in (ROOT / "bpmn/kalbar/agency.toml", ROOT / "bpmn/kalbar/source.txt"):
        (tmp_path / "kalbar" / file.name).write_bytes(file.read_bytes())
    for file in SOP.rglob("*"):
        if file.is_file() and "scenarios" not in file.parts:
            (sop / file.relative_to(SOP)).parent.mkdir(exist_ok=True)
            (sop / file.relative_to(SOP)).write_bytes(file.read_bytes())
    for used in ("keputusan", "tanggap-darurat", "dokumen"):
        shutil.copytree(ROOT / "bpmn/common" / used, tmp_path / "common" / used)
    told = (SOP / "scenarios" / "dikembalikan_ke_pengaduan.toml").read_text("utf-8")
    (sop / "scenarios" / "true.toml").write_text(told, "utf-8")
    (sop / "scenarios" / "false.toml").write_text(told.replace('"on_time"', '"late"'), "utf-8")
    assert kawal("scenario", str(sop / "scenarios" / "true.toml")) == 0
    capsys.readouterr()
    assert kawal("scenario", str(sop), "--json") == 1
    problems = {Path(result["file"]).name: result["problems"] for result in json.loads(capsys.readouterr().out)}
    assert problems["true.toml"] == []
    assert "verdict" in problems["false.toml"][0]


def test_a_pack_is_verified_without_database_and_a_changed_byte_is_found(home, capsys, tmp_path):
    story = front_door.read_scenario((SOP / "scenarios" / "dikembalikan_ke_pengaduan.toml").read_bytes())
    with stage.raised(SOP, story.at) as raised:
        played = front_door.play_scenario(story, raised, key="pengelolaan-kasus")
        pack = raised.engine.audit.export_pack(raised.actor_of("auditor"), played.instance_id)
    file = tmp_path / "case.pack"
    file.write_bytes(pack)
    assert kawal("replay", str(file), "--json") == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "confirmed"
    spoiled = bytearray(pack)
    spoiled[len(spoiled) // 2] ^= 1
    file.write_bytes(bytes(spoiled))
    assert kawal("replay", str(file)) == 1
    assert not home.exists()


def test_an_instance_of_any_agency_is_verified(home, capsys):
    kawal("init")
    kawal("deploy", str(SOP))
    engine = front_door.Engine.open(Settings.from_environment())
    other = (ROOT / "bpmn/kalbar/agency.toml").read_text("utf-8").replace('code = "kalbar"', 'code = "aceh"').replace('name = "UPT', 'name = "A', 1)
    engine.people.register_agency(other.encode())
    assert engine.people.operator().agency_id != engine.people.operator("kalbar").agency_id
    story = front_door.read_scenario((SOP / "scenarios" / "a01_rujukan_kesehatan.toml").read_bytes())
    operator = engine.people.operator("kalbar")
    intake = front_door.Actor(account_id="i", agency_id=operator.agency_id, name="i", roles=frozenset({"intake_operator"}))
    started = engine.cases.start(intake, "pengelolaan-kasus", submission=story.submission)
    capsys.readouterr()
    assert kawal("replay", started.instance_id) == 0
    assert capsys.readouterr().out.startswith("confirmed: ")
    assert kawal("replay", "no-such-instance") == 2


def test_a_database_with_demo_accounts_is_served_as_a_demo_only(home, capsys, monkeypatch):
    url = f"sqlite:///{home / 'mixed.db'}"
    monkeypatch.setenv("KAWAL_DATABASE_URL", url)
    kawal("init")
    settings = Settings(data_dir=home, database_url=url, key=bytes.fromhex((home / "key").read_text().strip()), demo=True)
    engine = front_door.Engine.open(settings)
    engine.people.create_account(engine.people.operator(), sign_in="ayu", name="Ayu", passphrase="rimba-ombak-sawah-melati",
                                 roles=("auditor",), demo=True)
    assert kawal("serve", "--port", "1") == 2
    assert kawal("worker", "--until-idle") == 2
    assert "demo" in capsys.readouterr().err


def test_a_worker_killed_after_the_letter_was_kept_leaves_one_letter_and_one_number(home):
    """The operation's work is done, its answer never arrives: the next worker does it again, and nothing is doubled."""
    story = front_door.read_scenario((SOP / "scenarios" / "a01_rujukan_kesehatan.toml").read_bytes())
    with stage.raised(SOP, story.at) as raised:
        engine, clock = raised.engine, raised.clock
        bound = handlers.functions(handlers.Desk(engine=engine))

        class Killed(BaseException):
            pass

        def issue_and_die(call):
            bound["document.issue"](call)
            raise Killed

        dying = handlers.Worker(engine.jobs, {**bound, "document.issue": issue_and_die}, worker_id="dying")
        surviving = raised.work

        def work_until_killed():
            try:
                dying.run_until_idle()
            except Killed:
                return

        scene = front_door.Stage(engine=engine, clock=clock, actor_of=raised.actor_of, work=work_until_killed)
        played = front_door.Story(story, scene, key="pengelolaan-kasus")
        played.begin()
        assert played.do(1) and played.do(2)
        case_id = played.result(ended=False).case_id
        manager = raised.actor_of("case_manager")
        kept = engine.cases.get(manager, case_id).documents
        assert [document.code for document in kept] == ["F10"]

        clock.advance(timedelta(minutes=3))  # its lock runs out
        surviving()
        case = engine.cases.get(manager, case_id)
        assert case.documents == kept
        assert "hand_over_referral" in {task.element_id for task in case.open_tasks}


@pytest.mark.slow
def test_links_of_a_demo_open_on_its_port(monkeypatch):
    monkeypatch.delenv("KAWAL_BASE_URL", raising=False)
    demo, real = Settings(demo=True), Settings()
    assert serving.of_children(demo, port=8061)["KAWAL_BASE_URL"] == "http://localhost:8061"
    assert "KAWAL_BASE_URL" not in serving.of_children(real, port=8061)
    monkeypatch.setenv("KAWAL_BASE_URL", "https://kawal.example")
    assert serving.of_children(demo, port=8061)["KAWAL_BASE_URL"] == "https://kawal.example"


def test_serve_answers_starts_what_died_again_and_stops_cleanly(home):
    kawal("init")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [sys.executable, "-m", "webui.cli", "serve", "--port", str(port)], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)
    try:
        assert str(port) in served.stdout.readline()
        assert page(port) == 200
        before = children(served.pid)
        assert len(before) == 2
        for child in before:
            os.kill(child, signal.SIGKILL)
        until = time.monotonic() + 60
        after = before
        while time.monotonic() < until and (len(after) != 2 or set(after) & set(before) or page(port) != 200):
            time.sleep(0.2)  # processes of the machine end and begin in their own time; no clock of ours moves them
            after = children(served.pid)
        assert len(after) == 2 and not set(after) & set(before)
        served.terminate()
        assert served.wait(40) == 0
        assert not any(Path(f"/proc/{child}").exists() for child in after)
    finally:
        served.kill()
        served.wait()


def page(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answered:
            return answered.status
    except OSError:
        return 0


def children(pid: int) -> list[int]:
    """Living child processes, whoever of their threads made them."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return [child for child in found if "Z" not in Path(f"/proc/{child}/stat").read_text().split(")")[1].split()[0]]
