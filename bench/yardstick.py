"""The SOP that everything is measured on: `yardstick.bpmn` with its forms and sheet, who does what, and how stock reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from engine import SopBundle

DIAGRAM = Path(__file__).with_name("yardstick.bpmn")
KEY = "yardstick"
PROCESS = "yardstick"
Step = tuple[str, dict[str, Any]]   # a user task and what its form sends
PLACES = ("a", "b", "c", "d", "e")
TYPED_FIELDS = 12     # beside what steers: what a person really types into a form

#: lane -> the role that performs it
LANES = {
    "Penerima Pengaduan": "intake_operator", "Pendamping": "companion", "Manajer Kasus": "case_manager",
    "Penyelia": "supervisor", "Kepala UPTD": "head_of_unit",
}
#: user task -> what its form asks that steers: name -> the answers to choose from
STEERING: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "register": {"complete": ("yes", "no")}, "amend": {"complete": ("yes", "no")}, "assess": {}, "review": {"next_step": ("more", "enough")},
    "approve": {"approval": ("approved", "rejected")}, "decide_escalated": {"approval": ("approved", "rejected")},
    "prepare": {"places": PLACES}, "visit": {"visit_result": ("met", "not_met")}, "verify": {}, "deliver": {}, "inform": {}, "archive": {},
}

AGENCY = b"""
code = "bench"
name = "Unit layanan tolok ukur"
level = "province"
region = "61"
timezone = "Asia/Pontianak"
[calendar]
holidays = "ID"
[calendar.week]
0 = [["07:30", "12:00"], ["13:00", "16:00"]]
1 = [["07:30", "12:00"], ["13:00", "16:00"]]
2 = [["07:30", "12:00"], ["13:00", "16:00"]]
3 = [["07:30", "12:00"], ["13:00", "16:00"]]
4 = [["07:30", "11:30"], ["13:00", "16:30"]]
[roles]
""" + b"".join(f'{role} = {{ title = {{ id = "{lane}", en = "{lane}" }} }}\n'.encode() for lane, role in LANES.items())

_SHEET = """
key = "yardstick"
agency = "bench"
process = "yardstick"
title = { id = "Tolok ukur", en = "Yardstick" }
start_form = "receive"
start_roles = ["intake_operator"]
[identity]
number = "1"
made = 2026-01-01
revised = ""
effective = 2026-01-01
approver = "-"
records = "-"
qualification = ["-"]
linkage = ["-"]
equipment = ["-"]
legal_basis = [{ text = "-", needs_legal_review = false }]
warnings = [{ text = "-", show_on_tasks = false, needs_legal_review = false }]
[lanes]
""" + "".join(f'"{lane}" = "{role}"\n' for lane, role in LANES.items())


def bundle() -> SopBundle:
    """The yardstick as an SOP that an agency may deploy."""
    files = {"sop.toml": _SHEET.encode(), "yardstick.bpmn": DIAGRAM.read_bytes(), "forms/receive.json": _form("receive", {})}
    files |= {f"forms/{task}.json": _form(task, asked) for task, asked in STEERING.items()}
    return SopBundle.from_files(files)


def submission(task: str, **steering: Any) -> dict[str, Any]:
    """A filled form: twelve typed answers, and what steers."""
    return {f"answer_{n}": f"jawaban {n} pada formulir {task} dengan beberapa kata" for n in range(TYPED_FIELDS)} | steering


def steps(rounds: int) -> Iterator[Step]:
    """A case from its first task to its last, with `rounds` rounds of the review loop: task, submission."""
    yield "register", submission("register", complete="no")
    yield "amend", submission("amend", complete="yes")
    for n in range(1, rounds + 1):
        yield "assess", submission("assess")
        yield "review", submission("review", next_step="enough" if n == rounds else "more")
    yield "approve", submission("approve", approval="approved")
    yield "prepare", submission("prepare", places=list(PLACES))
    for _ in PLACES:
        yield "visit", submission("visit", visit_result="met")
    for task in ("verify", "deliver", "inform", "archive"):
        yield task, submission(task)


def for_stock() -> bytes:
    """The same diagram as stock SpiffWorkflow reads it: conditions and timers in Python, its own multi-instance vocabulary."""
    root = etree.fromstring(DIAGRAM.read_bytes())
    for condition in root.iter("{*}conditionExpression"):
        condition.text = re.sub(r"(?<![<>!=])=", "==", condition.text)
    for duration in root.iter("{*}timeDuration"):
        duration.text = repr(duration.text)
    for loop in root.iter("{*}multiInstanceLoopCharacteristics"):
        each = next(loop.iter("{urn:sop:bpmn:1}forEach"))
        bpmn = etree.QName(loop).namespace
        for child in list(loop):
            loop.remove(child)
        for tag, name in (("loopDataInputRef", each.get("in")), ("loopDataOutputRef", each.get("into"))):
            etree.SubElement(loop, f"{{{bpmn}}}{tag}").text = name
        for tag, name in (("inputDataItem", each.get("as")), ("outputDataItem", each.get("collect"))):
            etree.SubElement(loop, f"{{{bpmn}}}{tag}").set("id", name)
    for call_data in list(root.iter("{*}ioSpecification")):
        call_data.getparent().remove(call_data)   # stock hands a called process everything
    written: bytes = etree.tostring(root)
    return written


def _form(key: str, asked: Mapping[str, tuple[str, ...]]) -> bytes:
    fields = [{"key": f"answer_{n}", "type": "text", "label": _text(f"Pertanyaan {n}"), "required": True, "sensitivity": "C3"}
              for n in range(TYPED_FIELDS)]
    fields += [{"key": name, "type": "choices" if name == "places" else "choice", "label": _text(name), "required": True,
                "steering": True, "sensitivity": "C1", "options": [{"value": each, "label": _text(each)} for each in answers]}
               for name, answers in asked.items()]
    return json.dumps({"key": key, "title": _text(key), "fields": fields}).encode()


def _text(text: str) -> dict[str, str]:
    return {"id": text, "en": text}
