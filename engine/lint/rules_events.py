"""Events and gateways: which triggers may stand where, and whether a choice can be made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn_reading import EVENTS
from engine.lint.answers import always_leads_on, nobody_answers
from engine.lint.registry import ADVICE, ERROR, RULE, Catalogue, Hit
from engine.lint.subject import Diagram, Placed
from engine.lint.support import ALLOWED_EVENTS, REFUSED

rules = Catalogue()
_GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway")


def _starts_event_sub_process(placed: Placed) -> bool:
    return placed.node.type == "startEvent" and placed.holder is not None and placed.holder.triggered_by_event


@rules.diagram_rule(
    "event-not-allowed",
    ERROR,
    ("Pemicu ini tidak boleh dipakai pada peristiwa jenis ini.", "This trigger may not stand on this kind of event."),
    (
        "Pakai pesan, pewaktu, syarat atau sinyal; kesalahan dan eskalasi ditangkap di batas langkah atau oleh sub-proses peristiwa.",
        "Use a message, timer, condition or signal; an activity's border or an event sub-process catches errors and escalations.",
    ),
)
def event_not_allowed(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, table 10.93: each kind of event knows only certain triggers."""
    for placed, event in diagram.events:
        kind = "eventSubProcessStart" if _starts_event_sub_process(placed) else placed.node.type
        inner_start = placed.node.type == "startEvent" and placed.holder is not None and kind == "startEvent"
        if event.kind not in ALLOWED_EVENTS.get(kind, frozenset()) or inner_start:
            yield diagram.hit(placed, word=event.kind)
    for placed in diagram.of_type("intermediateCatchEvent", "boundaryEvent"):
        if not placed.node.events:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "several-triggers",
    ERROR,
    ("Peristiwa ini mempunyai lebih dari satu pemicu.", "This event has more than one trigger."),
    (
        "Gambar satu peristiwa untuk tiap pemicu; untuk menunggu salah satu pakai gerbang peristiwa.",
        "Draw one event per trigger; to wait for any of them use an event-based gateway.",
    ),
)
def several_triggers(diagram: Diagram) -> Iterator[Hit]:
    """Which of them happened would not be told by the drawing, nor by the journal."""
    if "multiple-events" in REFUSED:
        for placed in diagram.placed:
            if len(placed.node.events) > 1 or placed.node.parallel_multiple:
                yield diagram.hit(placed)


@rules.diagram_rule(
    "start-trigger-not-run",
    ERROR,
    (
        "Proses yang mulai sendiri oleh suatu syarat tidak dijalankan.",
        "Processes that a condition starts are not run.",
    ),
    ("Mulai dari orang, pewaktu, pesan atau sinyal.", "Start from a person, a timer, a message or a signal."),
)
def start_trigger_not_run(diagram: Diagram) -> Iterator[Hit]:
    """Nothing holds before there is a case: such a process would look alive and never run."""
    if "top-level-start-trigger" in REFUSED:
        for placed, event in diagram.events:
            if placed.node.type == "startEvent" and placed.holder is None and event.kind == "conditional":
                yield diagram.hit(placed, word=event.kind)


@rules.diagram_rule(
    "event-sub-process-start",
    ERROR,
    (
        "Sub-proses peristiwa ini tidak mempunyai tepat satu peristiwa awal dengan pemicu.",
        "This event sub-process does not have exactly one start event with a trigger.",
    ),
    (
        "Gambar satu peristiwa awal di dalamnya: pesan, pewaktu, syarat, sinyal, kesalahan atau eskalasi.",
        "Draw one start event inside: a message, timer, condition, signal, error or escalation.",
    ),
)
def event_sub_process_start(diagram: Diagram) -> Iterator[Hit]:
    """Without a trigger it would never start; with two nobody could tell what started it."""
    for placed in diagram.placed:
        if placed.node.triggered_by_event and placed.node.body is not None:
            starts = [n for n in placed.node.body.nodes.values() if n.type == "startEvent"]
            if len(starts) != 1 or not starts[0].events:
                yield diagram.hit(placed)


