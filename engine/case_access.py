"""The access part of `engine.cases`: names shown for a minute, one field unmasked, a case opened in an emergency and that reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from engine import access_reading, authorization, errors, facts, forms, masking, ran_by, reasons
from engine.access_results import AccessReview, MaskableField, OpenedCase
from engine.casefile import records as casefile
from engine.casefile import rules
from engine.commands import leave
from engine.directory import sign_in
from engine.executor import Context, Executor
from engine.forms_schema import Field
from engine.results import Page
from engine.settings import Settings
from engine.types import Actor
from storage import access_grants, cases
from storage import instances as instance_rows

PAGE: Final = 25


class CaseAccess:
    """Who sees what of a case beyond what the policy shows them: asked for, for a while, logged."""

    _executor: Executor
    _settings: Settings

    def show_names(self, actor: Actor, case_id: str) -> datetime:
        """Shows the names of a case to this session for a minute (a setting); until when. Stands in the access log each time."""

        def command(context: Context) -> datetime:
            row, _ = _seen(context, case_id, "case.show_names")
            return leave.show_names(context, row, lasts=self._settings.names_shown_for)

        return self._executor.run(actor, command)

    def maskable_fields(self, actor: Actor, case_id: str) -> tuple[MaskableField, ...]:
        """The fields the actor may ask to unmask: questions of the SOP's forms for the records the case has, answered or not."""

        def query(context: Context) -> tuple[MaskableField, ...]:
            row, about = _seen(context, case_id, "case.unmask")
            return tuple(MaskableField(record=record, key=field.key, label=field.label)
                         for record, field in _maskable(context, row, about))

        return self._executor.read(actor, query)

    def unmask(self, actor: Actor, case_id: str, record: str, field: str, *, purpose: str, reason: str) -> datetime:
        """Unmasks one field of one record for this session for half an hour (a setting); until when. A second person is told.

        Raises:
            ReasonWanted: no purpose of `leave.PURPOSES`, or no reason that somebody could judge.
            NotFound: no such field, or not one the actor may ask for.
        """
        said = reasons.stated(reason)
        if purpose not in leave.PURPOSES:
            raise reasons.ReasonWanted()

        def command(context: Context) -> datetime:
            row, about = _seen(context, case_id, "case.unmask")
            if not any((known, each.key) == (record, field) for known, each in _maskable(context, row, about)):
                raise errors.NotFound(case_id=case_id)
            return leave.unmask(context, row, f"{record}.{field}", purpose=purpose, reason=said, lasts=self._settings.unmasked_for)

        return self._executor.run(actor, command)

    def break_glass(self, actor: Actor, business_key: str, *, reason: str, passphrase: str, address: str) -> OpenedCase:
        """Opens a case of others to this session for three hours (a setting): read, not act. The passphrase is asked again.

        Raises:
            ReasonWanted: nothing somebody could judge tomorrow.
            SignInRefused, TooManyAttempts: of the passphrase, as at signing in.
            NotFound: no such case here, or the actor has a conflict of interest in it.
            NothingToBreak: the case is the actor's to read.
        """
        authorization.require(actor, "case.break_glass")
        said = reasons.stated(reason)
        sign_in.confirm(self._executor, self._settings, actor.account_id, passphrase, address=address)

        def command(context: Context) -> OpenedCase:
            row = cases.by_business_key(context.uow, actor.agency_id, business_key.strip())
            if row is None:
                raise errors.NotFound()
            about = facts.of_case(context, row)
            authorization.require(actor, "case.break_glass", about)
            until = leave.break_glass(context, row, about, reason=said, lasts=self._settings.glass_broken_for)
            return OpenedCase(case_id=row.id, business_key=row.business_key, until=until)

        return self._executor.run(actor, command)

    def opened_cases(self, actor: Actor) -> tuple[OpenedCase, ...]:
        """The cases this session has open in an emergency."""
        authorization.require(actor, "case.break_glass")

        def query(context: Context) -> tuple[OpenedCase, ...]:
            rows = [row for grant in access_grants.running_of(context.uow, actor.account_id, context.now)
                    if grant.kind == access_grants.BREAK_GLASS and (row := cases.get(context.uow, grant.case_id)) is not None]
            return tuple(
                OpenedCase(case_id=row.id, business_key=row.business_key, until=until)
                for row, about in zip(rows, facts.of_cases(context, rows), strict=True)
                if about.opened and authorization.allows(actor, "case.read", about)
                and (until := facts.leave_until(context, row.id, access_grants.BREAK_GLASS)) is not None)

        return self._executor.read(actor, query)

    def access_reviews(self, actor: Actor, page: int = 1) -> Page[AccessReview]:
        """Emergency accesses of the agency, those that wait for a review first. Of cases the actor has a conflict in, none."""
        authorization.require(actor, "access.list")

        def query(context: Context) -> Page[AccessReview]:
            number = max(page, 1)
            rows = access_grants.broken(context.uow, actor.agency_id, limit=PAGE, offset=(number - 1) * PAGE)
            return Page(rows=access_reading.reviews(context, rows), number=number, size=PAGE,
                        total=access_grants.count_broken(context.uow, actor.agency_id, waiting_only=False))

        return self._executor.read(actor, query)

    def reviews_waiting(self, actor: Actor) -> int:
        """How many emergency accesses of the agency nobody has reviewed yet."""
        authorization.require(actor, "access.list")
        return self._executor.read(actor, lambda context: access_grants.count_broken(context.uow, actor.agency_id, waiting_only=True))

    def review_access(self, actor: Actor, grant_id: str, *, verdict: str, reason: str) -> None:
        """Finds an emergency access `proper` or `improper`; the latter ends it and tells the data protection officer.

        Raises:
            ReasonWanted: no reason somebody could judge, or no such verdict.
            OwnAccess: one's own. AlreadyReviewed. NotFound: none of one's agency.
        """
        said = reasons.stated(reason)
        if verdict not in (leave.PROPER, leave.IMPROPER):
            raise reasons.ReasonWanted()

        def command(context: Context) -> None:
            grant = access_grants.get(context.uow, grant_id)
            if grant is None or grant.kind != access_grants.BREAK_GLASS:
                raise errors.NotFound(grant_id=grant_id)
            row, _ = _seen(context, grant.case_id, "access.review")
            leave.review(context, grant, row, verdict=verdict, reason=said)

        self._executor.run(actor, command)


def _seen(context: Context, case_id: str, action: str) -> tuple[cases.CaseRow, authorization.ObjectFacts]:
    row = cases.get(context.uow, case_id)
    if row is None:
        raise errors.NotFound(case_id=case_id)
    about = facts.of_case(context, row)
    authorization.require(context.actor, action, about)
    return row, about


def _maskable(context: Context, row: cases.CaseRow, about: authorization.ObjectFacts) -> Iterable[tuple[str, Field]]:
    """Of the records whose existence the actor may know: the questions whose answers they do not see, of classes they may ask for."""
    visible, may_open = authorization.visible_sensitivity(context.actor, about), authorization.unmaskable(context.actor, about)
    known = [form for instance in instance_rows.of_case(context.uow, row.id) for form in ran_by.of(context, instance).forms]
    for record in sorted(cases.record_versions(context.uow, row.id)):
        if casefile.sensitivity_of(record) in visible and record not in rules.DERIVED:
            for field in forms.merged(form for form in known if form.record == record).values():
                if field.sensitivity in may_open and (field.sensitivity not in visible or masking.is_name(field)):
                    yield record, field
