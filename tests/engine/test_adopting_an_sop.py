"""A stranger adds an agency that adopts another's SOP with other role names: one agency.toml and one sop.toml, nothing else.

bpmn/README.md shows how; this does it, with a small library whose own agency is Depok and whose shared folders lend a process,
a decision table and a letter.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import engine as front_door
from engine.results import InboxFilters, ReplayVerdict
from engine.types import Severity
from tests.support.bpmn import boundary, call, document, end, exclusive, flow, flows, process, service, start, timer, user
from tests.support.laid_out import laid_out
from webui import cli, stage

SHIPPED = Path(__file__).resolve().parents[2] / "bpmn"
WORDS = "Kepala UPTD PPA mereviu seluruh laporan kasus"
IDENTITY = """
[identity]
number = "1"
effective = "2026-01-01"
approver = "{approver}"
legal_basis = [{{ text = "Peraturan" }}]
"""
DEPOK_SOP = f"""
key = "pengelolaan-kasus"
agency = "depok"
process = "main"
title = {{ id = "Pengelolaan Kasus" }}
start_form = "report"
start_roles = ["intake_operator"]
uses = ["common/rujuk", "common/tenggat"]
[lanes]
"Kepala UPTD PPA" = "head_of_unit"
"Pendamping PPA" = "companion"
[[clause]]
id = "depok.a"
kind = "step"
text = "{WORDS}"
elements = ["review_case", "record_result"]
sha256 = "{hashlib.sha256(WORDS.encode()).hexdigest()}"
[[source]]
kind = "proposal"
text = "Usulan: siapa yang mereviu"
elements = ["review_case"]
""" + IDENTITY.format(approver="Kepala UPTD PPA Kota Depok")
SHARED_SOP = 'agency = "common"\nkey = "{key}"\ntitle = {{ id = "{key}" }}\n'
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="t" namespace="urn:t">
<decision id="reply_due" name="reply_due"><variable name="reply_due"/>
<literalExpression><text>parameters.referral_reply_due</text></literalExpression></decision></definitions>"""
LETTER = '#import "kop.typ": kop\n#let data = json(bytes(sys.inputs.data))\n#set document(title: "R01")\n#kop(data.agency.name)\n'


def lanes(process_id: str, **nodes: str) -> str:
    """Lanes by printed name, `_` for a space, with the ids that stand in each."""
    drawn = "".join(
        f'<bpmn:lane id="{process_id}_{number}" name="{name.replace("_", " ")}">'
        + "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in held.split()) + "</bpmn:lane>"
        for number, (name, held) in enumerate(nodes.items()))
    return f'<bpmn:laneSet id="{process_id}_lanes">{drawn}</bpmn:laneSet>'


def form(key: str, *fields: str) -> str:
    asked = [{"key": name, "type": "text", "label": {"id": name}, "steering": True} for name in fields]
    return json.dumps({"key": key, "title": {"id": key}, "fields": asked})


MAIN = laid_out(document(process(
    "main", lanes("main", Kepala_UPTD_PPA="review_case", Pendamping_PPA="record_result"),
    start("reported"), user("review_case", sop_form="review_case", sop_clause="depok.a", name="Mereviu laporan"),
    boundary("late", "review_case", timer("=parameters.referral_reply_due"), interrupting=False),
    service("tell", "notice.send", arguments={"role": '"case_authority"', "code": '"decision_wanted"'}), end("told"),
    call("refer_case", "common_rujuk"), user("record_result", sop_form="record_result", name="Mencatat hasil"), end("done"),
    flows("reported", "review_case", "refer_case", "record_result", "done"), flows("late", "tell", "told"))))
LENT = laid_out(document(process(
    "common_rujuk", lanes("rujuk", Pelaksana_penyerahan="hand_over"),
    start("referred"),
    '<bpmn:businessRuleTask id="find_due" sop:decision="reply_due" sop:result="due"/>', exclusive("is_it_long", default="is_it_long__hand_over"),
    user("hand_over", sop_form="hand_over", name="Menyerahkan"),
    service("issue_letter", "document.issue", arguments={"code": '"R01"'}), end("handed_over"),
    flows("referred", "find_due", "is_it_long", "hand_over", "issue_letter", "handed_over"),
    flow("is_it_long", "issue_letter", 'due = "P30D"'))))