@rules.diagram_rule(
    "event-sub-process-kind",
    ERROR,
    (
        "Sub-proses peristiwa tidak dapat berulang, dan bukan transaksi atau ad-hoc.",
        "An event sub-process cannot repeat, and is no transaction or ad-hoc sub-process.",
    ),
    (
        "Hapus tandanya; untuk mengulang atau membatalkan gambar sub-proses biasa di dalamnya.",
        "Remove the mark; to repeat or to cancel draw a plain sub-process inside.",
    ),
)
def event_sub_process_kind(diagram: Diagram) -> Iterator[Hit]:
    """It is started by an event, each time once: a repetition mark would not say how often one event starts it."""
    return (diagram.hit(p) for p in diagram.placed if p.node.triggered_by_event and (p.node.loop or p.node.type != "subProcess"))


@rules.diagram_rule(
    "event-sub-process-flow",
    ERROR,
    ("Sub-proses peristiwa tidak boleh mempunyai alur masuk atau keluar.", "An event sub-process may have no sequence flows."),
    ("Hapus alurnya; pemicu ada di dalamnya.", "Remove the flows; its trigger stands inside."),
)
def event_sub_process_flow(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.3.5: its trigger alone starts it."""
    return (diagram.hit(p) for p in diagram.placed if p.node.triggered_by_event and (p.node.incoming or p.node.outgoing))


@rules.diagram_rule(
    "compensation",
    ERROR,
    ("Kompensasi tidak dijalankan.", "Compensation is not run."),
    ("Gambar langkah pembatalan sebagai alur biasa.", "Draw the undoing as ordinary steps."),
)
def compensation(diagram: Diagram) -> Iterator[Hit]:
    """It would look as if something were undone, and nothing would be."""
    if "compensation" in REFUSED:
        for placed in diagram.placed:
            if placed.node.is_for_compensation or any(e.kind == "compensate" for e in placed.node.events):
                yield diagram.hit(placed)


@rules.diagram_rule(
    "cancel-outside-transaction",
    ERROR,
    ("Pembatalan hanya berlaku pada transaksi.", "A cancel event belongs to a transaction."),
    (
        "Pakai kesalahan atau eskalasi, atau jadikan sub-proses ini transaksi.",
        "Use an error or escalation, or make this sub-process a transaction.",
    ),
)
def cancel_outside_transaction(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.5.5: only a transaction can be cancelled from inside."""
    for placed, event in diagram.events:
        if event.kind == "cancel":
            host = placed.scope.nodes.get(placed.node.attached_to or "") if placed.node.type == "boundaryEvent" else placed.holder
            if host is None or host.type != "transaction":
                yield diagram.hit(placed)


@rules.diagram_rule(
    "non-interrupting-error",
    ERROR,
    ("Peristiwa kesalahan dan pembatalan selalu menghentikan langkahnya.", "Error and cancel events always interrupt."),
    (
        'Hapus cancelActivity="false" atau isInterrupting="false", atau pakai eskalasi.',
        'Drop cancelActivity="false" or isInterrupting="false", or use an escalation.',
    ),
)
def non_interrupting_error(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, table 10.91."""
    return (
        diagram.hit(placed)
        for placed, event in diagram.events
        if (placed.node.type == "boundaryEvent" and event.kind in ("error", "cancel") and not placed.node.cancel_activity)
        or (_starts_event_sub_process(placed) and event.kind == "error" and not placed.node.is_interrupting)
    )


@rules.diagram_rule(
    "uncaught-error",
    ADVICE,
    ("Kesalahan ini tidak ditangkap di mana pun dalam berkas.", "Nothing in this file catches this error."),
    (
        "Pasang peristiwa batas kesalahan pada sub-proses di sekelilingnya, atau gambar sub-proses peristiwa.",
        "Put an error boundary event on the sub-process round it, or draw an event sub-process.",
    ),
)
def uncaught_error(diagram: Diagram) -> Iterator[Hit]:
    """An uncaught error ends the whole process instance."""
    catching = [e for p, e in diagram.events if p.node.type == "boundaryEvent" or _starts_event_sub_process(p)]
    caught = {event.code for event in catching if event.kind == "error"}
    for placed, event in diagram.events:
        if placed.node.type == "endEvent" and event.kind == "error" and None not in caught and event.code not in caught:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "complex-gateway",
    ERROR,
    ("Gerbang kompleks tidak dijalankan.", "Complex gateways are not run."),
    ("Pakai gerbang eksklusif, paralel atau inklusif.", "Use exclusive, parallel or inclusive gateways."),
)
def complex_gateway(diagram: Diagram) -> Iterator[Hit]:
    """Its activation rule is read differently by every tool; a court would ask which one was meant."""
    if "complex-gateway" in REFUSED:
        yield from (diagram.hit(p) for p in diagram.of_type("complexGateway"))


@rules.diagram_rule(
    "condition-not-allowed",
    ERROR,
    ("Alur dari gerbang atau peristiwa ini tidak boleh bersyarat.", "A flow from this gateway or event may have no condition."),
    ("Hapus syaratnya, atau pakai gerbang eksklusif.", "Remove the condition, or use an exclusive gateway."),
)
def condition_not_allowed(diagram: Diagram) -> Iterator[Hit]:
    """Parallel gateways take every flow; event gateways ask the events (BPMN 2.0.2, 10.6.4, 10.6.6). An event asks nothing (8.3.13):
    whoever reads the drawing sees no choice there.
    """
    for placed in diagram.of_type("parallelGateway", "eventBasedGateway", *EVENTS):
        hits = (diagram.hit(flow) for flow in placed.node.outgoing if flow.condition is not None)
        yield from (replace(hit, severity=RULE) for hit in hits) if placed.node.type in EVENTS else hits


@rules.diagram_rule(
    "event-gateway-targets",
    ERROR,
    (
        "Gerbang peristiwa harus menuju dua atau lebih peristiwa penangkap.",
        "An event-based gateway leads to two or more catching events.",
    ),
    (
        "Arahkan ke peristiwa pesan, pewaktu, sinyal atau syarat, yang hanya dimasuki dari gerbang ini dan tanpa peristiwa batas.",
        "Lead it to message, timer, signal or conditional events that nothing else enters, without boundary events.",
    ),
)
def event_gateway_targets(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.6.6: the first event decides, so each line begins with one."""
    for placed in diagram.of_type("eventBasedGateway"):
        targets = [placed.scope.nodes.get(flow.target) for flow in placed.node.outgoing]
        if len(targets) < 2:
            yield diagram.hit(placed)
        for target in targets:
            catches = target is not None and (
                target.type == "receiveTask"
                or (target.type == "intermediateCatchEvent" and not any(e.kind == "link" for e in target.events))
            )
            waits_aside = target is not None and target.type == "receiveTask" and target.id in diagram.attached
            if target is not None and (not catches or waits_aside or len(target.incoming) > 1):
                yield diagram.hit(target)
        kinds = {t.type for t in targets if t is not None} | {e.kind for t in targets if t is not None for e in t.events}
        if "receiveTask" in kinds and "message" in kinds:
            yield diagram.hit(placed, word="receiveTask")


@rules.diagram_rule(
    "instantiating-gateway",
    ERROR,
    ("Gerbang peristiwa yang memulai proses tidak dijalankan.", "An event-based gateway that starts a process is not run."),
    ("Pakai peristiwa awal pesan.", "Use message start events."),
)
def instantiating_gateway(diagram: Diagram) -> Iterator[Hit]:
    """Each message would start another case; message start events say so plainly."""
    for placed in diagram.of_type("eventBasedGateway", "receiveTask"):
        if placed.node.instantiate or placed.node.event_gateway_type not in ("", "Exclusive"):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "instantiating-gateway-incoming",
    ERROR,
    (
        "Gerbang peristiwa yang memulai proses tidak boleh dimasuki alur.",
        "An event-based gateway that starts a process may have no incoming flow.",
    ),
    ("Hapus alur masuknya, atau hapus instantiate.", "Remove its incoming flow, or its instantiate mark."),
)
def instantiating_gateway_incoming(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.6.6."""
    return (diagram.hit(p) for p in diagram.of_type("eventBasedGateway") if p.node.instantiate and p.node.incoming)


@rules.diagram_rule(
    "choice-without-condition",
    RULE,
    ("Lebih dari satu alur keluar gerbang ini tidak bersyarat.", "More than one flow of this gateway has no condition."),
    ("Beri setiap alur syarat, dan satu alur bawaan.", "Give each flow a condition, and one a default mark."),
)
def choice_without_condition(diagram: Diagram) -> Iterator[Hit]:
    """The first unconditional flow would always win, and the others would never be taken."""
    for placed in diagram.of_type("exclusiveGateway"):
        free = [f for f in placed.node.outgoing if f.condition is None and f.id != placed.node.default_flow]
        if len(placed.node.outgoing) > 1 and (len(free) > 1 or (free and placed.node.default_flow)):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "choice-without-default",
    ADVICE,
    ("Gerbang ini tidak mempunyai alur bawaan (default).", "This gateway has no default flow."),
    ("Tandai satu alur sebagai bawaan.", "Mark one flow as the default."),
)
def choice_without_default(diagram: Diagram) -> Iterator[Hit]:
    """When no condition holds the case stops as an incident. Nothing is said where the conditions leave no answer out."""
    for placed in diagram.of_type("exclusiveGateway", "inclusiveGateway"):
        ways = placed.node.outgoing
        is_open = len(ways) > 1 and not placed.node.default_flow and all(flow.condition is not None for flow in ways)
        if is_open and not always_leads_on(diagram.sop, placed):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "choice-without-answer",
    RULE,
    (
        "Semua syarat gerbang ini membaca isian yang tidak dijawab formulir, tabel, atau langkah mana pun.",
        "Every condition of this gateway reads a field that no form, table or step answers.",
    ),
    (
        "Tanyakan isian itu pada formulir sebelumnya, atau perbaiki namanya di syarat.",
        "Ask for the field in a form before, or mend its name.",
    ),
)
def choice_without_answer(diagram: Diagram) -> Iterator[Hit]:
    """None of them ever holds, so every case stops there. Where there is a default, or only some read such a name, it may be meant so."""
    for placed in diagram.of_type("exclusiveGateway", "inclusiveGateway"):
        ways = placed.node.outgoing
        if len(ways) > 1 and not placed.node.default_flow and all(
                flow.condition is not None and nobody_answers(diagram.sop, flow.condition) for flow in ways):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "condition-on-default",
    ADVICE,
    ("Alur bawaan mempunyai syarat yang tidak pernah dibaca.", "The default flow has a condition nobody reads."),
    ("Hapus syarat pada alur bawaan.", "Remove the condition of the default flow."),
)
def condition_on_default(diagram: Diagram) -> Iterator[Hit]:
    """A default flow is taken when no other can be (BPMN 2.0.2, 8.3.13)."""
    for placed in diagram.placed:
        yield from (diagram.hit(f) for f in placed.node.outgoing if f.id == placed.node.default_flow and f.condition is not None)


@rules.diagram_rule(
    "gateway-direction",
    RULE,
    ("Arah gerbang yang tertulis tidak sesuai gambarnya.", "The gateway's written direction does not fit the drawing."),
    ("Sesuaikan gatewayDirection atau alurnya.", "Correct gatewayDirection or the flows."),
)
def gateway_direction(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 8.3.9."""
    for placed in diagram.of_type(*_GATEWAYS):
        node = placed.node
        wrong = {
            "Converging": len(node.outgoing) > 1,
            "Diverging": len(node.incoming) > 1,
            "Mixed": len(node.outgoing) < 2 or len(node.incoming) < 2,
        }
        if wrong.get(node.gateway_direction, False):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "gateway-alone",
    RULE,
    ("Gerbang ini tidak memilih dan tidak menggabungkan apa pun.", "This gateway neither splits nor joins."),
    ("Hapus gerbang ini.", "Remove the gateway."),
)
def gateway_alone(diagram: Diagram) -> Iterator[Hit]:
    """It looks like a decision that nobody takes."""
    return (diagram.hit(p) for p in diagram.of_type(*_GATEWAYS[:4]) if len(p.node.incoming) <= 1 and len(p.node.outgoing) <= 1)
