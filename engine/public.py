"""`engine.public`: what people without an account can do. An agency is named by its code; the answers name no person and no case.

Every call acts as the machine's own actor `public` of that agency (`authorization.PUBLIC`), which no account ever holds and which
sees no case: what it sends in goes to people, what it asks is answered in five words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from threading import Lock
from typing import Any, TypeVar

from engine import authorization, errors, forms, published, receipts
from engine.commands import outside
from engine.executor import Context, Executor
from engine.public_results import (
    Door, PublicAgency, PublicPromises, PublicReceipt, PublicSop, PublicSopDetail, PublicStage,
)
from engine.results import FormView
from engine.sops import Sops
from engine.types import Actor, InstanceStatus
from storage import agencies, cases, randomness
from storage import instances as instance_rows
from storage import outside as outside_rows

T = TypeVar("T")
MOST_SURVEY_CODES = 50       # of one sheet of paper
_CLASSES = frozenset({"C0", "C1", "C2", "C3", "C4"})
_HELPED = frozenset({"planned", "in_service", "in_transfer", "awaiting_termination", "reopened"})
_OVER = frozenset({InstanceStatus.COMPLETED, InstanceStatus.CANCELLED})
_NOBODY = Actor(account_id="", agency_id="", name="")


class Public:
    """Report, complain, answer, ask how far it is; read what the agency publishes."""

    def __init__(self, executor: Executor, sops: Sops) -> None:
        self._executor, self._sops = executor, sops
        self._promises: dict[str, tuple[date, PublicPromises]] = {}
        self._lock = Lock()

    def agencies(self) -> tuple[tuple[str, str], ...]:
        """(code, name) of all agencies, by name."""
        return self._executor.read(_NOBODY, lambda context: tuple((row.code, row.name) for row in agencies.every(context.uow)))

    def agency(self, code: str) -> PublicAgency:
        """What is open there. Raises `NotFound` for an unknown code, as every other method here."""
        def query(context: Context) -> PublicAgency:
            row = agencies.get(context.uow, context.actor.agency_id)
            assert row is not None
            doors = {door for door in (Door.REPORT, Door.COMPLAINT) if outside.entry(context, door) is not None}
            if outside.open_survey(context) is not None:
                doors.add(Door.SURVEY)
            return PublicAgency(code=row.code, name=row.name, doors=frozenset(doors),
                                sops=frozenset(each.key for each in published.in_force(context)))

        return self._read(code, "public.read", query)

    def code_of(self, actor: Actor) -> str:
        """Under which code the actor's own agency has its pages."""
        row = self._executor.read(actor, lambda context: agencies.get(context.uow, actor.agency_id))
        if row is None:
            raise errors.NotFound(agency_id=actor.agency_id)
        return row.code

    # --- sending ------------------------------------------------------------------------------------------------------

    @staticmethod
    def slip() -> str:
        """256 random bits for one drawing of a page: the same content sent twice from one page is one."""
        return randomness.new_token()

    def form(self, code: str, door: Door) -> FormView:
        """What is asked, empty. Raises `NotFound` where no SOP in force takes such a thing in."""
        def query(context: Context) -> FormView:
            if door is Door.SURVEY:
                survey = outside.open_survey(context)
                form = None if survey is None else survey.form
            else:
                found = outside.entry(context, door)
                form = None if found is None else outside.asked_of(door, found.form)
            if form is None:
                raise errors.NotFound(door=door.value)
            return forms.to_fill(form, {}, _CLASSES)

        return self._read(code, "public.read", query)

    def send(self, code: str, door: Door, submission: Mapping[str, Any], *, slip: str) -> PublicReceipt:
        """Takes a report or complaint in; it waits for a person from now on. The same again from the same page is the same receipt.

        Raises:
            NotFound: no SOP in force takes it in. InvalidSubmission: fields need attention; nothing was sent.
        """
        def command(context: Context) -> PublicReceipt:
            written = receipts.receipt_code(self._executor.master_key, context.actor.agency_id, door.value, slip, submission)
            digest = receipts.digest_of(self._executor.master_key, written)
            found = outside.receive(context, door, submission, code_hash=digest)
            row = outside_rows.receipt(context.uow, context.actor.agency_id, digest)
            zone = agencies.zone(context.uow, context.actor.agency_id)
            assert row is not None and zone is not None
            return PublicReceipt(code=written, at=row.at, zone=zone, promised=(
                *published.promised(found.definition), *(published.promised_of_cases(context) if door is Door.REPORT else ())))

        return self._run(code, f"public.{door.value}", command)

    def status(self, code: str, receipt: str) -> PublicStage:
        """How far it is. Raises `NotFound` for whatever is no receipt of this agency, asked in the same steps."""
        def query(context: Context) -> PublicStage:
            row = self._receipt(context, receipt)
            case_id = row.case_id if row is not None else ""
            case, running = cases.get(context.uow, case_id), instance_rows.of_case(context.uow, case_id)
            was_seen = outside_rows.was_worked_on(context.uow, case_id)
            if row is None:
                raise errors.NotFound(receipt="")
            if row.withdrawn_at is not None:
                return PublicStage.WITHDRAWN
            if case is None or case.closed_at is not None or all(InstanceStatus(each.status) in _OVER for each in running):
                return PublicStage.DONE
            if case.status in _HELPED:
                return PublicStage.HELPED
            return PublicStage.LOOKED_AT if was_seen else PublicStage.RECEIVED

        return self._read(code, "public.status", query)

    def add_message(self, code: str, receipt: str, text: str) -> None:
        """A later message to whoever handles the case: a person reads it.

        Raises:
            NotFound: no such receipt here, or no SOP in force takes messages in. InvalidSubmission: there is no text.
        """
        self._follow_up(code, receipt, {"message_kind": "added", "message_text": text})

    def withdraw(self, code: str, receipt: str) -> None:
        """Takes a report or complaint back: a person reads that too, and no legal duty ends by it. Raises `NotFound` as above."""
        self._follow_up(code, receipt, {"message_kind": outside.WITHDRAWN})

    def answer_survey(self, code: str, survey_code: str, submission: Mapping[str, Any]) -> None:
        """One answer for one code. Raises as `commands.outside.answer_survey`; a refused answer leaves the code as it was."""
        digest = receipts.digest_of(self._executor.master_key, survey_code)
        self._run(code, "public.survey", lambda context: outside.answer_survey(context, submission, code_hash=digest))

    def issue_survey_codes(self, actor: Actor, count: int) -> tuple[str, ...]:
        """New codes of the actor's agency, to be handed out on paper; shown this once. The agency keeps no list of who got which."""
        authorization.require(actor, "survey.issue")
        if not 1 <= count <= MOST_SURVEY_CODES:
            raise errors.InvalidSubmission({"count": (f"Antara 1 dan {MOST_SURVEY_CODES}.", f"Between 1 and {MOST_SURVEY_CODES}.")})
        codes = tuple(receipts.written(randomness.random_bytes(receipts.SURVEY_BYTES)) for _ in range(count))

        def command(context: Context) -> None:
            digests = [receipts.digest_of(self._executor.master_key, each) for each in codes]
            outside_rows.add_survey_codes(context.uow, actor.agency_id, digests, context.local_day())

        self._executor.run(actor, command)
        return codes

    # --- reading ------------------------------------------------------------------------------------------------------

    def sops(self, code: str) -> tuple[PublicSop, ...]:
        """The SOPs in force, by key."""
        return self._read(code, "public.read", lambda context: tuple(
            published.sop(context, row) for row in published.in_force(context)))

    def sop(self, code: str, key: str) -> PublicSopDetail:
        """One SOP in force, its text and drawing."""
        return self._read(code, "public.read", lambda context: published.detail(context, key))

    def sop_ap(self, code: str, key: str) -> bytes:
        """The classic SOP-AP sheet (F28) of an SOP in force, as PDF."""
        found = self.sop(code, key)
        return self._sops.sop_ap(self._actor(code), found.sop.deployment_id, form="pdf")

    def promises(self, code: str) -> PublicPromises:
        """Promised and measured times. Counted once a day per process: the page is open to everybody."""
        actor = self._actor(code)

        def query(context: Context) -> PublicPromises:
            day = context.local_day()
            with self._lock:
                known = self._promises.get(actor.agency_id)
            if known is not None and known[0] == day:
                return known[1]
            found = published.promises(context)
            with self._lock:
                self._promises[actor.agency_id] = (day, found)
            return found

        return self._read(code, "public.read", query)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _actor(self, code: str) -> Actor:
        row = self._executor.read(_NOBODY, lambda context: agencies.by_code(context.uow, code))
        if row is None:
            raise errors.NotFound(agency=code)
        return Actor(account_id=authorization.PUBLIC, agency_id=row.id, name=authorization.PUBLIC, roles=frozenset({authorization.PUBLIC}))

    def _receipt(self, context: Context, typed: str) -> outside_rows.ReceiptRow | None:
        return outside_rows.receipt(context.uow, context.actor.agency_id, receipts.digest_of(self._executor.master_key, typed))

    def _follow_up(self, code: str, receipt: str, submission: Mapping[str, Any]) -> None:
        def command(context: Context) -> None:
            row = self._receipt(context, receipt)
            case = cases.get(context.uow, row.case_id if row is not None else "")
            if row is None or case is None or case.wrapped_key is None:
                raise errors.NotFound(receipt="")
            outside.follow_up(context, row, case.business_key, submission)

        self._run(code, "public.follow_up", command)

    def _read(self, code: str, action: str, query: Callable[[Context], T]) -> T:
        actor = self._actor(code)
        authorization.require(actor, action, authorization.ObjectFacts(agency_id=actor.agency_id))
        return self._executor.read(actor, query)

    def _run(self, code: str, action: str, command: Callable[[Context], T]) -> T:
        actor = self._actor(code)
        authorization.require(actor, action, authorization.ObjectFacts(agency_id=actor.agency_id))
        return self._executor.run(actor, command)
