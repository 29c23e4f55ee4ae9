"""Search before create: is there a case of this person already? Asked by sound and number, answered masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine import authorization, case_index, errors, facts, reasons
from engine.casefile import kept, likeness
from engine.casefile.likeness import Asked
from engine.commands import access
from engine.executor import Context, Executor
from engine.results import Anew, LikelyCase
from engine.types import Actor
from storage import accounts, agencies, case_search, cases, notices, randomness

SHOWN: Final = 10
_ASK: Final = "case.start"
NOTICE: Final = "access_asked"


class CaseSearch:
    """Part of `engine.cases`, for those who may begin a case."""

    _executor: Executor

    def likely(self, actor: Actor, *, name: str = "", nik: str = "", phone: str = "", birth_year: str = "") -> tuple[LikelyCase, ...]:
        """Cases of the agency that may be about this person, the likeliest first, at most ten: code, unit, last activity, score, why.
        Cases in which the actor has a conflict of interest are none. Each that is shown stands in its access log.

        Raises:
            InvalidSubmission: nothing was given that tells one person from others.
        """
        authorization.require(actor, _ASK)
        asked = likeness.marks(Asked(name=name, nik=nik, phone=phone, birth_year=birth_year))
        if not any(kind != likeness.YEAR for kind, _ in asked):
            raise errors.InvalidSubmission({"name": (
                "Isi nama, NIK 16 angka, atau nomor telepon.", "Give a name, a NIK of 16 digits, or a phone number.")})

        def command(context: Context) -> tuple[LikelyCase, ...]:
            tokens = case_index.tokens(context, actor.agency_id, asked)
            hits = case_search.found(context.uow, actor.agency_id, tokens)
            scored = {case_id: likeness.score(asked, {tokens[each] for each in shared}) for case_id, shared in hits.items()}
            likely = sorted((case_id for case_id, (points, _) in scored.items() if points >= likeness.LIKELY),
                            key=lambda case_id: (-scored[case_id][0], case_id))[:SHOWN]
            rows = {row.id: row for row in cases.find(context.uow, actor.agency_id, ids=likely, reader=actor.account_id, limit=SHOWN)}
            about = dict(zip(rows, facts.of_cases(context, list(rows.values())), strict=True))
            owners = accounts.names(context.uow, {row.owner_id for row in rows.values() if row.owner_id})
            unit = agencies.get(context.uow, actor.agency_id)
            for case_id in rows:
                access.log(context, case_id, what=access.READ, field_group="part.search")
            return tuple(LikelyCase(
                case_id=case_id, business_key=rows[case_id].business_key, unit=unit.name if unit is not None else "",
                owner_name=owners.get(rows[case_id].owner_id or "", ""), is_open=rows[case_id].closed_at is None,
                last_at=rows[case_id].updated_at, score=scored[case_id][0], why=scored[case_id][1],
                may_read=authorization.allows(actor, "case.read", about[case_id])) for case_id in likely if case_id in rows)

        return self._executor.run(actor, command)

    def index_older(self, actor: Actor) -> int:
        """Puts cases into the index that were written before there was one, for the machine's operator; how many were looked at. Doing
        it again changes nothing."""
        authorization.require(actor, "case.rebuild", authorization.ObjectFacts(agency_id=actor.agency_id))
        looked, last = 0, ""

        def command(context: Context) -> tuple[int, str]:
            found = case_search.not_indexed(context.uow, actor.agency_id, after=last)
            for case_id, wrapped_key in found:
                case = kept.case_file(context, case_id, context.case_key(case_id, wrapped_key))
                case_index.follow(context, case_id, actor.agency_id, before={}, after=case.records)
            return len(found), found[-1][0] if found else ""

        while True:
            number, last = self._executor.run(actor, command)
            if not number:
                return looked
            looked += number

    @staticmethod
    def reason_for_anew(reason: str, alike: Sequence[str]) -> Anew:
        """Why a case is made although these looked like it, as `start` takes it. Raises `ReasonWanted`."""
        return Anew(reason=reasons.stated(reason), alike=tuple(alike))

    def ask_access(self, actor: Actor, case_id: str, *, reason: str) -> None:
        """Tells who answers for a case that somebody asks to see it: by code and verb. The reason stands in the access log.

        Raises:
            ReasonWanted: nothing somebody could judge. NotFound: no such case here.
        """
        authorization.require(actor, _ASK)
        said = reasons.stated(reason)

        def command(context: Context) -> None:
            row = cases.get(context.uow, case_id)
            if row is None or row.agency_id != actor.agency_id or actor.account_id in facts.of_case(context, row).conflicted:
                raise errors.NotFound(case_id=case_id)
            entry = access.log(context, case_id, what=NOTICE, field_group="case", purpose=said)
            role = None if row.owner_id else "case_manager"
            notices.add(context.uow, notices.NoticeRow(
                id=randomness.new_id(), agency_id=row.agency_id, account_id=row.owner_id, role=role, at=context.now, code=NOTICE,
                case_id=row.id, once=f"{NOTICE}:{row.id}:{entry}"))

        self._executor.run(actor, command)
