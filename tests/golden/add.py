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
from tests.support.journals import pack_of, told

HERE = Path(__file__).parent
EXPECTED = HERE / "expected.json"
SOP = HERE.parents[1] / "bpmn" / "kalbar" / "pengelolaan-kasus"
STORIES = ("a02_belum_terpenuhi", "a04_anak_dan_kewajiban_hukum", "semua_waktu_baku_terlampaui")
RANDOM = (("flow", 3), ("scopes", 9), ("instances", 6), ("everything", 5), ("everything", 8), ("everything", 21), ("everything", 34),
          ("reactions", 11), ("reactions", 16))


def kalbar(story: str) -> bytes:
    """A story of the SOP as it is drawn today; of its files only what an interpreter reads, without the layout."""
    files = {path: re.sub(rb"(?s)<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", b"", data)
             for path, data in SopBundle.from_dir(SOP).files.items() if path.endswith((".bpmn", ".dmn", "sop.toml"))}
    calendar = runner.agency_calendar(SOP.parent / "agency.toml", years=range(2026, 2028))
    told_here = runner._Run(SopBundle.from_files(files), calendar, read_scenario((SOP / "scenarios" / f"{story}.toml").read_bytes()), False)
    told_here.play()
    return pack_of(told_here.trial, told_here.instance_id)


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
    for story in STORIES:
        add(f"kalbar_{story}", kalbar(story))
    for family, seed in RANDOM:
        add(f"random_{family}_{seed}", pack_of(*told(seed, family=family)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
