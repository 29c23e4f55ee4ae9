"""`engine.supervision`: what supervision sessions said, for the two people and the head of the unit.

Sealed under a key of the agency, in no case file. Cases are named by code; to whoever has a conflict of interest in one of them its
code is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from engine import authorization, canonical, errors, facts, idempotency, seal
from engine.authorization import STAFF, ObjectFacts
from engine.commands import form_drafts
from engine.executor import Context, Executor
from engine.office_results import SupervisionNote, SupervisionTask
from engine.results import Page
from engine.types import Actor, Value
from storage import accounts, cases, conflicts, randomness, supervision

PAGE: Final = 25
LONGEST_TEXT: Final = 8000
_MOST_CASES, _MOST_TASKS = 40, 20
_WRITE: Final = "supervision.write"


class Supervision:
    """Sessions between somebody with authority and somebody of their unit."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def write(
        self, actor: Actor, worker_id: str, *, held_on: date, case_codes: Sequence[str] = (), advice: str, wellbeing: str = "",
        tasks: Sequence[SupervisionTask] = (), idempotency_key: str | None = None,
    ) -> str:
        """Keeps a session the actor held; its id. What was written is not changed any more: a later session says more.

        Raises:
            InvalidSubmission: the person, the day, a code that is no case of the actor's unit, or too much text.
        """

        def command(context: Context) -> str:
            authorization.require(actor, _WRITE, ObjectFacts(agency_id=actor.agency_id))
            codes = tuple(dict.fromkeys(code.strip() for code in case_codes if code.strip()))
            found = {code: cases.by_business_key(context.uow, actor.agency_id, code) for code in codes[:_MOST_CASES + 1]}
            problems = _problems(context, worker_id, held_on, found, [advice, wellbeing, *(each.what for each in tasks)], len(tasks))
            if not advice.strip():
                problems["advice"] = ("Tulis arahan yang diberikan.", "Write down the advice that was given.")
            if problems:
                raise errors.InvalidSubmission(problems)
            session_id = randomness.new_id()
            said = {"cases": [row.id for row in found.values() if row is not None], "advice": advice.strip(),
                    "wellbeing": wellbeing.strip(),
                    "tasks": [{"what": each.what.strip(), "until": each.until} for each in tasks if each.what.strip()]}
            supervision.add(context.uow, supervision.SessionRow(
                id=session_id, agency_id=actor.agency_id, supervisor_id=actor.account_id, worker_id=worker_id, held_on=held_on,
                written_at=context.now, ciphertext=seal.seal(
                    _key(context), canonical.dumps(said), nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=_binding(session_id))))
            form_drafts.drop(context, form_drafts.SUPERVISION)
            return session_id

        def once(context: Context) -> str:
            return idempotency.once(context, idempotency_key, ["supervision", worker_id, held_on.isoformat(), list(case_codes), advice],
                                    lambda: command(context), lambda plain: str(plain["id"]), lambda kept: {"id": kept})

        return self._executor.run(actor, once)

    def save_draft(self, actor: Actor, submission: Mapping[str, Any]) -> datetime:
        """Keeps what was typed of a session that is not kept yet, unvalidated; when. It takes the place of what was typed before."""
        authorization.require(actor, _WRITE, ObjectFacts(agency_id=actor.agency_id))
        return self._executor.run(actor, lambda context: form_drafts.keep(
            context, form_drafts.own(context, form_drafts.SUPERVISION), submission))

    def draft(self, actor: Actor) -> tuple[Mapping[str, Value], datetime | None]:
        """What the actor typed and when it was kept; nothing, and None, where there is none."""
        authorization.require(actor, _WRITE, ObjectFacts(agency_id=actor.agency_id))
        return self._executor.read(actor, lambda context: form_drafts.kept(context, form_drafts.own(context, form_drafts.SUPERVISION)))

    def drop_draft(self, actor: Actor) -> None:
        """Forgets it. Dropping what is not there changes nothing."""
        authorization.require(actor, _WRITE, ObjectFacts(agency_id=actor.agency_id))
        self._executor.run(actor, lambda context: form_drafts.drop(context, form_drafts.SUPERVISION))

    def sessions(self, actor: Actor, *, page: int = 1) -> Page[SupervisionNote]:
        """Sessions the actor took part in, the latest first; the head of the unit sees all of the agency."""
        authorization.require(actor, "supervision.read")

        def query(context: Context) -> Page[SupervisionNote]:
            sees_all = authorization.allows(actor, "supervision.read", ObjectFacts(agency_id=actor.agency_id))
            number = max(1, page)
            person = None if sees_all else actor.account_id
            found = supervision.of_agency(context.uow, actor.agency_id, person=person, limit=PAGE, offset=(number - 1) * PAGE)
            return Page(rows=_notes(context, found), total=supervision.count(context.uow, actor.agency_id, person=person),
                        number=number, size=PAGE)

        return self._executor.read(actor, query)

    def get(self, actor: Actor, session_id: str) -> SupervisionNote:
        """One session. Raises `NotFound` for one that is not the actor's to read."""

        def query(context: Context) -> SupervisionNote:
            row = supervision.get(context.uow, session_id)
            if row is None:
                authorization.require(actor, "supervision.read")
                raise errors.NotFound(session_id=session_id)
            authorization.require(actor, "supervision.read", ObjectFacts(
                agency_id=row.agency_id, worked_on=actor.account_id in (row.supervisor_id, row.worker_id)))
            return _notes(context, [row])[0]

        return self._executor.read(actor, query)


