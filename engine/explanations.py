"""Why a task is mine, why it is due then, what comes after it, and what its SOP says: in words, both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine import calendars, due_words, standards
from engine.authorization import Ground, Reason
from engine.calendars import WorkCalendar
from engine.definitions import Definition
from engine.model import EventKind, Node, Scope
from engine.types import Actor, Happening, TaskSummary, Text, TraceEntry

#: What somebody does, or sees done. A table that is asked takes no time: what follows it is what comes next.
WORK = frozenset({"userTask", "manualTask", "task", "serviceTask", "sendTask", "receiveTask", "callActivity"})
MACHINERY = frozenset({"serviceTask", "sendTask"})  #: What the system does by itself, soon after.
_BREAKING = frozenset({EventKind.TERMINATE, EventKind.ERROR, EventKind.CANCEL})  #: Ends after which the drawing does not simply go on.
NO_STANDARD = Text("Belum ditetapkan dalam SOP: SOP tidak memuat mutu baku waktu untuk langkah ini.",
                   "Not set in the SOP: it gives no time standard for this step.")


def why_mine(actor: Actor, reason: Reason, task: TaskSummary, printed: str = "") -> Text:
    """Why the actor sees the task: the ground on which the policy table allowed it, and the performer as the SOP prints it."""
    who = printed or task.lane or task.role
    place = _in_whose_place(actor, task.role)
    match reason.ground:
        case Ground.HELD if task.given_by_name:
            return Text(f"{task.given_by_name} menyerahkan tugas ini kepada Anda; pelaksananya menurut SOP: {who}{place.id}.",
                        f"{task.given_by_name} gave you this task; the SOP gives it to: {who}{place.en}.")
        case Ground.HELD:
            return Text(f"Anda sudah mengambil tugas ini; pelaksananya menurut SOP: {who}{place.id}.",
                        f"You claimed this task; the SOP gives it to: {who}{place.en}.")
        case Ground.STANDS_IN:
            return Text(f"Anda pengganti (Plt.) {task.assignee_name}, yang memegang tugas ini dan sedang tidak ada; "
                        f"pelaksananya menurut SOP: {who}.",
                        f"You stand in (Plt.) for {task.assignee_name}, who holds this task and is away; the SOP gives it to: {who}.")
        case Ground.OFFERED:
            return Text(f"Anda memegang peran pelaksananya menurut SOP: {who}{place.id}.",
                        f"You hold the role the SOP gives it to: {who}{place.en}.")
        case Ground.ASKED:
            return Text(f"Pemegang tugas ini meminta bantuan Anda; pelaksananya: {who}.",
                        f"Who holds this task asked for your help; its performer: {who}.")
        case Ground.LENT:
            return Text(f"Anda menyerahkan tugas ini kepada {task.assignee_name}; pelaksananya menurut SOP: {who}.",
                        f"You gave this task to {task.assignee_name}; the SOP gives it to: {who}.")
        case Ground.OWNS | Ground.WORKED_ON:
            return Text(f"Anda ikut menangani kasus ini; pelaksananya: {who}.", f"You work on this case; its performer: {who}.")
    return Text(f"Anda berwenang melihat kasus ini; pelaksananya: {who}.", f"You may see this case; its performer: {who}.")


def _in_whose_place(actor: Actor, role: str) -> Text:
    """That a role is held for colleagues who are away, as the end of a sentence; nothing where it is the actor's own."""
    away = set(actor.acts_for(role))
    names = ", ".join(each.name for each in actor.stands_in_for if each.account_id in away)
    return Text(f" (Anda Plt. {names})", f" (you stand in for {names})") if names else Text("", "")


#: Why a task is due otherwise than it would be counted today. Clocks that run follow a change of the calendar; those that ran out or were
#: stopped by then do not.
_PAUSED = Text("Ditambah waktu kasus dijeda: tenggat", "With the time the case was paused: due")
_COUNTED_ONCE = Text("Itu menurut kalender sekarang; menurut kalender saat itu tenggatnya",
                     "That is by the calendar of today; by the calendar of its time it was due")
_PAUSED_OR_ONCE = Text("Dengan waktu kasus dijeda, atau menurut kalender saat itu, tenggatnya",
                       "With the time the case was paused, or by the calendar of its time, it was due")


def why_due(summary: TaskSummary, calendar: WorkCalendar | None, started: datetime | None) -> Text:
    """Why the task is due when it is; "belum ditetapkan dalam SOP" where the SOP gives no number."""
    if summary.standard is None or calendar is None:
        return NO_STANDARD
    if summary.paused:
        return Text("Kasus sedang dijeda: waktu baku ini berhenti dihitung sampai kasus dilanjutkan.",
                    "The case is paused: this standard is not counted until it goes on.")
    if summary.due_at is None:
        return Text("Waktu mulai standar ini belum tercatat.", "The instant this standard starts from is not recorded yet.")
    start = started or summary.ready_at
    said = {language: calendars.explain_due(start, summary.standard, calendar, language=language) for language in ("id", "en")}
    counted = calendars.due_at(start, summary.standard, calendar)
    if summary.due_at != counted:
        why = _COUNTED_ONCE if summary.due_at < counted else _PAUSED if summary.completed_at is None else _PAUSED_OR_ONCE
        moved = {language: due_words.instant_in_words(summary.due_at, calendar.zone, language) for language in said}
        said = {language: f"{said[language]} {why.in_language(language)} {moved[language]}." for language in said}
    if standards.counts_day_and_night(summary.standard, summary.risk):
        said = {"id": f"Risiko tinggi, maka menit kerja dihitung siang malam: {said['id']}",
                "en": f"The risk is high, so working minutes count day and night: {said['en']}"}
    return Text(said["id"], said["en"])


