"""What stands against sending a form as it is filled in so far: told on its page, before anybody sends it.

The same rules decide again when it is sent; a page that says nothing is no promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from engine.casefile import kept, statements
from engine.casefile.case import Case, Submission
from engine.casefile.release import addressee_of
from engine.casefile.release_consent import Receiver, coverage
from engine.definitions import Definition
from engine.forms_schema import Form
from engine.types import Text, Value

REFERRAL: Final = "referral"
PROVIDER, KIND = "provider", "provider_kind"
_NOT_COVERED: Final = Text(
    "Persetujuan yang tercatat tidak mencakup penyelenggara ini, maka suratnya belum boleh dibuat. Minta dan catat persetujuannya dahulu, "
    "atau pilih penyelenggara yang sudah disetujui.",
    "The consent on record does not cover this provider, so no letter may be made for it yet. Ask for that consent and record it first, "
    "or choose a provider that was agreed to.")


def of_form(definition: Definition, form: Form, case: Case, typed: Submission, *, risk: str, on: date) -> Text | None:
    """What is known by now to stand against it: a rule of every case, or a consent that does not cover the provider who was typed, or
    was planned for this line while nobody typed one. None: nothing is."""
    if form.record is None:
        return None
    submission = typed if form.record != REFERRAL else _with_planned(form, case, typed)
    found = kept.refusal(definition, form.record, case, submission, risk=risk, on=on)
    if found is not None:
        return Text(f"Belum dapat dikirim begini. {found.message()}", f"Cannot be sent like this. {found.message('en')}")
    return _NOT_COVERED if form.record == REFERRAL and not _covered(case, submission, on) else None


def _with_planned(form: Form, case: Case, typed: Submission) -> Submission:
    """The form with whom the plan names for its line, where it asks for a provider and none was typed yet."""
    planned = statements.provider_of(case, typed.line_no)
    if planned is None or typed.text(PROVIDER) or all(field.key != PROVIDER for field in form.fields):
        return typed
    kind = {} if planned.kind is Receiver.OTHER else {KIND: planned.kind.value}
    return replace(typed, values={PROVIDER: planned.name, **kind, **typed.values})


def _covered(case: Case, submission: Submission, on: date) -> bool:
    """False only of a provider whose name and kind are both known."""
    typed: Mapping[str, Mapping[str, Value]] = {REFERRAL: submission.values}
    if not submission.text(PROVIDER) or not submission.text(KIND):
        return True
    to = addressee_of(typed, f"{REFERRAL}.{KIND}", f"{REFERRAL}.{PROVIDER}", line=submission.line_no)
    return coverage(to, statements.said(case), on=on).allows
