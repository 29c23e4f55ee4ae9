"""What people decided about a case beside its SOPs' steps, as a viewer may read it: in its own chain, and of its instances as wholes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine import authorization, journal, pack, seal
from engine.access_reading import People
from engine.case_chain import CaseEntry
from engine.commands import assignment, conflicts, made_anew, notes, simfoni
from engine.executor import Context
from engine.masking import Sight
from engine.results import CaseAct
from storage import accounts, cases, instances, payloads
from storage import journal as journal_rows

#: What is done to an instance as a whole: it moves no element that a history row could name.
OF_INSTANCES: Final = ("suspend", "resume", "cancel", "migrate")
#: Where it says why, the calendar or parameters of the agency changed (nothing of which is secret); else the risk, which its steps tell.
CHANGE_TABLES: Final = "change_tables"


@dataclass(frozen=True, kw_only=True)
class _Told:
    """One act before names are looked up."""

    seq: int
    at: datetime
    actor_id: str
    what: str
    about: str = ""
    said: str = ""
    sop_title: str = ""
    versions: tuple[int, ...] = ()


def of_case(context: Context, row: cases.CaseRow, about: authorization.ObjectFacts, sight: Sight,
            of_instances: Sequence[instances.InstanceRow], chain: Sequence[CaseEntry]) -> tuple[CaseAct, ...]:
    """Acts in order, those of the case's own `chain` among them, without what the viewer may not know of. None of a case that was erased:
    what was said is gone."""
    if row.wrapped_key is None:
        return ()
    may_know_conflicts = any(authorization.allows(context.actor, action, about) for action in ("case.conflict", "audit.replay"))
    told = [_of_entry(each, sight.classes) for each in chain if _may_know(each, chain, sight.classes, may_know_conflicts)]
    told += _of_instances(context, row, sight.classes, of_instances)
    if not told:
        return ()
    # Who works together knows each other by name; an audit judges roles (domain.md 5.1).
    by_name = context.actor.holds(*authorization.STAFF)
    wanted = {each.actor_id for each in told} | {each.about for each in told if each.about}
    names = accounts.names(context.uow, wanted) if by_name else {}
    people = People(context)
    return tuple(
        CaseAct(seq=each.seq, at=each.at, actor_name=names.get(each.actor_id, ""), what=each.what, about=names.get(each.about, ""),
                actor_roles=() if each.actor_id in names else people.roles(each.actor_id, each.at), said=each.said,
                sop_title=each.sop_title, versions=each.versions)
        for each in sorted(told, key=lambda each: each.at))


def _may_know(entry: CaseEntry, chain: Iterable[CaseEntry], classes: frozenset[str], may_know_conflicts: bool) -> bool:
    if entry.kind in (conflicts.DECLARE, conflicts.LIFT):
        return may_know_conflicts
    if entry.kind == notes.NOTE:   # of the highest class any of its versions had, as where it is read
        number = entry.content.get("of", entry.seq)
        return {str(each.content["sensitivity"]) for each in chain
                if each.kind == notes.NOTE and each.content.get("of", each.seq) == number} <= classes
    return True


def _of_entry(entry: CaseEntry, classes: frozenset[str]) -> _Told:
    content, about, said, least = entry.content, "", "", "C3"
    what = entry.kind
    match entry.kind:
        case assignment.ASSIGN:
            about, said = content["to"] or "", content["note"]
        case conflicts.DECLARE | conflicts.LIFT:
            about, said = content["who"], content["reason"]
        case made_anew.MADE_ANEW:
            said, least = content.get("reason", ""), "C2"
        case simfoni.ENTRY:
            what = entry.kind if content["entered"] else "simfoni_taken_back"
            said, least = " · ".join(part for part in (content["reference"], content.get("reason", "")) if part), "C2"
    return _Told(seq=entry.seq, at=entry.at, actor_id=entry.actor_id, what=what, about=about, said=said if least in classes else "")


def _of_instances(context: Context, row: cases.CaseRow, classes: frozenset[str],
                  of_instances: Sequence[instances.InstanceRow]) -> list[_Told]:
    found = journal_rows.of_kinds(context.uow, row.id, (*OF_INSTANCES, CHANGE_TABLES))
    if not found:
        return []
    key = context.case_key(row.id, row.wrapped_key)
    sealed = payloads.get_many(context.uow, {each.payload_digest for each in found if each.payload_digest})
    titles = {each.id: (each.sop_title or {}).get("id", "") for each in of_instances}
    notes = {each: _note(each, sealed, key) for each in found}
    return [_Told(seq=each.seq, at=each.at, actor_id=each.actor_id, what=each.kind, sop_title=titles.get(each.chain_id, ""),
                  versions=tuple(note.get(journal.VERSIONS, ())),
                  said=str(note.get(journal.REASON, "")) if "C2" in classes or each.kind == CHANGE_TABLES else "")
            for each, note in notes.items() if each.kind != CHANGE_TABLES or journal.REASON in note]


def _note(row: journal_rows.JournalRow, sealed: Any, key: bytes) -> Mapping[str, Any]:
    ciphertext = sealed.get(row.payload_digest or "")
    if ciphertext is None:
        return {}
    return journal.read_content(row.kind, seal.unseal(key, ciphertext, bound_to=pack.payload_binding(row.chain_id, row.seq)))[2]
