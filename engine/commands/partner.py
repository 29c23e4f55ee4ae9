"""A referral partner without an account: the link, the one-time code that opens it, and what its partner answers.

Whoever came in acts as the machine's own actor `partner:` and the id of the link, whose rights end at the one referral it leads to.
An answer completes the task the diagram waits with, through the form it waits with; the journal's note names the provider.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from engine import authorization, canonical, case_chain, errors, filling, partner_scope, receipts, seal
from engine.advance import LiveInstance
from engine.case_chain import CaseEntry
from engine.commands import form_drafts
from engine.commands import tasks as task_commands
from engine.executor import Context
from engine.forms_schema import Form
from engine.partner_scope import Asked, Opened
from engine.settings import Settings
from engine.types import Actor, Value
from storage import crypto, notices, partner_links, randomness, tasks
from storage.cases import CaseRow
from storage.partner_links import LinkRow

ISSUE, REVOKE, PROGRESS = "issue_partner_link", "revoke_partner_link", "partner_progress"
CONTACT_LENGTH: Final = 200
PROGRESS_LENGTH: Final = 4000
_CODE_DIGITS: Final = 6
_SAID_BY: Final = "on_behalf_of"
_EVIDENCE: Final = ("told_at", "reply_file", "report_file")


class WrongCode(errors.EngineError):
    """This is not the code, or its time or its tries are over; ask for a new one."""

    code = "wrong-code"
    indonesian = "Kode itu salah, atau waktu dan kesempatannya sudah habis; minta kode baru."


class NotShareable(errors.EngineError):
    """No link can be made for this referral now: it waits for no provider, or no consent covers the provider that is asked."""

    code = "not-shareable"
    indonesian = ("Tautan belum dapat dibuat untuk rujukan ini: tidak ada yang ditunggu dari penyelenggara, atau persetujuan tidak "
                  "mencakup penyelenggara yang diminta.")


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a link keeps under the case key."""

    provider: str
    contact: str


def actor_of(link: LinkRow) -> Actor:
    """Who acts by a link."""
    return Actor(account_id=f"{authorization.PARTNER}:{link.id}", agency_id=link.agency_id, name=authorization.PARTNER,
                 roles=frozenset({authorization.PARTNER}))


def content_of(key: bytes, link: LinkRow) -> Content:
    """What the link was made for."""
    return Content(**canonical.loads(seal.unseal(key, link.content, bound_to=_binding(link.id))))


# --- whoever refers --------------------------------------------------------------------------------------------------


def issue(context: Context, case: Opened, asked: Asked, *, contact: str) -> tuple[LinkRow, str]:
    """A new link for the provider asked now, in place of every other of this line; and its 128 random bits, which nobody keeps.

    Raises:
        NotShareable: as it says. InvalidSubmission: the contact is missing or too long.
    """
    to = case.provider_of(asked.line_no)
    if to is None or not to.name or not partner_scope.may_see(context, case, asked.line_no, to.name):
        raise NotShareable(task_id=asked.row.id)
    said = contact.strip()
    if not said or len(said) > CONTACT_LENGTH:
        raise errors.InvalidSubmission({"contact": (
            f"Tulis cara menghubungi Anda, paling banyak {CONTACT_LENGTH} huruf.",
            f"Write how to reach you, in at most {CONTACT_LENGTH} characters.")})
    for old in partner_links.of_case(context.uow, case.row.id):
        if (old.instance_id, old.line_no) == (asked.row.instance_id, asked.line_no) and old.revoked_at is None:
            revoke(context, case.row, old)
    token, link_id = receipts.written(randomness.random_bytes(receipts.RECEIPT_BYTES)), randomness.new_id()
    row = LinkRow(
        id=link_id, token_hash=receipts.digest_of(context.executor.master_key, token), agency_id=case.row.agency_id,
        case_id=case.row.id, instance_id=asked.row.instance_id, line_no=asked.line_no, issued_by=context.actor.account_id,
        issued_at=context.now, content=_sealed(case.key, {"provider": to.name, "contact": said}, _binding(link_id)))
    partner_links.add(context.uow, row)
    case_chain.append(context, case.row, ISSUE, {"link": link_id, "provider": to.name, "line_no": asked.line_no})
    return row, token


def revoke(context: Context, row: CaseRow, link: LinkRow) -> None:
    """Ends a link at once, whoever is in by it too. Twice is once."""
    if link.revoked_at is None:
        partner_links.change(context.uow, link.id, {"revoked_at": context.now, "code": None, "session_hash": None})
        case_chain.append(context, row, REVOKE, {"link": link.id})


def retell(context: Context, row: CaseRow, entry: CaseEntry) -> CaseRow:
    """Links are no part of the case row: what the chain says of them moves nothing."""
    return row


def answer_for(context: Context, case: Opened, asked: Asked, submission: Mapping[str, Any]) -> None:
    """Writes down what the provider answered by another way, with who said it and when, or its letter.

    Raises:
        InvalidSubmission: who said it is missing, or there is neither when nor a letter. As `answer` else.
    """
    if submission.get(_SAID_BY) and not any(submission.get(each) for each in _EVIDENCE):
        raise errors.InvalidSubmission({_SAID_BY: (
            "Tulis juga kapan penyelenggara menyampaikannya, atau unggah suratnya.",
            "Write also when the provider said it, or upload its letter.")})
    to = case.provider_of(asked.line_no)
    _complete(context, case, asked, proxy_form(asked.form), submission, provider=to.name if to is not None else "")


# --- the partner ------------------------------------------------------------------------------------------------------