def _problems(context: Context, worker_id: str, held_on: date, found: Mapping[str, cases.CaseRow | None], texts: Sequence[str],
              task_count: int) -> dict[str, tuple[str, str]]:
    problems: dict[str, tuple[str, str]] = {}
    worker = accounts.get(context.uow, worker_id)
    if (worker is None or worker.agency_id != context.actor.agency_id or worker_id == context.actor.account_id
            or accounts.roles_held(context.uow, worker_id, context.local_day()).isdisjoint(STAFF)):
        problems["worker"] = ("Pilih rekan yang berperan di unit hari ini.", "Choose a colleague who holds a role of the unit today.")
    if held_on > context.local_day():
        problems["held_on"] = ("Sesi sudah berlangsung: tanggalnya tidak di masa depan.", "A session was held already: no day to come.")
    unknown = [code for code, row in found.items()
               if row is None or not authorization.allows(context.actor, "case.read", facts.of_case(context, row))]
    if unknown or len(found) > _MOST_CASES:
        problems["cases"] = (f"Tulis paling banyak {_MOST_CASES} kode kasus unit ini; {len(unknown)} tidak dikenal.",
                             f"Give at most {_MOST_CASES} codes of cases of this unit; {len(unknown)} of them are unknown.")
    if any(len(text) > LONGEST_TEXT for text in texts) or task_count > _MOST_TASKS:
        problems["advice"] = (f"Paling banyak {LONGEST_TEXT} huruf tiap isian dan {_MOST_TASKS} tugas.",
                              f"At most {LONGEST_TEXT} characters in each field, and {_MOST_TASKS} tasks.")
    return problems


def _notes(context: Context, found: Sequence[supervision.SessionRow]) -> tuple[SupervisionNote, ...]:
    names = accounts.names(context.uow, {each for row in found for each in (row.supervisor_id, row.worker_id)})
    said = {row.id: _opened(context, row) for row in found}
    rows = {case_id: cases.get(context.uow, case_id) for case_id in {each for one in said.values() for each in one["cases"]}}
    barred = conflicts.cases_barred_to(context.uow, context.actor.account_id, rows) if rows else frozenset()
    return tuple(_note(context, row, said[row.id], names, {key: one for key, one in rows.items() if one is not None and key not in barred})
                 for row in found)


def _note(context: Context, row: supervision.SessionRow, said: Mapping[str, Any], names: Mapping[str, str],
          known: Mapping[str, cases.CaseRow]) -> SupervisionNote:
    def opens(case: cases.CaseRow) -> bool:
        return authorization.allows(context.actor, "case.read", facts.of_case(context, case))

    return SupervisionNote(
        id=row.id, held_on=row.held_on, supervisor=names.get(row.supervisor_id, ""), worker=names.get(row.worker_id, ""),
        cases=tuple((each if opens(known[each]) else "", known[each].business_key) for each in said["cases"] if each in known),
        advice=said["advice"], wellbeing=said["wellbeing"], written_at=row.written_at,
        tasks=tuple(SupervisionTask(what=each["what"], until=each["until"]) for each in said["tasks"]))


def _opened(context: Context, row: supervision.SessionRow) -> Mapping[str, Any]:
    content = canonical.loads(seal.unseal(_key(context), row.ciphertext, bound_to=_binding(row.id)))
    assert isinstance(content, Mapping)
    return content


def _key(context: Context) -> bytes:
    return seal.derived(context.executor.master_key, f"supervision of {context.actor.agency_id}")


def _binding(session_id: str) -> str:
    return f"supervision:{session_id}"
