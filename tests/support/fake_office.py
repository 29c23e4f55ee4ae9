"""The office's parts of the engine in memory: a small desk, one person on duty, no sessions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine import authorization, errors
from engine.commands.assignment import CannotOwn
from engine.office_results import (
    CaseStaff, CaseStanding, ChainLink, ConsentHeld, DecisionBrief, Escalation, PaperHeld, QuietCase, Shift, StepTime, Tile, Workload,
)
from engine.provider_results import Directory
from engine.report_results import OverdueReport, Period, Statistics, TimeReport
from engine.results import Page
from engine.types import Actor


NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
PEOPLE = (
    Workload(account_id="acc-manajer", name="Bima Pratama", roles=("case_manager",), open_cases=0, high_risk=0, load=0, open_tasks=2,
             late_tasks=1, away_until=None, qualifications=()),
    Workload(account_id="acc-pendamping", name="Dewi Kartika", roles=("companion",), open_cases=3, high_risk=1, load=6, open_tasks=1,
             late_tasks=0, away_until=date(2026, 11, 27), qualifications=("Berpengalaman mendampingi anak",)))
SHIFT = Shift(id="s1", account_id="acc-pendamping", name="Dewi Kartika", phone="0800-0000-0000", starts_at=NOW - timedelta(hours=2),
              ends_at=NOW + timedelta(hours=6))


class Desk:
    """One late task, one case that nobody has, two people."""

    def tiles(self, actor: Actor) -> tuple[Tile, ...]:
        authorization.require(actor, "desk.read")
        return (Tile(key="late", count=1, lists="tasks"),
                Tile(key="unassigned", count=1, lists="cases", after=(timedelta(hours=1), timedelta(hours=3)), proposed=True))

    def tasks(self, actor: Actor, tile: str, *, page: int = 1) -> Page[Any]:
        return Page(rows=(), total=0)

    def cases(self, actor: Actor, tile: str, *, page: int = 1) -> Page[QuietCase]:
        row = QuietCase(id="case-1", business_key="KLB-2026-000001", risk="high", status="under_review", opened_at=NOW - timedelta(hours=5),
                        acted_at=NOW - timedelta(hours=4), owner_name="")
        return Page(rows=(row,), total=1)

    def decision(self, actor: Actor, task_id: str) -> DecisionBrief | None:
        standing = CaseStanding(papers=(PaperHeld(code="F03", at=NOW - timedelta(days=2)), PaperHeld(code="F04", at=None)),
                                consent=ConsentHeld(status=None, at=None), lines=(("planned", 2),), open_steps=("Mencatat persetujuan",),
                                refused_letters=(), unanswered=(NOW - timedelta(hours=3),))
        return DecisionBrief(requested_by=("Ayu Lestari",), requested_at=NOW, comments=(), standing=standing) if task_id == "task-1" else None

    def standings(self, actor: Actor, task_ids: Collection[str]) -> Mapping[str, CaseStanding]:
        return {}

    def workload(self, actor: Actor) -> tuple[Workload, ...]:
        return PEOPLE

    def step_times(self, actor: Actor, *, days: int = 90) -> tuple[StepTime, ...]:
        return (StepTime(sop_key="pengelolaan-kasus", sop_title="Pengelolaan Kasus", sop_title_en="Case management",
                         element_id="approve_case_report",
                         name="Menyetujui laporan kasus", role="case_manager", done=12, median=timedelta(minutes=8),
                         p90=timedelta(minutes=9), judged=12, on_time=11, handled_judged=12, handled_on_time=12),)


class Roster:
    """One person is on duty."""

    def shifts(self, actor: Actor) -> tuple[Shift, ...]:
        return (SHIFT,)

    on_duty = shifts

    def escalation(self, actor: Actor, task_id: str) -> Escalation | None:
        if task_id != "task-1":
            return None
        return Escalation(proposed=True, links=(
            ChainLink(step="holder", role="case_manager", names=("Bima Pratama",), phone="", at=NOW - timedelta(hours=3), told=True),
            ChainLink(step="duty_officer", role="", names=(SHIFT.name,), phone=SHIFT.phone, at=NOW - timedelta(hours=1), told=False)))

    def vacancy(self, actor: Actor, roles: Collection[str]) -> None:
        return None

    def add_shift(self, actor: Actor, account_id: str, **given: Any) -> str:
        raise errors.InvalidSubmission({})

    def remove_shift(self, actor: Actor, shift_id: str) -> None:
        raise errors.NotFound(shift_id=shift_id)


class Reports:
    """Nothing was done, nobody served, nothing left the house."""

    def times(self, actor: Actor, period: Period) -> TimeReport:
        return TimeReport(period=period, sops=(), flow=(), loads=(), is_whole=True)

    def heat_map(self, actor: Actor, sop_key: str, period: Period, *, language: str = "id") -> bytes:
        return b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"

    def overdue(self, actor: Actor) -> OverdueReport:
        return OverdueReport(at=NOW, tasks=(), limited=0, more=0)

    def statistics(self, actor: Actor, period: Period) -> Statistics:
        return Statistics(period=period, total=0)

    def export(self, actor: Actor, tables: Any, **given: Any) -> bytes:
        raise errors.InvalidSubmission({})

    def exports(self, actor: Actor) -> tuple[()]:
        return ()


class Providers:
    """The directory is empty."""

    def directory(self, actor: Actor) -> Directory:
        return Directory(providers=(), check_days=90, is_proposed=True)

    def names(self, actor: Actor) -> tuple[str, ...]:
        return ()

    def get(self, actor: Actor, provider_id: str) -> Any:
        raise errors.NotFound(provider_id=provider_id)

    def save(self, actor: Actor, values: Any, **given: Any) -> str:
        raise errors.InvalidSubmission({})

    def confirm(self, actor: Actor, provider_id: str) -> None:
        raise errors.NotFound(provider_id=provider_id)

    remove = confirm

    def contact_list(self, actor: Actor) -> bytes:
        raise errors.NotFound(document="F26")


class Supervision:
    """No session was held."""

    def sessions(self, actor: Actor, *, page: int = 1) -> Page[Any]:
        return Page(rows=(), total=0)

    def get(self, actor: Actor, session_id: str) -> None:
        raise errors.NotFound(session_id=session_id)

    def write(self, actor: Actor, worker_id: str, **given: Any) -> str:
        raise errors.InvalidSubmission({})

    def draft(self, actor: Actor) -> tuple[dict[str, Any], None]:
        return {}, None

    def save_draft(self, actor: Actor, submission: Any) -> datetime:
        return datetime(2026, 11, 11, 5, tzinfo=UTC)

    def drop_draft(self, actor: Actor) -> None:
        return None


class CaseStaffing:
    """Part of the fake cases: everybody's case has nobody in charge yet."""

    _engine: Any

    def staff(self, actor: Actor, case_id: str) -> CaseStaff:
        detail = self._engine.cases.get(actor, case_id)
        return CaseStaff(case_id=case_id, business_key=detail.summary.business_key, risk=detail.summary.risk, is_open=True, owner_id=None,
                         owner_name="", assignments=(), conflicts=(), may=frozenset({"assign", "conflict"}))

    def assign_owner(self, actor: Actor, case_id: str, owner_id: str, *, note: str = "") -> None:
        self._engine.cases.get(actor, case_id)
        raise CannotOwn(case_id=case_id)

    def declare_conflict(self, actor: Actor, case_id: str, account_id: str, *, reason: str) -> None:
        raise errors.NotFound(account_id=account_id)

    lift_conflict = declare_conflict

    def reviews_waiting(self, actor: Actor) -> int:
        return 0
