"""Whom a late task reaches, in order: its holder, who answers for decisions, whoever is on duty, the head of the unit.

The steps and their delays are a proposal (`engine/proposals.py`): they tell people, they judge nothing. Delays run on the clock of the
task's own standard: what is counted in working time escalates in working time, and day and night while the risk is high.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from engine import calendars, proposals, standards
from engine.calendars import WorkCalendar
from engine.definitions import concrete_role
from engine.types import ClockKind, TimeStandard, Value
from storage.tasks import TaskRow

HOLDER, SUPERVISOR, DUTY_OFFICER, HEAD = "holder", "supervisor", "duty_officer", "head_of_unit"
#: step -> the role it stands for ("" for the holder, and for whoever the roster names).
_ROLES: Final[Mapping[str, str]] = {SUPERVISOR: "case_authority", DUTY_OFFICER: "", HEAD: "head_of_unit"}


@dataclass(frozen=True, kw_only=True)
class Link:
    """One step of a chain: the concrete role it means, and when it is reached."""

    step: str
    role: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The links of one task in order; `proposed`: at least one delay is ours and not the agency's."""

    links: tuple[Link, ...]
    proposed: bool


def chain(
    task: TaskRow, profile: Mapping[str, Any], parameters: Mapping[str, Value] | None, calendar: WorkCalendar | None, risk: str
) -> Chain:
    """The chain of a task with a due instant. A role that was reached before is not reached a second time."""
    assert task.due_at is not None
    links = [Link(step=HOLDER, role=task.role, at=task.due_at)]
    proposed = False
    for step, role in _ROLES.items():
        delay = proposals.span(profile, f"escalate_{step}_after")
        proposed = proposed or delay.proposed
        means = concrete_role(role, parameters) if role else ""
        if not means or means not in {link.role for link in links}:
            links.append(Link(step=step, role=means, at=_after(task, delay.length, calendar, risk)))
    return Chain(links=tuple(sorted(links, key=lambda link: link.at)), proposed=proposed)


def _after(task: TaskRow, delay: timedelta, calendar: WorkCalendar | None, risk: str) -> datetime:
    assert task.due_at is not None
    standard = standards.from_json(task.standard)
    if calendar is None or standard is None or standard.clock is ClockKind.ELAPSED or not delay:
        return task.due_at + delay
    working = TimeStandard(duration=f"PT{max(1, delay // timedelta(minutes=1))}M", clock=ClockKind.WORKING_MINUTES)
    return calendars.due_at(task.due_at, working, standards.calendar_for(working, calendar, risk))
