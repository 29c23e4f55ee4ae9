"""Why a task is mine, why it is due then, what comes after it, and what its SOP says: in words, both languages."""

from __future__ import annotations

from datetime import datetime

from engine import calendars
from engine.calendars import WorkCalendar
from engine.definitions import Definition
from engine.model import Node, Scope
from engine.types import Actor, TaskSummary, Text

_WORK = frozenset({"userTask", "manualTask", "task", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity"})
NO_STANDARD = Text("Belum ditetapkan dalam SOP: SOP tidak memuat mutu baku waktu untuk langkah ini.",
                   "Not set in the SOP: it gives no time standard for this step.")


def why_mine(actor: Actor, role: str, lane: str, assignee_id: str | None) -> Text:
    """Why the actor sees the task."""
    printed = lane or role
    if assignee_id == actor.account_id:
        return Text(f"Anda sudah mengambil tugas ini; pelaksananya menurut SOP: {printed}.",
                    f"You claimed this task; the SOP gives it to: {printed}.")
    if role in actor.roles:
        return Text(f"Anda memegang peran pelaksananya menurut SOP: {printed}.", f"You hold the role the SOP gives it to: {printed}.")
    return Text(f"Anda berwenang melihat kasus ini; pelaksananya: {printed}.", f"You may see this case; its performer: {printed}.")


def why_due(summary: TaskSummary, calendar: WorkCalendar | None, started: datetime | None) -> Text:
    """Why the task is due when it is; "belum ditetapkan dalam SOP" where the SOP gives no number."""
    if summary.standard is None or calendar is None:
        return NO_STANDARD
    if summary.due_at is None:
        return Text("Waktu mulai standar ini belum tercatat.", "The instant this standard starts from is not recorded yet.")
    start = started or summary.ready_at
    return Text(calendars.explain_due(start, summary.standard, calendar, language="id"),
                calendars.explain_due(start, summary.standard, calendar, language="en"))


def after_this(definition: Definition, node: Node) -> Text:
    """The next steps of the SOP, as far as the drawing alone can say."""
    names = [after.name or after.id for after in next_activities(definition, node)]
    if not names:
        return Text("Setelah ini: bagian ini selesai.", "After this: this part ends.")
    listed = "; ".join(dict.fromkeys(names))
    return Text(f"Setelah ini: {listed}.", f"After this: {listed}.")


def next_activities(definition: Definition, node: Node) -> list[Node]:
    """Activities reachable from `node` without passing another activity, in drawing order; sensitive ones are left out."""
    scope = _scope_of(definition, node)
    if scope is None:
        return []
    found: list[Node] = []
    seen: set[str] = {node.id}
    waiting = [flow.target for flow in node.outgoing]
    while waiting:
        step = scope.nodes.get(waiting.pop(0))
        if step is None or step.id in seen:
            continue
        seen.add(step.id)
        if step.type in _WORK:
            if step.sensitivity not in ("C3", "C4"):
                found.append(step)
        elif step.body is not None:
            found += [inner for inner in step.body.nodes.values() if inner.type in _WORK and _begins(step.body, inner)]
        else:
            waiting += [flow.target for flow in step.outgoing]
    return found


def _begins(scope: Scope, node: Node) -> bool:
    return all(scope.nodes[flow.source].type == "startEvent" for flow in node.incoming if flow.source in scope.nodes)


def _scope_of(definition: Definition, node: Node) -> Scope | None:
    waiting: list[Scope] = list(definition.processes.values())
    while waiting:
        scope = waiting.pop()
        if scope.nodes.get(node.id) is node:
            return scope
        waiting += [inner.body for inner in scope.nodes.values() if inner.body is not None]
    return None


def task_warnings(definition: Definition) -> tuple[str, ...]:
    """The printed warnings (*peringatan*) that stand on every task screen of this SOP."""
    warnings = definition.sheet.identity.get("warnings", [])
    return tuple(str(one["text"]) for one in warnings if isinstance(one, dict) and one.get("show_on_tasks"))


def clause_texts(definition: Definition, node: Node) -> tuple[str, ...]:
    """The quoted source clauses this element carries out."""
    clauses = [clause for sheet in definition.sheets.values() for clause in sheet.clauses]
    return tuple(clause.text for clause in clauses if node.id in clause.elements or clause.id in node.clause)