def ask_code(context: Context, case: Opened, link: LinkRow, settings: Settings) -> None:
    """Makes a code that whoever issued the link tells by another channel. One that stands is not replaced before its time: guesses
    cannot be multiplied by asking again."""
    if link.code is not None and link.code_until is not None and context.now < link.code_until:
        return
    code = f"{int.from_bytes(randomness.random_bytes(8)) % 10 ** _CODE_DIGITS:0{_CODE_DIGITS}d}"
    partner_links.change(context.uow, link.id, {
        "code": _sealed(case.key, code, _code_binding(link.id)), "code_until": context.now + settings.partner_code_for, "code_tries": 0})
    _tell(context, link, "partner_code", once=f"{context.now.isoformat()}")


def enter(context: Context, case: Opened, link: LinkRow, typed: str, settings: Settings) -> str:
    """Lets whoever knows the code in: a session token, in place of any other of this link. The code is used up by it.

    Raises `WrongCode`; a wrong guess counts, whatever else happens.
    """
    stands = link.code is not None and link.code_until is not None and context.now < link.code_until
    if not stands or not partner_links.take_try(context.uow, link.id, most=settings.partner_code_tries):
        raise WrongCode()
    if not hmac.compare_digest(standing_code(context, case.key, link).encode(), "".join(typed.split()).encode()):
        context.refuse(WrongCode())
        return ""
    token = randomness.new_token()
    partner_links.change(context.uow, link.id, {
        "code": None, "session_hash": crypto.digest(token.encode()), "session_until": context.now + settings.partner_session_for})
    return token


def standing_code(context: Context, key: bytes, link: LinkRow) -> str:
    """The code that can be used now; empty for none."""
    if link.code is None or link.code_until is None or context.now >= link.code_until:
        return ""
    return str(canonical.loads(seal.unseal(key, link.code, bound_to=_code_binding(link.id))))


def saw(context: Context, link: LinkRow) -> None:
    """The packet was seen: the first time is the read receipt."""
    if link.opened_at is None:
        partner_links.change(context.uow, link.id, {"opened_at": context.now})
        _tell(context, link, "partner_opened", once="opened")


def answer(context: Context, case: Opened, link: LinkRow, asked: Asked, submission: Mapping[str, Any]) -> None:
    """Completes what waits for the partner.

    Raises:
        InvalidSubmission: fields need attention. TaskGone, TaskAlreadyClaimed, InstanceNotActive: somebody was first, or it is paused.
    """
    _complete(context, case, asked, partner_scope.form_of(asked.form), submission, provider=content_of(case.key, link).provider)
    if context.refusal is None:
        if asked.is_report:
            partner_links.change(context.uow, link.id, {"done_at": context.now})
        _tell(context, link, "partner_answered", once=asked.row.id)


def add_progress(context: Context, case: Opened, link: LinkRow, text: str) -> None:
    """What happened so far, before the report; a line in the case's own chain. Raises `InvalidSubmission`."""
    said = text.strip()
    if not said or len(said) > PROGRESS_LENGTH:
        raise errors.InvalidSubmission({"text": (f"Tulis kabarnya, paling banyak {PROGRESS_LENGTH} huruf.",
                                                 f"Write the news, in at most {PROGRESS_LENGTH} characters.")})
    seq = case_chain.append(context, case.row, PROGRESS, {"link": link.id, "text": said})
    _tell(context, link, "partner_answered", once=f"progress:{seq}")


def proxy_form(form: Form) -> Form:
    """The form as a companion fills it in a provider's place: who said it is asked first of all."""
    return replace(form, fields=tuple(replace(field, required=True) if field.key == _SAID_BY else field for field in form.fields))


# --- inside ------------------------------------------------------------------------------------------------------------


def _complete(context: Context, case: Opened, asked: Asked, form: Form, submission: Mapping[str, Any], *, provider: str) -> None:
    """Takes the task and does it, in one transaction. Whoever holds it already keeps it."""
    row = asked.row
    if row.assignee_id not in (None, context.actor.account_id):
        raise errors.TaskAlreadyClaimed(task_id=row.id)
    if row.assignee_id is None and not tasks.claim(context.uow, row.id, context.actor.account_id, context.now):
        raise errors.TaskGone(task_id=row.id)
    held = tasks.get(context.uow, row.id)
    assert held is not None
    about = authorization.ObjectFacts(agency_id=held.agency_id, role=held.role, assignee_id=held.assignee_id, is_open=True, worked_on=True)
    filled: list[task_commands.Filled] = []

    def fill(live: LiveInstance) -> task_commands.Filled:
        filled.append(filling.fill(context, live, form, submission, about))
        return filled[0]

    live, after = task_commands.complete(context, held, typed=submission, fill=fill, expected_revision=None, provider=provider)
    if after is None:
        if row.assignee_id is None:   # refused: nobody holds it who could not come back to it
            tasks.update_one(context.uow, row.id, {"assignee_id": None, "claimed_at": None})
        return
    filling.keep(context, live, form, filled[0], kind="complete_task", element_id=held.element_id, item=asked.item)
    form_drafts.drop_all(context, form_drafts.ANSWER, row.id, case_id=case.row.id)


def _tell(context: Context, link: LinkRow, code: str, *, once: str) -> None:
    notices.add(context.uow, notices.NoticeRow(
        id=randomness.new_id(), agency_id=link.agency_id, account_id=link.issued_by, role=None, at=context.now, code=code,
        case_id=link.case_id, once=f"{code}:{link.id}:{once}"))


def _sealed(key: bytes, value: Value, bound_to: str) -> bytes:
    return seal.seal(key, canonical.dumps(value), nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=bound_to)


def _binding(link_id: str) -> str:
    return f"partner link:{link_id}"


def _code_binding(link_id: str) -> str:
    return f"partner code:{link_id}"