LIBRARY: Mapping[str, str | bytes] = {
    "depok/pengelolaan-kasus/pengelolaan-kasus.bpmn": MAIN,
    "depok/pengelolaan-kasus/sop.toml": DEPOK_SOP,
    **{f"depok/pengelolaan-kasus/forms/{key}.json": form(key, "note") for key in ("report", "review_case", "record_result")},
    "common/rujuk/rujuk.bpmn": LENT,
    "common/rujuk/forms/hand_over.json": form("hand_over", "receiver"),
    "common/rujuk/sop.toml": SHARED_SOP.format(key="rujuk") + 'process = "common_rujuk"\nuses = ["common/surat", "common/tenggat"]\n'
                             '[lanes]\n"Pelaksana penyerahan" = "handover_performer"\n',
    "common/tenggat/sop.toml": SHARED_SOP.format(key="tenggat"),
    "common/tenggat/tenggat.dmn": TABLE,
    "common/surat/sop.toml": SHARED_SOP.format(key="surat") + '[[document]]\ncode = "R01"\ntemplate = "surat"\ntitle = { id = "Surat" }\n',
    "common/surat/documents/surat.typ": LETTER,
    "common/surat/documents/surat.sample.json": "{}",
    "common/surat/documents/kop.typ": "#let kop(name) = [= #name]\n",
}

#: All that the stranger writes.
BOGOR_AGENCY = """
code = "bogor"
name = "UPTD PPA Kota Bogor"
timezone = "Asia/Jakarta"
[calendar]
week = { 0 = [["08:00", "16:00"]], 1 = [["08:00", "16:00"]], 2 = [["08:00", "16:00"]], 3 = [["08:00", "16:00"]], 4 = [["08:00", "16:00"]] }
[roles]
supervisor = { title = { id = "Penyelia" }, aliases = ["Kepala UPTD PPA"], qualification = ["Pekerja sosial"] }
psychologist = { title = { id = "Psikolog" }, aliases = ["Pendamping PPA"] }
[numbers]
case = "BGR-{year}-{number:06d}"
R01 = "{number:03d}/R01/{year}"
[parameters]
case_authority = { value = "supervisor", proposed = false, text = "Penanggung jawab keputusan kasus" }
handover_performer = { value = "shelter_officer", proposed = true, text = "Yang menyerahkan" }
referral_reply_due = { value = "P2D", proposed = true, text = "Batas jawaban" }
"""
BOGOR_SOP = """
extends = "depok/pengelolaan-kasus"
agency = "bogor"
[lanes]
"Kepala UPTD PPA" = "supervisor"
"Pendamping PPA" = "psychologist"
""" + IDENTITY.format(approver="Kepala UPTD PPA Kota Bogor")

STORY = b"""
source = "nobody's"
start = { at = 2026-11-10T08:30:00+07:00, as = "intake_operator", with = { note = "x" } }

[[step]]
wait_until = 2026-11-12T09:00:00+07:00
open = [{ task = "review_case", role = "supervisor" }]

[[step]]
open = [{ task = "review_case", role = "supervisor" }]
complete = "review_case"
as = "supervisor"

[[step]]
open = [{ task = "hand_over", role = "shelter_officer" }]
complete = "hand_over"
as = "shelter_officer"
with = { receiver = "RSUD" }

[[step]]
open = [{ task = "record_result", role = "psychologist" }]
complete = "record_result"
as = "psychologist"

[end]
completed = true
documents = ["R01"]
notices = ["supervisor decision_wanted"]
"""


@pytest.fixture
def bogor(tmp_path: Path) -> Path:
    """The library with the stranger's two files in it: the folder of their SOP."""
    mine = {"bogor/agency.toml": BOGOR_AGENCY, "bogor/pengelolaan-kasus/sop.toml": BOGOR_SOP}
    for name, content in {**LIBRARY, **mine}.items():
        path = tmp_path / "bpmn" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path / "bpmn" / "bogor" / "pengelolaan-kasus"


def test_two_files_are_enough_to_run_anothers_sop_with_ones_own_people(bogor: Path) -> None:
    story = front_door.read_scenario(STORY)
    with stage.raised(bogor, story.at) as raised:
        result = front_door.play_scenario(story, raised, key="pengelolaan-kasus", file="story")
        assert result.problems == ()

        (sop,) = raised.engine.sops.list(raised.actor_of("process_owner"))
        detail = raised.engine.sops.get(raised.actor_of("process_owner"), sop.deployment_id)
        assert detail.identity["approver"] == "Kepala UPTD PPA Kota Bogor"
        assert {step.element_id: step.role for step in detail.steps if step.done_by == "people"} == {
            "review_case": "supervisor", "record_result": "psychologist"}
        pack = raised.engine.audit.export_pack(raised.actor_of("auditor"), result.instance_id)
    assert front_door.verify_pack(pack).verdict is ReplayVerdict.CONFIRMED  # years later, without the library


