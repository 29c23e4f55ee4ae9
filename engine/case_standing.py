"""What a case has when somebody must decide about it, read from its file and its inbox: one reading for every decision of every SOP.

Facts and their instants, none of them judged: what must be there the SOP's own steps and rules say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from engine import authorization, case_parts, facts, refused_letters
from engine.case_parts import Known
from engine.casefile import kept
from engine.casefile import records as casefile
from engine.casefile.parts import part_of
from engine.commands import documents
from engine.commands.reissue import VOID
from engine.definitions import Definition
from engine.executor import Context
from engine.forms_schema import FieldType
from engine.office_results import CaseStanding, ConsentHeld, Finding, PaperHeld
from engine.results import Part
from engine.types import Value
from storage import cases
from storage import documents as document_rows
from storage.inbox import InboxRow

#: What the case file keeps of a document (domain.md 6): the record, and how the names of its fields begin where it is one part of it.
_KEPT_IN: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "F01": (("identification", ""),), "F02": (("identification", ""),),
    "F03": (("assessment", ""), ("identification", "assessment_")), "F04": (("plan", ""),), "F05": (("consent", ""),),
    "F06": (("hiv_consent", ""),), "F07": (("family_coordination", ""),), "F09": (("case_conference", ""),), "F12": (("handover", ""),),
    "F14": (("follow_up", ""),), "F15": (("provider_report", ""),), "F16": (("review", "line_reviews"),), "F17": (("referral", ""),),
    "F18": (("termination", ""),),
}
_CONSENT, _STATUS, _REFERRAL = "consent", "consent_status", "referral"
_CODED: Final = frozenset({FieldType.CHOICE, FieldType.CHOICES, FieldType.BOOLEAN})
_NOTHING_FOUND: Final[tuple[Value, ...]] = (None, "", False, [], "unknown", "not_asked", "declined")
_RISK: Final = ("risk", "risk_level", "risk_items")


def known_to(context: Context, rows: Iterable[InboxRow]) -> dict[str, Known]:
    """task id -> its case as the actor sees it; none where there is no case, or the case or the step is none that they may read of."""
    wanted = [row for row in rows if row.task.case_id is not None]
    ids = sorted({row.task.case_id or "" for row in wanted})
    found = cases.find(context.uow, context.actor.agency_id, ids=ids, limit=len(ids)) if ids else []
    readable = [(case, about) for case, about in zip(found, facts.of_cases(context, found), strict=True)
                if authorization.allows(context.actor, "case.read", about)]
    known = {each.row.id: each for each in case_parts.known_of(context, readable)}
    return {row.task.id: case for row in wanted if (case := known.get(row.task.case_id or "")) is not None
            and row.task.sensitivity in case.sight.classes}


def beside(known: Known, row: InboxRow, definition: Definition) -> CaseStanding:
    """How the case stands beside this task of it: papers, consent, and what else is open."""
    others = [each for each in known.open_tasks if each.id != row.task.id]
    referrals = {form.key for form in known.forms if form.record == _REFERRAL}
    return CaseStanding(
        papers=_papers(known, definition.element(row.task.element_id).inputs), consent=_consent(known), lines=_lines(known),
        open_steps=tuple(dict.fromkeys(each.name for each in others)), refused_letters=refused_letters.of_case(known),
        unanswered=tuple(sorted(each.ready_at for each in others if each.form_key in referrals and each.role in authorization.OUTSIDE)))


def findings(known: Known) -> tuple[Finding, ...]:
    """What each record of the assessment found last, in choices and yes or no, as the viewer may see it."""
    found = []
    for version in {each.record: each for each in known.stored}.values():
        asked = [field for key, field in known.asked(version.record).items()
                 if field.type in _CODED and (part_of(version.record) is Part.ASSESSMENT or key in _RISK)]
        said = kept.opened(known.key, version) if asked else {}
        fields = known.sight.read(version.record, [field for field in asked if said.get(field.key) not in _NOTHING_FOUND], said)
        if fields:
            found.append(Finding(record=version.record, at=version.at, fields=fields))
    return tuple(found)


def _papers(known: Known, codes: tuple[str, ...]) -> tuple[PaperHeld, ...]:
    stored = document_rows.of_case(known.context.uow, known.row.id) if codes else []
    issued = {each.code: each.issued_at for each in documents.visible(known.context, stored, known.sight.classes) if each.status != VOID}
    found = []
    for code in codes:
        places = _KEPT_IN.get(code, ())
        is_shown = all(casefile.sensitivity_of(record) in known.sight.classes for record, _ in places)
        written = [issued.get(code), *(_last_said(known, record, prefix) for record, prefix in places)]
        found.append(PaperHeld(code=code, at=max(filter(None, written), default=None) if is_shown else None, is_shown=is_shown))
    return tuple(found)


def _last_said(known: Known, record: str, prefix: str = "") -> datetime | None:
    """When what the record says in fields of that prefix was last written anew."""
    at, before = None, dict[str, Value]()
    for version in known.stored:
        if version.record == record:
            said = {key: value for key, value in kept.opened(known.key, version).items()
                    if key.startswith(prefix) and value not in (None, "")}
            if said and said != before:
                at = version.at
            before = said
    return at


def _consent(known: Known) -> ConsentHeld | None:
    asked = known.fields_of(_CONSENT).get(_STATUS)
    if (asked.sensitivity if asked is not None else "C2") not in known.sight.classes:
        return None
    versions = [each for each in known.stored if each.record == _CONSENT]
    said = kept.opened(known.key, versions[-1]) if versions else {}
    (status,) = known.sight.read(_CONSENT, [asked], said) if asked is not None and said.get(_STATUS) else (None,)
    return ConsentHeld(status=status, at=versions[-1].at if versions else None)


def _lines(known: Known) -> tuple[tuple[str, int], ...]:
    versions = case_parts.plan(known).versions
    return tuple(Counter(line.status for line in versions[0].lines).items()) if versions else ()

