"""A letter was refused because no consent covers its receiver: whoever can ask for one is told, by code and verb only."""

from __future__ import annotations

from engine.casefile.release import NotReleased
from engine.definitions import concrete_role
from engine.executor import Context
from storage import accounts, cases, instances, jobs, notices, randomness
from storage import journal as journal_rows
from storage import trace as trace_rows

CODE = NotReleased.code


def tell(context: Context, job: jobs.JobRow) -> None:
    """Tells whoever did the step that led to the letter, and who answers for the case; where neither is anybody, whoever decides about
    cases there. Once per refusal: tried again and refused again is another one."""
    row = instances.get(context.uow, job.instance_id or "")
    case = cases.get(context.uow, row.case_id) if row is not None and row.case_id is not None else None
    if row is None or case is None:
        return
    people = [each for each in dict.fromkeys((_whose_step(context, job), case.owner_id)) if each is not None]
    told: list[tuple[str | None, str | None]] = [(each, None) for each in people]
    for number, (who, role) in enumerate(told or [(None, concrete_role("case_authority", context.parameters(row.parameters_digest)))]):
        notices.add(context.uow, notices.NoticeRow(
            id=randomness.new_id(), agency_id=row.agency_id, account_id=who, role=role, at=context.now, code="letter_refused",
            case_id=case.id, once=f"letter-refused:{job.id}:{job.fence}:{number}"))


def _whose_step(context: Context, job: jobs.JobRow) -> str | None:
    instance_id = job.instance_id or ""
    began = max((each.seq for each in trace_rows.of_instance(context.uow, instance_id)
                 if each.element_id == job.element_id and each.happened == "entered"), default=0)
    earlier = journal_rows.entries(context.uow, instance_id, until=began)
    return next((entry.actor_id for entry in reversed(earlier) if accounts.get(context.uow, entry.actor_id) is not None), None)
