"""Drafts of forms that are no tasks: what one person typed and has not sent, sealed. Under the case's key where the form belongs to a
case, so that it goes with the case; else under a key of the person's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine import canonical, seal
from engine.executor import Context
from engine.types import Value
from storage import form_drafts as rows
from storage import randomness
from storage.cases import CaseRow

START, NOTE, ACTION, ANSWER, CORRECTION, SUPERVISION = "start", "note", "action", "answer", "correction", "supervision"
NOTHING: Final[tuple[Mapping[str, Value], None]] = ({}, None)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the actor's draft of one form is kept: what kind of form, about what, in which case ("": in none)."""

    kind: str
    about: str
    case_id: str
    account_id: str
    key: bytes

    @property
    def form(self) -> str:
        return f"{self.kind}:{self.about}"

    @property
    def bound_to(self) -> str:
        return f"{self.kind} draft:{self.account_id}:{self.about}" + (f":{self.case_id}" if self.case_id else "")


def in_case(context: Context, row: CaseRow, kind: str, about: str) -> Place:
    """The place for a form of a case. Raises `KeyDestroyed` for one that was erased."""
    return Place(kind=kind, about=about, case_id=row.id, account_id=context.actor.account_id,
                 key=context.case_key(row.id, row.wrapped_key))


def own(context: Context, kind: str, about: str = "") -> Place:
    """The place for a form that belongs to no case."""
    return Place(kind=kind, about=about, case_id="", account_id=context.actor.account_id,
                 key=seal.derived(context.executor.master_key, f"start drafts of {context.actor.account_id}"))


def keep(context: Context, place: Place, typed: Mapping[str, Any]) -> datetime:
    """Keeps what was typed, unvalidated, in place of what was kept before; when."""
    sealed = seal.seal(place.key, canonical.dumps(dict(typed)), nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=place.bound_to)
    rows.put(context.uow, rows.FormDraftRow(
        case_id=place.case_id, form=place.form, account_id=place.account_id, agency_id=context.actor.agency_id, ciphertext=sealed,
        saved_at=context.now))
    return context.now


def kept(context: Context, place: Place) -> tuple[Mapping[str, Value], datetime | None]:
    """What the actor typed there and when it was kept; nothing, and None, where there is none."""
    row = rows.get(context.uow, place.case_id, place.form, place.account_id)
    if row is None or row.agency_id != context.actor.agency_id:
        return NOTHING
    return canonical.loads(seal.unseal(place.key, row.ciphertext, bound_to=place.bound_to)), row.saved_at


def drop(context: Context, kind: str, about: str = "", *, case_id: str = "", saved_at: datetime | None = None) -> None:
    """The actor sent it, or wants it no more; only the one that was kept at `saved_at`, where that is given. Dropping what is not there
    changes nothing."""
    rows.drop(context.uow, case_id, f"{kind}:{about}", context.actor.account_id, saved_at=saved_at)


def drop_all(context: Context, kind: str, about: str, *, case_id: str) -> None:
    """Somebody sent it, and nobody can any more."""
    rows.drop_all(context.uow, case_id, f"{kind}:{about}")
