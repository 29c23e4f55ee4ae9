"""How a diagram reads to people: names, ids, answers, a layout."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn_reading import EVENTS
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.subject import Diagram

rules = Catalogue()
_GENERATED = re.compile(
    r"(?:_[0-9]+|_?(?:Activity|Event|Gateway|Flow|Task|Process|StartEvent|EndEvent|UserTask|ServiceTask|SubProcess|"
    r"ExclusiveGateway|ParallelGateway|sid|id|Element)[_-][0-9A-Za-z-]{1,40})\Z"
)
_LOOK_LATIN = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL"})  # scripts with Latin's look-alikes
_QUESTION_OPENERS = ("apakah", "ada", "mana", "is ", "are ", "has ", "does ", "which ", "what ", "who ", "how ")


@rules.diagram_rule(
    "hidden-characters",
    RULE,
    ("Nama atau ID ini memuat huruf tersembunyi atau menyerupai.", "This name or id holds letters that hide or pretend."),
    ("Ketik ulang; ID hanya huruf a-z, angka dan garis bawah.", "Type it again; ids are a-z, digits and underscores."),
)
def hidden_characters(diagram: Diagram) -> Iterator[Hit]:
    """Two names that look alike, or one that reads backwards, let a person confirm what they did not see."""
    for placed in diagram.placed:
        hides = any(unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cn") for letter in placed.node.name)
        if hides or _pretends(placed.node.name) or not placed.node.id.isascii():
            yield diagram.hit(placed)


def _pretends(name: str) -> bool:
    """Whether one word mixes Latin letters with those of a script that has look-alikes of them."""
    for word in re.findall(r"[^\W\d_]+", name):
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
        if "LATIN" in scripts and scripts & _LOOK_LATIN:
            return True
    return False


@rules.diagram_rule(
    "no-layout",
    RULE,
    ("Elemen ini tidak tergambar.", "This element is not drawn."),
    ("Buka di studio dan atur letaknya.", "Open it in the studio and lay it out."),
)
def no_layout(diagram: Diagram) -> Iterator[Hit]:
    """What an auditor cannot see in the picture they cannot check."""
    if not diagram.model.has_layout:
        yield Hit(file=diagram.file, line=1)
        return
    yield from (diagram.hit(p) for p in diagram.placed if p.node.id not in diagram.model.shapes)
    yield from (diagram.hit(flow) for flow in diagram.flows if flow.id not in diagram.model.shapes)


@rules.diagram_rule(
    "meaningless-id",
    RULE,
    ("ID ini tidak bermakna.", "This id says nothing."),
    ("Pakai kata kerja dan benda, huruf kecil: record_consent.", "Use verb and object in snake case: record_consent."),
)
def meaningless_id(diagram: Diagram) -> Iterator[Hit]:
    """Ids are in the journal for decades; a person will have to read them."""
    return (diagram.hit(p) for p in diagram.placed if says_nothing(p.node.id))


def says_nothing(id: str) -> bool:
    """Whether a modeler made the id up, not a person."""
    return _GENERATED.match(id) is not None or id.replace("-", "").isdigit()


@rules.diagram_rule(
    "name-missing",
    RULE,
    ("Langkah ini tidak mempunyai nama.", "This step has no name."),
    ("Tulis nama seperti tercetak di SOP.", "Write the name as the SOP prints it."),
)
def name_missing(diagram: Diagram) -> Iterator[Hit]:
    """People see the name and nothing else. Gateways that only join, time standards and the start inside a sub-process need none;
    for other events a name is good manners."""
    for placed in diagram.placed:
        node = placed.node
        silent = "Gateway" in node.type and (len(node.outgoing) < 2 or node.type in ("parallelGateway", "eventBasedGateway"))
        silent |= node.type == "boundaryEvent"
        silent |= node.type == "startEvent" and placed.holder is not None and not placed.holder.triggered_by_event
        if not node.name and not silent:
            hit = diagram.hit(placed)
            yield replace(hit, severity=ADVICE) if node.type in EVENTS else hit


@rules.diagram_rule(
    "gateway-question",
    ADVICE,
    ("Nama gerbang ini bukan pertanyaan.", "This gateway's name is no question."),
    ("Tulis sebagai pertanyaan: Laporan disetujui?", "Write it as a question: Report approved?"),
)
def gateway_question(diagram: Diagram) -> Iterator[Hit]:
    """The flows that leave it are then its answers."""
    for placed in diagram.of_type("exclusiveGateway", "inclusiveGateway"):
        name = placed.node.name.strip().lower()
        if name and len(placed.node.outgoing) > 1 and not name.endswith("?") and not name.startswith(_QUESTION_OPENERS):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "answer-missing",
    ADVICE,
    ("Alur bersyarat ini tidak mempunyai nama.", "This conditional flow has no name."),
    ("Tulis jawabannya pada alur: Ya, Tidak.", "Write the answer on the flow: Yes, No."),
)
def answer_missing(diagram: Diagram) -> Iterator[Hit]:
    """Nobody reads conditions; people read answers."""
    return (diagram.hit(flow) for flow in diagram.flows if flow.condition is not None and not flow.name)
