"""`engine.partner`: referral partners without an account, and whoever refers to them.

A partner has a link and, for each visit, a one-time code that comes by another channel. Everything that is no link which still stands
answers `NotFound`, whatever is wrong with it; what it does not lead to is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from engine import authorization, case_chain, errors, facts, forms, idempotency, own_referrals, partner_scope, receipts, seal
from engine.case_documents import summary
from engine.casefile import release
from engine.commands import access, documents, form_drafts
from engine.commands import partner as commands
from engine.definitions import Definition
from engine.executor import Context, Executor
from engine.partner_results import (
    CaseReferrals, NewLink, PartnerFace, PartnerLink, PartnerPacket, PartnerProgress, PartnerReferral, PartnerTask, ReferralOut,
)
from engine.partner_scope import Asked, Opened
from engine.results import DocumentRow, FormView
from engine.settings import Settings
from engine.types import Actor
from storage import accounts, agencies, cases, crypto, instances, partner_links
from storage import documents as document_rows
from storage.partner_links import LinkRow

T = TypeVar("T")
_CLASSES = frozenset({"C0", "C1", "C2", "C3"})
_NOBODY = Actor(account_id="", agency_id="", name="")


class Partner:
    """Links for referrals, and what their partners see and answer."""

    def __init__(self, executor: Executor, settings: Settings) -> None:
        self._executor, self._settings = executor, settings

    # --- whoever refers ------------------------------------------------------------------------------------------------

    def referrals(self, actor: Actor, case_id: str) -> CaseReferrals:
        """The case's referrals that wait for a provider or had a link, with codes that stand now. Raises `NotFound`."""
        def query(context: Context) -> CaseReferrals:
            case = self._referred(context, case_id)
            return CaseReferrals(case_id=case_id, business_key=case.row.business_key, rows=tuple(_rows(context, case)))

        return self._executor.read(actor, query)

    def issue_link(self, actor: Actor, case_id: str, task_id: str, *, contact: str) -> NewLink:
        """A link for the provider that a task of this case waits for; any other of the same referral ends. Shown this once.

        Raises:
            NotFound: no such task waits in this case. NotShareable, InvalidSubmission: as `commands.partner.issue`.
        """
        def command(context: Context) -> NewLink:
            case = self._referred(context, case_id)
            row, token = commands.issue(context, case, _asked(context, case, task_id), contact=contact)
            return NewLink(id=row.id, token=token, provider=commands.content_of(case.key, row).provider)

        return self._executor.run(actor, command)

    def revoke_link(self, actor: Actor, case_id: str, link_id: str) -> None:
        """Ends a link of this case at once. Raises `NotFound`."""
        def command(context: Context) -> None:
            case = self._referred(context, case_id)
            link = next((each for each in partner_links.of_case(context.uow, case_id) if each.id == link_id), None)
            if link is None:
                raise errors.NotFound(link_id=link_id)
            commands.revoke(context, case.row, link)

        self._executor.run(actor, command)

    def proxy_form(self, actor: Actor, case_id: str, task_id: str) -> tuple[FormView, str]:
        """The provider's form for whoever writes its answer down, and the provider. Raises `NotFound`."""
        def query(context: Context) -> tuple[FormView, str]:
            case = self._referred(context, case_id)
            asked = _asked(context, case, task_id)
            to = case.provider_of(asked.line_no)
            return forms.to_fill(commands.proxy_form(asked.form), {}, _CLASSES), to.name if to is not None else ""

        return self._executor.read(actor, query)

    def answer_for(self, actor: Actor, case_id: str, task_id: str, submission: Mapping[str, Any]) -> None:
        """Writes the provider's answer or report down in its place, with evidence. Raises as `commands.partner.answer_for`."""
        def command(context: Context) -> None:
            case = self._referred(context, case_id)
            commands.answer_for(context, case, _asked(context, case, task_id), submission)

        self._executor.run(actor, command)

    # --- the partner -----------------------------------------------------------------------------------------------------

    def face(self, token: str) -> PartnerFace:
        """What the link shows to whoever has it: reading changes nothing, so machines that preview links do no harm."""
        return self._reading(self._by_token(token), lambda context, link, case, asked: self._face(context, link, case, asked))

    def ask_code(self, token: str) -> None:
        """Has a code made, which whoever referred tells by another channel; one that stands stays."""
        self._acting(self._by_token(token), lambda context, link, case, asked: commands.ask_code(context, case, link, self._settings))

    def enter(self, token: str, code: str) -> str:
        """A session token for the right code. Raises `WrongCode`."""
        return self._acting(self._by_token(token), lambda context, link, case, asked: commands.enter(
            context, case, link, code, self._settings))

    def leave(self, session: str) -> None:
        """Ends the session; on purpose no error where there is none."""
        digest = crypto.digest(session.encode())
        self._executor.run(_NOBODY, lambda context: (
            partner_links.change(context.uow, link.id, {"session_hash": None})
            if (link := partner_links.by_session(context.uow, digest)) is not None else None))

    def referral(self, session: str) -> PartnerReferral:
        """The packet; its reading stands in the access log, the first is the read receipt."""
        def command(context: Context, link: LinkRow, case: Opened, asked: Asked | None) -> PartnerReferral:
            commands.saw(context, link)
            access.log(context, case.row.id, what=access.READ, field_group=f"referral:{link.id}")
            return self._referral(context, link, case, asked)

        return self._acting(self._by_session(session), command)

    def document(self, session: str, document_id: str) -> tuple[DocumentRow, bytes]:
        """A document of the packet, with its bytes; its reading stands in the access log."""
        def command(context: Context, link: LinkRow, case: Opened, asked: Asked | None) -> tuple[DocumentRow, bytes]:
            return _document(context, case, link.line_no, commands.content_of(case.key, link).provider, document_id)

        return self._acting(self._by_session(session), command)

    def answer(self, session: str, task_id: str, submission: Mapping[str, Any]) -> None:
        """Answers the referral, or reports on the service. Raises as `commands.partner.answer`, and `TaskGone` for what no longer
        waits."""
        def command(context: Context, link: LinkRow, case: Opened, asked: Asked | None) -> None:
            if asked is None or asked.row.id != task_id:
                raise errors.TaskGone(task_id=task_id)
            commands.answer(context, case, link, asked, submission)

        self._acting(self._by_session(session), command, action="partner.answer")

    def asked(self, session: str) -> tuple[PartnerTask | None, str]:
        """What is asked of the partner now, and the time zone of the office that asks: nothing of the packet is read by it."""
        return self._reading(self._by_session(session), lambda context, link, case, asked: (
            None if asked is None else _task(context, case, asked), partner_scope.zone(context)))

    def save_draft(self, session: str, task_id: str, submission: Mapping[str, Any]) -> datetime:
        """Keeps what the partner typed so far, unvalidated, for whoever comes in by this link; when. Raises `TaskGone`."""
        def command(context: Context, link: LinkRow, case: Opened, asked: Asked | None) -> datetime:
            if asked is None or asked.row.id != task_id:
                raise errors.TaskGone(task_id=task_id)
            return form_drafts.keep(context, form_drafts.in_case(context, case.row, form_drafts.ANSWER, task_id), submission)

        return self._acting(self._by_session(session), command, action="partner.answer")

    def drop_draft(self, session: str, task_id: str) -> None:
        """Forgets it. Dropping what is not there changes nothing."""
        def command(context: Context, link: LinkRow, case: Opened, asked: Asked | None) -> None:
            form_drafts.drop(context, form_drafts.ANSWER, task_id, case_id=case.row.id)

        self._acting(self._by_session(session), command, action="partner.answer")

    def add_progress(self, session: str, text: str, *, idempotency_key: str | None = None) -> None:
        """News between answer and report; under the same key once. Raises `TaskGone` where no report is awaited, `InvalidSubmission`."""
        def command(context: Context, link: LinkRow, case: Opened, asked: Asked | None) -> None:
            if asked is None or not asked.is_report:
                raise errors.TaskGone(task_id="")
            idempotency.once(context, idempotency_key, ["progress", link.id, text],
                             lambda: commands.add_progress(context, case, link, text), lambda _: None, lambda _: {})

        self._acting(self._by_session(session), command, action="partner.answer")

    # --- the partner with an account ---------------------------------------------------------------------------------------

    def packet(self, actor: Actor, task_id: str) -> PartnerPacket:
        """The packet of a referral that waits for the actor's provider; its reading stands in the access log. Raises `NotFound`."""
        def command(context: Context) -> PartnerPacket:
            case, line_no, definition = own_referrals.referral(context, task_id)
            to = case.provider_of(line_no)
            access.log(context, case.row.id, what=access.READ, field_group=f"referral:{task_id}")
            try:
                told = partner_scope.told(context, case, line_no, definition)
            except release.NotReleased:
                told = ()
            return PartnerPacket(told=told, consented=partner_scope.consented(context, case, line_no), documents=tuple(
                summary(row) for row in partner_scope.packet(context, case, line_no, to.name if to is not None else "")))

        return self._executor.run(actor, command)

    def packet_document(self, actor: Actor, task_id: str, document_id: str) -> tuple[DocumentRow, bytes]:
        """A document of that packet, with its bytes; its reading stands in the access log. Raises `NotFound`."""
        def command(context: Context) -> tuple[DocumentRow, bytes]:
            case, line_no, _ = own_referrals.referral(context, task_id)
            to = case.provider_of(line_no)
            return _document(context, case, line_no, to.name if to is not None else "", document_id)

        return self._executor.run(actor, command)

    # --- inside ------------------------------------------------------------------------------------------------------------

    def _referred(self, context: Context, case_id: str) -> Opened:
        row = cases.get(context.uow, case_id)
        if row is None:
            raise errors.NotFound(case_id=case_id)
        authorization.require(context.actor, "case.refer", facts.of_case(context, row))
        return partner_scope.opened(context, row)

    def _by_token(self, token: str) -> Callable[[Context], LinkRow | None]:
        digest = receipts.digest_of(self._executor.master_key, token)
        return lambda context: partner_links.by_token(context.uow, digest)

    @staticmethod
    def _by_session(session: str) -> Callable[[Context], LinkRow | None]:
        digest = crypto.digest(session.encode())

        def find(context: Context) -> LinkRow | None:
            link = partner_links.by_session(context.uow, digest)
            return link if link is not None and link.session_until is not None and context.now < link.session_until else None

        return find

    def _reading(self, find: Callable[[Context], LinkRow | None], query: Callable[..., T]) -> T:
        actor = self._actor(find)
        return self._executor.read(actor, lambda context: self._with(context, find, query, "partner.read"))

    def _acting(self, find: Callable[[Context], LinkRow | None], command: Callable[..., T], *, action: str = "partner.read") -> T:
        actor = self._actor(find)
        return self._executor.run(actor, lambda context: self._with(context, find, command, action))

    def _actor(self, find: Callable[[Context], LinkRow | None]) -> Actor:
        link = self._executor.read(_NOBODY, find)
        if link is None:
            raise errors.NotFound(link="")
        return commands.actor_of(link)

    def _with(self, context: Context, find: Callable[[Context], LinkRow | None], act: Callable[..., T], action: str) -> T:
        """The link is read again inside the command: what ended it a moment ago ends this too."""
        link = find(context)
        case = cases.get(context.uow, link.case_id) if link is not None else None
        if link is None or case is None or case.wrapped_key is None:
            raise errors.NotFound(link="")
        authorization.require(context.actor, action, authorization.ObjectFacts(
            agency_id=link.agency_id, assignee_id=commands.actor_of(link).account_id))
        content = commands.content_of(context.case_key(case.id, case.wrapped_key), link)
        opened, asked = partner_scope.standing(context, link, content.provider, ends_after=self._settings.partner_link_after_done)
        return act(context, link, opened, asked)

    def _face(self, context: Context, link: LinkRow, case: Opened, asked: Asked | None) -> PartnerFace:
        definition = _definition(context, link.instance_id)
        agency = agencies.get(context.uow, link.agency_id)
        return PartnerFace(
            agency=agency.name if agency is not None else "", zone=partner_scope.zone(context),
            service=partner_scope.service_of(case, link.line_no, definition),
            risk=case.row.risk, reply_due=asked.reply_due if asked is not None else None,
            is_reply_late=asked is not None and asked.is_late, code_tries=self._settings.partner_code_tries,
            code_lasts=int(self._settings.partner_code_for.total_seconds() // 60))

    def _referral(self, context: Context, link: LinkRow, case: Opened, asked: Asked | None) -> PartnerReferral:
        content, definition = commands.content_of(case.key, link), _definition(context, link.instance_id)
        try:
            told = partner_scope.told(context, case, link.line_no, definition)
        except release.NotReleased:
            raise errors.NotFound(link="") from None
        issuer = accounts.get(context.uow, link.issued_by)
        return PartnerReferral(
            face=self._face(context, link, case, asked), provider=content.provider, contact=content.contact,
            companion=issuer.name if issuer is not None else "", told=told,
            consented=partner_scope.consented(context, case, link.line_no),
            documents=tuple(summary(row) for row in partner_scope.packet(context, case, link.line_no, content.provider)),
            task=None if asked is None else _task(context, case, asked),
            until=link.done_at + self._settings.partner_link_after_done if link.done_at is not None and asked is None else None)


def _task(context: Context, case: Opened, asked: Asked) -> PartnerTask:
    draft, saved_at = form_drafts.kept(context, form_drafts.in_case(context, case.row, form_drafts.ANSWER, asked.row.id))
    return PartnerTask(id=asked.row.id, name=asked.row.name, is_report=asked.is_report, draft=draft, draft_saved_at=saved_at,
                       form=forms.to_fill(partner_scope.form_of(asked.form), {}, _CLASSES))


def _document(context: Context, case: Opened, line_no: str | None, provider: str, document_id: str) -> tuple[DocumentRow, bytes]:
    """One document of a packet, read by whom it was released to."""
    known = {row.id for row in partner_scope.packet(context, case, line_no, provider)}
    row = document_rows.get(context.uow, document_id) if document_id in known else None
    if row is None or row.ciphertext is None:
        raise errors.NotFound(document_id=document_id)
    access.log(context, case.row.id, what=access.READ, field_group=document_id)
    return summary(row), seal.unseal(case.key, row.ciphertext, bound_to=documents.binding(document_id))


def _asked(context: Context, case: Opened, task_id: str) -> Asked:
    """What waits for a provider in this case under that id: a task of another case is not there."""
    for instance in instances.of_case(context.uow, case.row.id):
        for each in partner_scope.asked_of_providers(context, case, instance.id):
            if each.row.id == task_id:
                return each
    raise errors.NotFound(task_id=task_id)


def _definition(context: Context, instance_id: str) -> Definition:
    row = instances.get(context.uow, instance_id)
    assert row is not None  # a link points at it
    return context.executor.definition(context.uow, row.deployment_id)


def _rows(context: Context, case: Opened) -> list[ReferralOut]:
    links = partner_links.of_case(context.uow, case.row.id)
    names = accounts.names(context.uow, {each.issued_by for each in links})
    told = [each for each in case_chain.read(context, case.row) if each.kind == commands.PROGRESS]
    found: dict[tuple[str, str | None], ReferralOut] = {}
    for instance in instances.of_case(context.uow, case.row.id):
        definition = context.executor.definition(context.uow, instance.deployment_id)
        for asked in partner_scope.asked_of_providers(context, case, instance.id):
            to = case.provider_of(asked.line_no)
            name = to.name if to is not None else ""
            found[instance.id, asked.line_no] = ReferralOut(
                line_no=asked.line_no, service=partner_scope.service_of(case, asked.line_no, definition), provider=name,
                task_id=asked.row.id, task_name=asked.row.name, is_report=asked.is_report, reply_due=asked.reply_due,
                is_reply_late=asked.is_late, is_covered=bool(name) and partner_scope.may_see(context, case, asked.line_no, name),
                links=(), progress=())
    for link in links:
        place = (link.instance_id, link.line_no)
        row = found.setdefault(place, ReferralOut(
            line_no=link.line_no, service=partner_scope.service_of(case, link.line_no, _definition(context, link.instance_id)),
            provider=commands.content_of(case.key, link).provider, task_id=None, task_name="", is_report=False, reply_due=None,
            is_reply_late=False, is_covered=False, links=(), progress=()))
        news = tuple(PartnerProgress(at=each.at, text=str(each.content["text"])) for each in told if each.content["link"] == link.id)
        found[place] = replace(row, progress=(*row.progress, *news), links=(*row.links, PartnerLink(
            id=link.id, issued_at=link.issued_at, issued_by=names.get(link.issued_by, ""), opened_at=link.opened_at,
            revoked_at=link.revoked_at, code=commands.standing_code(context, case.key, link), code_until=link.code_until)))
    return list(found.values())
