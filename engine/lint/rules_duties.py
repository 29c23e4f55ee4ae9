"""What an SOP owes whoever it serves: another pair of eyes, an answer within a time, an entry in Simfoni."""

from __future__ import annotations

from collections.abc import Iterator

from engine.duties import Duties, Step
from engine.forms_schema import Form
from engine.lint.net import preceding
from engine.lint.registry import ADVICE, Catalogue, Hit
from engine.lint.rules_sop import HUMAN
from engine.lint.subject import Diagram, Placed, Sop
from engine.model import EventKind, Node, Scope
from engine.simfoni_results import FILED, FILED_KEYS
from engine.sop_toml import IN_CASE_REQUIRED

rules = Catalogue()
_ANSWER = "provider_answer"
_AWAITED = "awaited"


@rules.sop_rule(
    "one-hand",
    ADVICE,
    ("Yang menyetujui di sini sama dengan yang mengerjakan langkah sebelumnya.", "Who approves here is who did the step before."),
    ("Letakkan persetujuan di lajur peran lain.", "Put the approval into the lane of another role."),
)
def one_hand(sop: Sop) -> Iterator[Hit]:
    """Nobody checks their own work, also where a called SOP does one of the two, or others look at it in between. Roles are compared, not
    people: of two who hold one role each may check the other.
    """
    def role_of(step: Step) -> str:
        sheet, lane = sop.sheet_of(step.process.file), " ".join(step.node.lane.split())
        return sheet.lanes.get(lane, lane) if sheet is not None else lane

    for approval, work in Duties({key: process for key, (_, process) in sop.processes.items()}, sop.forms, role_of).in_one_hand():
        yield Hit(element_id=approval.node.id, line=approval.node.line, file=approval.process.file, word=work.node.id)


@rules.diagram_rule(
    "referral-without-deadline",
    ADVICE,
    ("Jawaban penyelenggara ditunggu di sini tanpa batas waktu.", "A provider's answer is waited for here without a time limit."),
    (
        "Beri baku waktu, atau pewaktu dari parameter instansi yang mengingatkan siapa yang merujuk.",
        "Give it a time standard, or a timer of an agency parameter that reminds whoever refers.",
    ),
)
def referral_without_deadline(diagram: Diagram) -> Iterator[Hit]:
    """She waits as long as the provider is silent. The step stays open until the answer is known: its form asks for the answer, and
    "still awaited" is none. A timer of a bare number is neither the SOP's time nor the agency's.
    """
    for placed in diagram.of_type(*HUMAN, "receiveTask", "intermediateCatchEvent"):
        if _waits_for_answer(diagram.sop.forms.get(placed.node.form or "")) and not _is_timed(diagram, placed):
            yield diagram.hit(placed)


def _waits_for_answer(form: Form | None) -> bool:
    answer = form.field(_ANSWER) if form is not None and form.record == "referral" else None
    return answer is not None and _AWAITED not in {option.value for option in answer.options}


def _is_timed(diagram: Diagram, placed: Placed) -> bool:
    """Whether a time standard or a timer of an agency parameter runs as long as the step waits: at its edge, beside it at an event-based
    gateway or in an event sub-process, or so of whatever holds it or, each time, calls its process."""
    seen: set[str] = set()
    waiting = [(diagram, placed)]
    while waiting:
        where, step = waiting.pop()
        if step.node.id in seen or any(_is_time(node) for node in _beside(where, step)):
            continue
        seen.add(step.node.id)
        if step.holder is not None:
            waiting.append((where, where.by_id[step.holder.id]))
            continue
        calls = diagram.sop.calls_of(step.process)
        if not calls:
            return False
        waiting += calls
    return True


def _beside(diagram: Diagram, placed: Placed) -> Iterator[Node]:
    """The events that may come while a step is open."""
    yield from (edge.node for edge in diagram.attached.get(placed.node.id, ()))
    nodes = placed.scope.nodes
    for flow in placed.node.incoming:
        if flow.source in nodes and nodes[flow.source].type == "eventBasedGateway":
            yield from (nodes[other.target] for other in nodes[flow.source].outgoing if other.target in nodes)
    for node in nodes.values():
        if node.triggered_by_event and node.body is not None:
            yield from (start for start in node.body.nodes.values() if start.type == "startEvent")


def _is_time(node: Node) -> bool:
    return node.standard is not None or any("parameters." in (event.timer_text or "") for event in node.events)


@rules.sop_rule(
    "simfoni-missing",
    ADVICE,
    ("Kasus didaftar, tetapi dapat berakhir tanpa langkah yang mencatatnya di Simfoni PPA.",
     "A case is registered, but can end without a step that enters it in Simfoni PPA."),
    (
        'Tambahkan langkah dengan formulir "simfoni", atau tanyakan simfoni_updated pada formulir dokumentasi.',
        'Add a step with a form of the record "simfoni", or ask simfoni_updated in the form that documents the case.',
    ),
)
def simfoni_missing(sop: Sop) -> Iterator[Hit]:
    """Permen PPPA 2/2022 has every case recorded in Simfoni PPA. What a process it calls asks on its way is no entry of this case, and an
    SOP that begins only in a case that is named registers none. A case may end earlier for many reasons, so an end without the entry is
    named only where the same work leads to either.
    """
    sheet = sop.sheet
    found = sop.processes.get(sheet.process) if sheet is not None else None
    if sheet is None or found is None or sheet.is_shared or sheet.in_case == IN_CASE_REQUIRED:
        return
    diagram, process = found
    own = [placed for placed in diagram.placed if placed.process is process]
    registering = [placed for placed in own if placed.node.operation == "case.number"]
    entering = [placed for placed in own if _enters(sop.forms.get(placed.node.form or ""))]
    if registering and all(_is_only_by_event(diagram, one) for one in entering):
        yield diagram.hit(registering[0])
    elif registering:
        yield from (diagram.hit(placed) for placed in own if _goes_round(placed, entering))


def _is_only_by_event(diagram: Diagram, placed: Placed) -> bool:
    """Whether a case may be done without the step ever being open: only an event leads to it, as long as the case runs."""
    holder = placed.holder
    while holder is not None:
        if holder.triggered_by_event:
            return True
        holder = diagram.by_id[holder.id].holder
    return False


def _goes_round(placed: Placed, entering: list[Placed]) -> bool:
    """Whether a plain end follows on work after which the case is entered otherwise, with nothing done in between."""
    kinds = {event.kind for event in placed.node.events}
    if placed.node.type != "endEvent" or placed.holder is not None or not kinds <= {EventKind.NONE, EventKind.TERMINATE}:
        return False
    return any(_work_before(placed.scope, placed.node) & _work_before(one.scope, one.node) for one in entering if one.scope is placed.scope)


def _work_before(scope: Scope, node: Node) -> frozenset[str]:
    """The steps that the node comes directly after, by whatever gateways, links and events."""
    before = preceding(scope)
    found, waiting, seen = set(), [node.id], {node.id}
    while waiting:
        for key in before.get(waiting.pop(), ()):
            if key in seen:
                continue
            seen.add(key)
            if scope.nodes[key].type.endswith(("Task", "task", "Activity", "Process", "transaction")):
                found.add(key)
            else:
                waiting.append(key)
    return frozenset(found)


def _enters(form: Form | None) -> bool:
    return form is not None and form.record in FILED and any(field.key in FILED_KEYS for field in form.fields)
