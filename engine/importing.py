"""A diagram drawn with any tool, told element by element before it becomes a draft: what runs, what is refused, what is adapted."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine import bpmn_xml, definitions, errors, sheet_names
from engine.authorization import OUTSIDE, STAFF
from engine.bpmn_reading import BPMN, NODES
from engine.bundle import SopBundle
from engine.lint.rules_wording import says_nothing
from engine.model import Model, Process
from engine.sop_results import ImportedElement, ImportReport, ImportVerdict
from engine.sop_toml import SOP_KINDS
from engine.types import LintFinding, Severity

LONGEST_KEY = 48
_DRAWS = ("http://www.omg.org/spec/BPMN/20100524/DI", "http://www.omg.org/spec/DD/20100524/DI")
_XML_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
#: Attributes that hold an id; a code or a word may look like one.
_REFERS = re.compile(r"(id|default|bpmnElement|sourceElement|targetElement|\w+Ref)\Z")
#: What steps speak of, and stands in no process's flow.
_SAID = ("message", "signal", "error", "escalation", "dataObjectReference")
#: Findings that say: this part is read otherwise than its tool meant it, or not at all.
_OTHERWISE = frozenset({
    "foreign-extension", "foreign-code", "not-used", "default-expression-language", "drawing-reference", "message-item",
    "input-output-sets"})


def only_diagram(files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """The one diagram that was sent. Raises `InvalidSubmission` for none or several, `BundleRefused` for files that may not be."""
    found = SopBundle.from_files(files).diagrams()
    if len(found) != 1 or len(files) != 1:
        raise errors.InvalidSubmission({"files": ("Pilih satu berkas BPMN (.bpmn atau .xml).", "Choose one BPMN file (.bpmn or .xml).")})
    ((name, data),) = found.items()
    return name, data


@dataclass(frozen=True, kw_only=True)
class Adapted:
    """A diagram as a draft holds it. `keys`: new key -> the one in the file; `given`: the keys of what has none there, in its order;
    `marked`: the processes that were marked as executable."""

    file: str
    content: bytes
    keys: Mapping[str, str]
    given: tuple[str, ...]
    marked: tuple[str, ...]


def adapted(data: bytes, file: str) -> Adapted:
    """The diagram of a file, changed where it has to be.

    A step whose id says nothing, or is none in XML, gets a key from its name, since journals name it for decades, and a step or a flow
    without an id gets one, or nothing could be said of it; a process that its tool marked as not executable, as most do by themselves,
    is marked to be run. A file that needs none of this stays byte by byte.

    Raises:
        BundleRefused: it cannot be read.
    """
    root = bpmn_xml.safe_root(data, file)
    given = _give_ids(root)
    model = bpmn_xml.read_root(root, file)
    pictures = definitions.pictures(model.processes)
    marked = tuple(key for key, process in model.processes.items()
                   if process.nodes and process.is_executable is False and key not in pictures)
    keys = _new_keys(root, model)
    if not keys and not given and not marked:
        return Adapted(file=file, content=data, keys={}, given=(), marked=())
    for process in root.findall(f"{{{BPMN}}}process"):
        if process.get("id") in marked:
            process.set("isExecutable", "true")
    _rename(root, keys)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Adapted(file=file, content=written, keys={new: old for old, new in keys.items() if old not in given},
                   given=tuple(keys.get(one, one) for one in given), marked=marked)


def report(found: Adapted, findings: Iterable[LintFinding], *, roles: Mapping[str, str]) -> ImportReport:
    """What a diagram would be as a draft. `findings` are those of its adapted bytes; `roles` says who a lane of that name is elsewhere."""
    root = bpmn_xml.safe_root(found.content, found.file)
    model = bpmn_xml.read_root(root, found.file)
    said = [one for one in findings if one.code != "no-sheet"]  # a draft gets one
    elements = tuple(_elements(root, model, found, said))
    listed = {element.id for element in elements}
    first = _beginning(model)
    title = (first.name if first is not None else "") or found.file.rsplit(".", 1)[0]
    return ImportReport(
        file=found.file, content=found.content, elements=elements, general=tuple(one for one in said if one.element_id not in listed),
        process_id=first.id if first is not None else "", key=_slug(title, "-"), title=" ".join(title.split())[:sheet_names.LONGEST_TITLE],
        lanes=tuple((name, roles.get(name.casefold(), "")) for name in _lanes(model)), roles=(*STAFF, *OUTSIDE), kinds=SOP_KINDS)


def _beginning(model: Model) -> Process | None:
    """The process a case begins with: of those that run and that no other calls the first that a person can start; else the first."""
    drawn = definitions.pictures(model.processes)
    called = {definitions.local_name(node.called_element) for process in model.processes.values() for node in definitions.nodes_of(process)}

    def distance(process: Process) -> tuple[bool, bool, bool]:
        starts = [node for node in process.nodes.values() if node.type == "startEvent"]
        return process.id in drawn, process.id in called, bool(starts) and all(node.events for node in starts)

    return min((process for process in model.processes.values() if process.nodes), key=distance, default=None)


def sheet(report: ImportReport, *, agency: str, key: str, title: str, kind: str, lanes: Mapping[str, str]) -> bytes:
    """The identity sheet a draft begins with; what it still lacks the check says.

    Raises:
        InvalidSubmission: the key, the title or the kind is none.
    """
    wrong = sheet_names.unfit(key, title)
    if kind not in SOP_KINDS:
        wrong["kind"] = ("Pilih jenis SOP.", "Choose the kind of SOP.")
    if wrong:
        raise errors.InvalidSubmission(wrong)
    held = [f"{_quoted(name)} = {_quoted(lanes[name])}" for name, _ in report.lanes if lanes.get(name)]
    return "\n".join([
        f"key = {_quoted(key)}", f"agency = {_quoted(agency)}", f"process = {_quoted(report.process_id)}", f"kind = {_quoted(kind)}",
        f"title = {{ id = {_quoted(title)}, en = {_quoted(title)} }}", "", "[lanes]", *held, ""]).encode()


def _elements(root: Any, model: Model, changes: Adapted, findings: list[LintFinding]) -> Iterator[ImportedElement]:
    of: dict[str, list[LintFinding]] = {}
    for finding in findings:
        of.setdefault(finding.element_id or "", []).append(finding)
    pictures, given = definitions.pictures(model.processes), frozenset(changes.given)

    def told(id: str, name: str, kind: str, *, drawn: bool = False, changed: bool = False) -> ImportedElement:
        found = tuple(of.get(id, ()))
        before, had_none = changes.keys.get(id, ""), id in given
        return ImportedElement(id=id, name=name, kind=kind, before=before, had_none=had_none, findings=found,
                               verdict=_verdict(found, drawn=drawn, changed=bool(before) or had_none or changed))

    words = _words(root)
    for key, process in model.processes.items():
        is_picture = key in pictures
        yield told(key, process.name, "process", drawn=is_picture or not process.nodes, changed=key in changes.marked)
        yield from (told(lane.id, lane.name, "lane", drawn=is_picture) for lane in process.lanes)
        yield from (told(node.id, node.name, node.type, drawn=is_picture) for node in definitions.nodes_of(process))
        yield from (told(flow.id, words.get(flow.id, ""), "sequenceFlow", drawn=is_picture) for flow in definitions.flows_of(process))
    carried = _carried(root)
    yield from (told(flow.id, words.get(flow.id, ""), "messageFlow", drawn=True) for flow in model.message_flows)
    yield from (told(id, words.get(id, ""), tag, drawn=True) for id, tag in model.drawn.items())
    for one in root.iter(*(f"{{{BPMN}}}{kind}" for kind in _SAID)):
        if id := one.get("id"):
            kind = etree.QName(one).localname
            yield told(id, words[id], kind, drawn=kind == "dataObjectReference" and id not in carried)


def _words(root: Any) -> dict[str, str]:
    """What people read of each element: its name, else its text, else its value; of a group that of its category, of an arrow without a
    name what it joins."""
    said = {id: " ".join((one.get("name") or one.findtext(f"{{{BPMN}}}text") or one.get("value") or "").split())
            for one in root.iter(f"{{{BPMN}}}*") if (id := one.get("id"))}

    def of(one: Any, *ends: str) -> str:
        joined = (definitions.local_name(one.get(end)) for end in ends)
        return " → ".join(said.get(id) or id for id in joined if id)

    groups = {id: of(one, "categoryValueRef") for one in root.iter(f"{{{BPMN}}}group") if (id := one.get("id"))}
    arrows = {id: of(one, "sourceRef", "targetRef") for kind in ("sequenceFlow", "messageFlow", "association")
              for one in root.iter(f"{{{BPMN}}}{kind}") if (id := one.get("id")) and not said[id]}
    return said | groups | arrows


def _carried(root: Any) -> frozenset[str]:
    """The ids that a data association takes from or brings to."""
    return frozenset(definitions.local_name((part.text or "").strip())
                     for kind in ("dataInputAssociation", "dataOutputAssociation") for arrow in root.iter(f"{{{BPMN}}}{kind}")
                     for part in arrow.iterchildren(f"{{{BPMN}}}sourceRef", f"{{{BPMN}}}targetRef"))


def _verdict(findings: tuple[LintFinding, ...], *, drawn: bool, changed: bool) -> ImportVerdict:
    if any(one.severity is Severity.ERROR for one in findings):
        return ImportVerdict.REFUSED
    if drawn:
        return ImportVerdict.DRAWN
    if any(one.severity is Severity.RULE for one in findings):
        return ImportVerdict.INCOMPLETE
    return ImportVerdict.ADAPTED if changed or any(one.code in _OTHERWISE for one in findings) else ImportVerdict.RUNS


def _lanes(model: Model) -> list[str]:
    """The names of the lanes that hold steps, in the order of the file."""
    return list(dict.fromkeys(" ".join(lane.name.split()) for process in model.processes.values() for lane in process.lanes
                              if lane.name.strip() and lane.node_ids))


def _give_ids(root: Any) -> list[str]:
    """The ids given to the steps and flows that had none, in the order of the file."""
    taken: set[str | None] = {element.get("id") for element in root.iter()}
    given: list[str] = []
    for element in root.iter(*(f"{{{BPMN}}}{kind}" for kind in (*NODES, "sequenceFlow"))):
        if not element.get("id"):
            kind = etree.QName(element).localname
            free = next(name for number in range(len(given) + 1, len(given) + len(taken) + 2) if (name := f"{kind}_{number}") not in taken)
            element.set("id", free)
            taken.add(free)
            given.append(free)
    return given


def _new_keys(root: Any, model: Model) -> dict[str, str]:
    """Id in the file -> key, for the named steps whose id says nothing and stands once."""
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    taken, keys = set(ids), {}
    for process in model.processes.values():
        for node in definitions.nodes_of(process):
            base = _slug(node.name, "_")
            if not base or ids[node.id] != 1 or (_XML_ID.match(node.id) and not says_nothing(node.id)):
                continue
            key = next(name for number in range(1, len(taken) + 2) if (name := base if number == 1 else f"{base}_{number}") not in taken)
            taken.add(key)
            keys[node.id] = key
    return keys


def _rename(root: Any, keys: Mapping[str, str]) -> None:
    """Every mention of an id: as itself, in attributes that refer to it, in elements that do."""
    for element in root.iter():
        namespace = etree.QName(element).namespace
        if namespace != BPMN and namespace not in _DRAWS:
            continue
        for name, value in element.attrib.items():
            if _REFERS.match(name) and (new := _renamed(value, keys)):
                element.set(name, new)
        local = etree.QName(element).localname
        if element.text and not len(element) and (local.endswith(("Ref", "Refs")) or local in ("incoming", "outgoing")):
            element.text = _renamed(element.text, keys) or element.text


def _renamed(value: str, keys: Mapping[str, str]) -> str:
    prefix, colon, id = value.strip().rpartition(":")
    new = keys.get(value.strip()) or keys.get(id)
    return "" if new is None else f"{prefix}{colon}{new}" if value.strip() not in keys else new


def _slug(words: str, joint: str) -> str:
    """Small letters and digits of some words; "" where none are left."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    parts = re.findall(r"[a-z0-9]+", plain)
    return joint.join(parts)[:LONGEST_KEY].strip(joint).lstrip("0123456789" + joint)


def _quoted(value: str) -> str:
    """A TOML string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

