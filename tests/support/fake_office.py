"""The office's parts of the engine in memory: an empty desk, nobody on duty, no sessions."""

from __future__ import annotations

from typing import Any

from engine import authorization, errors
from engine.commands.assignment import CannotOwn
from engine.office_results import CaseStaff
from engine.results import Page
from engine.types import Actor


class Desk:
    """Nothing wants attention."""

    def tiles(self, actor: Actor) -> tuple[Any, ...]:
        authorization.require(actor, "desk.read")
        return ()

    def decision(self, actor: Actor, task_id: str) -> None:
        return None

    def workload(self, actor: Actor) -> tuple[Any, ...]:
        return ()

    def step_times(self, actor: Actor, *, days: int = 90) -> tuple[Any, ...]:
        return ()


class Roster:
    """Nobody is on duty."""

    def shifts(self, actor: Actor) -> tuple[Any, ...]:
        return ()

    def on_duty(self, actor: Actor) -> tuple[Any, ...]:
        return ()

    def escalation(self, actor: Actor, task_id: str) -> None:
        return None

    def add_shift(self, actor: Actor, account_id: str, **given: Any) -> str:
        raise errors.InvalidSubmission({})

    def remove_shift(self, actor: Actor, shift_id: str) -> None:
        raise errors.NotFound(shift_id=shift_id)


class Supervision:
    """No session was held."""

    def sessions(self, actor: Actor, *, page: int = 1) -> Page[Any]:
        return Page(rows=(), total=0)

    def get(self, actor: Actor, session_id: str) -> None:
        raise errors.NotFound(session_id=session_id)

    def write(self, actor: Actor, worker_id: str, **given: Any) -> str:
        raise errors.InvalidSubmission({})


class CaseStaffing:
    """Part of the fake cases: everybody's case has nobody in charge yet."""

    _engine: Any

    def staff(self, actor: Actor, case_id: str) -> CaseStaff:
        detail = self._engine.cases.get(actor, case_id)
        return CaseStaff(case_id=case_id, business_key=detail.summary.business_key, risk=detail.summary.risk, is_open=True, owner_id=None,
                         owner_name="", assignments=(), conflicts=(), may=frozenset())

    def assign_owner(self, actor: Actor, case_id: str, owner_id: str, *, note: str = "") -> None:
        self._engine.cases.get(actor, case_id)
        raise CannotOwn(case_id=case_id)

    def declare_conflict(self, actor: Actor, case_id: str, account_id: str, *, reason: str) -> None:
        raise errors.NotFound(account_id=account_id)

    lift_conflict = declare_conflict

    def reviews_waiting(self, actor: Actor) -> int:
        return 0
