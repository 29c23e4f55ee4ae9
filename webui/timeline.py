"""History rows as people read them: one line for what began and ended at once, none for what has no name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from engine.results import CaseAct, HistoryRow
from engine.types import Happening


class _Dated(Protocol):
    @property
    def at(self) -> datetime: ...


Dated = TypeVar("Dated", bound=_Dated)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One journal entry: who moved the process, when, and the lines worth reading."""

    seq: int
    at: datetime
    kind: str
    actor_name: str
    actor_role: str
    rows: tuple[HistoryRow, ...]


def entries(rows: Iterable[HistoryRow]) -> list[Entry]:
    """Rows gathered per journal entry, in order. The history of one instance at a time."""
    gathered: dict[int, list[HistoryRow]] = {}
    for row in rows:
        gathered.setdefault(row.seq, []).append(row)
    return [_entry(seq, gathered[seq]) for seq in sorted(gathered)]


def beside(steps: Sequence[Entry], acts: Iterable[Dated]) -> dict[int, list[Dated]]:
    """What people did beside the steps, under the number of the step it came after; 0: before the first."""
    found: dict[int, list[Dated]] = {}
    for act in acts:
        found.setdefault(max((step.seq for step in steps if step.at <= act.at), default=0), []).append(act)
    return found


def readable(rows: Iterable[HistoryRow]) -> list[HistoryRow]:
    """The rows of a case, perhaps of several instances, that its workers tell each other.

    How it began, what waits since when, and what somebody or the system finished; the way the diagram took between is the
    auditor's to follow.
    """
    gathered: dict[tuple[datetime, int], list[HistoryRow]] = {}
    for row in rows:
        gathered.setdefault((row.at, row.seq), []).append(row)
    return [row for (_at, seq), found in gathered.items() for n, row in enumerate(_told(found))
            if (seq == 1 and n == 0) or row.happened != Happening.COMPLETED or row.actor_role]


def with_acts(rows: Iterable[HistoryRow], acts: Iterable[CaseAct]) -> list[HistoryRow | CaseAct]:
    """The readable rows of a case and what people decided beside them, in order."""
    return sorted([*readable(rows), *acts], key=lambda line: line.at)


def _entry(seq: int, rows: list[HistoryRow]) -> Entry:
    acting = next((row for row in rows if row.actor_role), rows[0])
    return Entry(seq=seq, at=rows[0].at, kind=rows[0].kind, actor_name=acting.actor_name, actor_role=acting.actor_role,
                 rows=tuple(_told(rows)))


def _told(rows: list[HistoryRow]) -> list[HistoryRow]:
    """Without the beginnings of what also ended here, without unnamed elements, and limited steps once, uncounted.

    What an event caught is told once: that it came, not also that it thereby ended.
    """
    caught = {row.element_id for row in rows if row.happened == Happening.CAUGHT and row.element_id}
    ended = {row.element_id for row in rows if row.happened in (Happening.COMPLETED, Happening.CANCELLED) and row.element_id}
    told: list[HistoryRow] = []
    has_limited = False
    for row in rows:
        if not row.element_id:
            if not has_limited:
                told.append(row)
            has_limited = True
        elif row.element_name == row.element_id or (row.happened == Happening.COMPLETED and row.element_id in caught):
            continue
        elif not (row.happened == Happening.ENTERED and row.element_id in ended | caught):
            told.append(row)
    return told
