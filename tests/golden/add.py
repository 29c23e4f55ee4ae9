"""Adds golden packs that are not there yet: `python -m tests.golden.add`. It never writes over one; see test_golden.py."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from engine import pack
from engine.bundle import SopBundle
from engine.replay import replay_pack
from engine.results import ReplayReport
from engine.scenario import read_scenario
from tests.scenarios import runner
from tests.support.gone_back import gone_back
from tests.support.journals import pack_of, told
from tests.support.migrated import Case

HERE = Path(__file__).parent
EXPECTED = HERE / "expected.json"
BPMN = HERE.parents[1] / "bpmn"
STORIES = (
    ("kalbar/pengelolaan-kasus", "a02_belum_terpenuhi"), ("kalbar/pengelolaan-kasus", "a04_anak_dan_kewajiban_hukum"),
    ("kalbar/pengelolaan-kasus", "semua_waktu_baku_terlampaui"), ("bandung/keluhan-layanan", "a21_surel_sabtu_malam"),
    ("bandung/penerimaan-klien", "semua_layanan"), ("bandung/pengaduan-masyarakat", "a16_risiko_tinggi_dan_penampungan"),
    ("depok/pengelolaan-kasus", "a26_persetujuan_ditarik"), ("sapa129/pengelolaan-kasus", "a10_lima_hari_kerja_melewati_natal"),
    ("tebing_tinggi/pengelolaan-kasus", "a13_24_jam_terpenuhi"),
)
RANDOM = (("flow", 3), ("scopes", 9), ("instances", 6), ("everything", 5), ("everything", 8), ("everything", 21), ("everything", 34),
          ("reactions", 11), ("reactions", 16))
MIGRATED = (7, 12, 34, 50, 54)
WENT_BACK = (5, 9, 20)


def played(sop: Path, story: str) -> bytes:
    """A story of an SOP as it is drawn today; of its files only what an interpreter reads, without the layout."""
    read = (".bpmn", ".dmn", "sop.toml")
    files = {path: re.sub(rb"(?s)<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", b"", data)
             for path, data in SopBundle.from_dir(sop).files.items() if path.endswith(read)}
    scenario = read_scenario((sop / "scenarios" / f"{story}.toml").read_bytes())
    told_here = runner._Run(SopBundle.from_files(files), sop.parent / "agency.toml", scenario, False)
    told_here.play()
    return pack_of(told_here.trial, told_here.instance_id)


def migrated(seed: int) -> bytes:
    """A random case that goes on by another version of its drawing, to its end."""
    case = Case(seed)
    done = case.migrate(case.put_in_force())
    assert done.outcome == "migrated" and case.finish(), (seed, done)
    return pack_of(case.trial, case.instance_id)


def went_back(seed: int) -> bytes:
    """A random case in which steps that were done began again."""
    trial, instance_id = told(seed, steps=2)
    assert gone_back(trial, instance_id, seed), seed
    return pack_of(trial, instance_id)


def said(report: ReplayReport) -> dict[str, object]:
    """What a replay of a golden pack must say for ever: its head, and what happened to which element when."""
    trace = [[each.seq, each.at.isoformat(), each.element_id, each.element_type, each.happened.value] for each in report.trace]
    return {"verdict": report.verdict.value, "entries": report.entries, "head": report.head,
            "trace": pack.bytes_digest(json.dumps(trace).encode())}


def add(name: str, data: bytes) -> None:
    """Keeps a pack under `name` unless there is one."""
    file = HERE / f"{name}.kawalpack"
    if file.exists():
        return
    report = replay_pack(data)
    assert report.verdict == "confirmed", (name, report.reason)
    expected = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
    file.write_bytes(data)
    EXPECTED.write_text(json.dumps({**expected, file.name: said(report)}, indent=1, sort_keys=True) + "\n")


def main() -> int:
    for folder, story in STORIES:
        name = f"{folder.partition('/')[0]}_{story}"
        if not (HERE / f"{name}.kawalpack").exists():
            add(name, played(BPMN / folder, story))
    for family, seed in RANDOM:
        if not (HERE / f"random_{family}_{seed}.kawalpack").exists():
            add(f"random_{family}_{seed}", pack_of(*told(seed, family=family)))
    for seed in MIGRATED:
        if not (HERE / f"migrated_{seed}.kawalpack").exists():
            add(f"migrated_{seed}", migrated(seed))
    for seed in WENT_BACK:
        if not (HERE / f"went_back_{seed}.kawalpack").exists():
            add(f"went_back_{seed}", went_back(seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
