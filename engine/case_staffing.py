"""The staff part of `engine.cases`: who answers for a case, who has a conflict of interest in it."""

from __future__ import annotations

from collections.abc import Mapping

from engine import authorization, case_chain, errors, facts
from engine.commands import access, assignment
from engine.commands import conflicts as conflict_commands
from engine.executor import Context, Executor
from engine.office_results import Assignment, CaseStaff, ConflictOfInterest
from engine.types import Actor
from storage import accounts, cases, conflicts, inbox


class CaseStaffing:
    """People of cases. Each act is an entry in the case's own chain."""

    _executor: Executor

    def staff(self, actor: Actor, case_id: str) -> CaseStaff:
        """Who answers for the case, with the notes it was handed on with; its reading stands in the access log. Conflicts of interest
        and their reasons are for those who may declare them."""

        def command(context: Context) -> CaseStaff:
            row, about = _seen(context, case_id, "case.read")
            access.log(context, case_id, what="read", field_group="staff")
            return _staff(context, row, about)

        return self._executor.run(actor, command)

    def assign_owner(self, actor: Actor, case_id: str, owner_id: str, *, note: str = "") -> None:
        """Puts somebody in charge of the case; handing it on needs a note for them. Both are told, by code and verb only.

        Raises:
            InvalidSubmission: the note is missing or too long. CannotOwn, CaseClosed: as they say.
        """
        self._executor.run(actor, lambda context: assignment.assign(
            context, _seen(context, case_id, "case.assign")[0], owner_id, note=note))

    def declare_conflict(self, actor: Actor, case_id: str, account_id: str, *, reason: str) -> None:
        """Somebody has a conflict of interest: from now on the case is not there for them. Raises `InvalidSubmission`, `NotFound`."""
        self._executor.run(actor, lambda context: conflict_commands.declare(
            context, _seen(context, case_id, "case.conflict")[0], account_id, reason=reason))

    def lift_conflict(self, actor: Actor, case_id: str, account_id: str, *, reason: str) -> None:
        """The conflict no longer stands; never by the person themselves, to whom the case is not there. Raises as declaring does."""
        self._executor.run(actor, lambda context: conflict_commands.lift(
            context, _seen(context, case_id, "case.conflict")[0], account_id, reason=reason))


def _seen(context: Context, case_id: str, action: str) -> tuple[cases.CaseRow, authorization.ObjectFacts]:
    row = cases.get(context.uow, case_id)
    if row is None:
        raise errors.NotFound(case_id=case_id)
    about = facts.of_case(context, row)
    authorization.require(context.actor, action, about)
    return row, about


def _staff(context: Context, row: cases.CaseRow, about: authorization.ObjectFacts) -> CaseStaff:
    may = frozenset(verb for verb in ("assign", "conflict") if authorization.allows(context.actor, f"case.{verb}", about))
    chain = case_chain.held(context, row)
    told = chain.entries
    standing = conflicts.of_case(context.uow, row.id) if "conflict" in may else []
    people = {row.owner_id, *(each.actor_id for each in told), *(each.content.get(key) for each in told for key in ("to", "from", "who")),
              *(each.account_id for each in standing), *(each.declared_by for each in standing)}
    names = accounts.names(context.uow, {each for each in people if each})
    why = {each.content["who"]: str(each.content["reason"]) for each in told if each.kind == conflict_commands.DECLARE}
    sees_notes = "C3" in authorization.visible_sensitivity(context.actor, about)
    return CaseStaff(
        case_id=row.id, business_key=row.business_key, risk=row.risk, is_open=row.closed_at is None, owner_id=row.owner_id,
        owner_name=names.get(row.owner_id or "", ""), may=may, broken_from=chain.broken_from,
        assignments=tuple(_assignment(each, names) for each in reversed(told) if each.kind == assignment.ASSIGN) if sees_notes else (),
        wanted=frozenset(each.task.role for each in inbox.open_of_cases(context.uow, [row.id])) if "assign" in may else frozenset(),
        conflicts=tuple(ConflictOfInterest(
            account_id=each.account_id, name=names.get(each.account_id, ""), declared_by=names.get(each.declared_by, ""),
            declared_at=each.declared_at, reason=why.get(each.account_id, "")) for each in standing))


def _assignment(entry: case_chain.CaseEntry, names: Mapping[str, str]) -> Assignment:
    said = entry.content
    return Assignment(at=entry.at, by=names.get(entry.actor_id, ""), to_name=names.get(said["to"] or "", ""),
                      from_name=names.get(said["from"] or "", ""), note=str(said["note"]))