def test_depoks_own_sop_runs_with_other_people(tmp_path: Path) -> None:
    """A06 of Depok, told in Bogor: a supervisor decides, psychologists accompany; the shared folders come along as they are."""
    library = tmp_path / "bpmn"
    for folder in ("common", "depok"):
        shutil.copytree(SHIPPED / folder, library / folder)
    agency = (SHIPPED / "depok" / "agency.toml").read_text("utf-8").replace('code = "depok"', 'code = "bogor"')
    agency = agency.replace('value = "head_of_unit"', 'value = "supervisor"')
    agency = agency.replace('value = "companion"', 'value = "psychologist"').replace(
        "[parameters]", '[parameters]\ncompanion = { value = "psychologist", proposed = true, text = "Pendamping" }')
    sop = library / "bogor" / "pengelolaan-kasus"
    sop.mkdir(parents=True)
    (sop.parent / "agency.toml").write_text(agency, "utf-8")
    (sop / "sop.toml").write_text('extends = "depok/pengelolaan-kasus"\nagency = "bogor"\n'
                                  'start_roles = ["intake_operator"]\n' + IDENTITY.format(approver="Kepala UPTD PPA Kota Bogor"), "utf-8")
    told = (SHIPPED / "depok/pengelolaan-kasus/scenarios/a06_menyediakan_dan_merujuk.toml").read_text("utf-8")
    for theirs, ours in (("head_of_unit", "supervisor"), ("companion", "psychologist")):
        told = re.sub(rf'\b(role|as) = "{theirs}"|"{theirs} (\w+)"', lambda found, ours=ours: (  # type: ignore[misc]
            f'{found[1]} = "{ours}"' if found[1] else f'"{ours} {found[2]}"'), told)

    story = front_door.read_scenario(told.encode())
    with stage.raised(sop, story.at) as raised:
        assert front_door.play_scenario(story, raised, key="pengelolaan-kasus", file="a06").problems == ()


def test_the_adopter_sees_the_clause_it_follows_and_whose_it_is(bogor: Path) -> None:
    bundle = front_door.SopBundle.from_dir(bogor)
    assert [one.code for one in front_door.lint(bundle) if one.severity is not Severity.ADVICE] == []
    story = front_door.read_scenario(STORY)
    with stage.raised(bogor, story.at) as raised:
        played = front_door.Story(story, raised, key="pengelolaan-kasus", file="story")
        assert played.begin()
        supervisor = raised.actor_of("supervisor")
        (task,) = raised.engine.tasks.inbox(supervisor, InboxFilters(box="pool")).rows
        seen = raised.engine.tasks.get(supervisor, task.id)
        assert seen.clause_texts == (WORDS,)
        assert seen.grounds == (("proposal", "Usulan: siapa yang mereviu"),)
        assert "Kepala UPTD PPA" in seen.why_mine.id
        assert played.do(1) and played.do(2)
        officer = raised.actor_of("shelter_officer")
        (task,) = raised.engine.tasks.inbox(officer, InboxFilters(box="pool")).rows
        assert (task.role, task.lane) == ("shelter_officer", "Pelaksana penyerahan")


def test_an_operator_sets_it_up_by_the_command_line(bogor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWAL_BPMN_DIR", str(bogor.parents[1]))
    monkeypatch.setenv("KAWAL_DATA_DIR", str(tmp_path / "var"))
    assert cli.main(["lint", str(bogor)]) == 0
    assert cli.main(["init"]) == 0
    assert cli.main(["deploy", str(bogor)]) == 0
    assert cli.main(["doctor"]) == 0


def test_an_abstract_role_the_agency_does_not_name_is_said_and_stands_for_itself(
        bogor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = bogor.parent / "agency.toml"
    sheet.write_text(sheet.read_text().replace("handover_performer", "something_else"))
    monkeypatch.setenv("KAWAL_BPMN_DIR", str(bogor.parents[1]))
    monkeypatch.setenv("KAWAL_DATA_DIR", str(tmp_path / "var"))
    assert cli.main(["init"]) == 0
    assert cli.main(["deploy", str(bogor)]) == 0
    assert cli.main(["doctor"]) == 1
    assert "handover_performer" in capsys.readouterr().out