def begun(definition: Definition, trace: Iterable[TraceEntry]) -> tuple[str, ...]:
    """What this trace leaves begun that no person does, by name; sensitive steps are left out."""
    open_now: dict[str, None] = {}
    for entry in trace:
        if entry.happened is Happening.ENTERED and entry.element_type in MACHINERY:
            open_now[entry.element_id] = None
        elif entry.happened in (Happening.COMPLETED, Happening.CANCELLED):
            open_now.pop(entry.element_id, None)
    nodes = [definition.element(element_id) for element_id in open_now]
    return tuple(dict.fromkeys(node.name or node.id for node in nodes if node.sensitivity not in ("C3", "C4")))


def after_this(definition: Definition, node: Node) -> Text:
    """The next steps of the SOP, as far as the drawing alone can say."""
    names = [after.name or after.id for after in next_activities(definition, node)]
    if not names:
        return Text("Setelah ini: tidak ada tugas lain di cabang ini.", "After this: no further task on this branch.")
    listed = "; ".join(dict.fromkeys(names))
    return Text(f"Setelah ini: {listed}.", f"After this: {listed}.")


def next_activities(definition: Definition, node: Node) -> list[Node]:
    """Activities reachable from `node` without passing another activity, in drawing order; sensitive ones are left out."""
    place = _place_of(definition, node)
    if place is None:
        return []
    found: list[Node] = []
    seen: set[str] = {node.id}
    waiting = _following(node, place)
    while waiting:
        step, place = waiting.pop(0)
        if step.id in seen:
            continue
        seen.add(step.id)
        is_limited = step.sensitivity in ("C3", "C4")
        if step.type in WORK:
            if not is_limited:
                found.append(step)
        elif step.body is not None and not is_limited:
            inside = _Place(step.body, step, place)
            waiting[:0] = [(inner, inside) for inner in step.body.nodes.values() if inner.type == "startEvent"]
        else:
            waiting += _following(step, place)
    return found


def papers_made(definition: Definition, node: Node) -> tuple[str, ...]:
    """Codes of the documents that the system makes right after this step, whatever is answered in it; limited steps are left out."""
    place = _place_of(definition, node)
    if place is None:
        return ()
    made: dict[str, None] = {}
    seen = {node.id}
    waiting = [(flow.target, place.scope) for flow in node.outgoing]
    while waiting:
        target, scope = waiting.pop(0)
        step = scope.nodes.get(target)
        if step is None or step.id in seen or step.sensitivity in ("C3", "C4") or step.loop is not None:
            continue
        seen.add(step.id)
        if step.body is not None:
            waiting += [(inner.id, step.body) for inner in step.body.nodes.values() if inner.type == "startEvent"]
        elif step.type in MACHINERY:
            made |= dict.fromkeys(step.outputs)
            waiting += [(flow.target, scope) for flow in step.outgoing]
        elif _goes_on(step):
            waiting += [(flow.target, scope) for flow in step.outgoing]
    return tuple(made)


def _goes_on(step: Node) -> bool:
    """Whether whoever gets there passes at once and surely: no choice, nobody else to wait for."""
    if step.type in ("exclusiveGateway", "inclusiveGateway"):
        return len(step.outgoing) <= 1 and (step.type == "exclusiveGateway" or len(step.incoming) <= 1)
    return step.type in ("startEvent", "intermediateThrowEvent", "businessRuleTask") or (
        step.type == "parallelGateway" and len(step.incoming) <= 1)


@dataclass(frozen=True)
class _Place:
    """Where a node stands: its scope, the sub-process that holds the scope, and where that one stands."""

    scope: Scope
    holder: Node | None = None
    outer: _Place | None = None


def _following(node: Node, place: _Place) -> list[tuple[Node, _Place]]:
    """What comes next; after the end of an embedded sub-process, what comes after that."""
    targets = [place.scope.nodes.get(flow.target) for flow in node.outgoing]
    if node.outgoing or place.holder is None or place.outer is None:
        return [(target, place) for target in targets if target is not None]
    ends_more = any(event.kind in _BREAKING for event in node.events)
    leaves = node.type in ("endEvent", "businessRuleTask", *WORK)
    if not leaves or ends_more or place.holder.triggered_by_event or place.holder.loop is not None:
        return []
    return _following(place.holder, place.outer)


def _place_of(definition: Definition, node: Node) -> _Place | None:
    waiting = [_Place(process) for process in definition.processes.values()]
    while waiting:
        place = waiting.pop()
        if place.scope.nodes.get(node.id) is node:
            return place
        waiting += [_Place(inner.body, inner, place) for inner in place.scope.nodes.values() if inner.body is not None]
    return None


def task_warnings(definition: Definition) -> tuple[str, ...]:
    """The printed warnings (*peringatan*) that stand on every task screen of this SOP."""
    warnings = definition.sheet.identity.get("warnings", [])
    return tuple(str(one["text"]) for one in warnings if isinstance(one, dict) and one.get("show_on_tasks"))


def clause_texts(definition: Definition, node: Node) -> tuple[str, ...]:
    """The quoted source clauses this element carries out."""
    clauses = [clause for sheet in definition.sheets.values() for clause in sheet.clauses]
    return tuple(clause.text for clause in clauses if node.id in clause.elements or clause.id in node.clause)


def grounds(definition: Definition, node: Node) -> tuple[tuple[str, str], ...]:
    """What this element stands on beside the source: the kind (law or proposal) and the words of each."""
    sources = [source for sheet in definition.sheets.values() for source in sheet.sources]
    return tuple(dict.fromkeys((source.kind, source.text) for source in sources if node.id in source.elements))
