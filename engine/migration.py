"""What going on by another version would do to one instance: the same function that does it, with nothing written.

A verdict is `safe`, `mapping` (somebody has to say which element takes a removed one's place) or `blocked`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine import interpreter
from engine.spiff import ahead, moving
from engine.spiff.build import Program
from engine.spiff.codec import State
from engine.spiff.moving import CannotMove, Obstacle
from engine.spiff.passed import Past
from engine.transition import Migrate, Transition, View

__all__ = ["ClockChange", "Effect", "MigrationVerdict", "Past", "effect", "migrated"]


class MigrationVerdict(StrEnum):
    """What may be done with an instance."""

    SAFE = "safe"
    MAPPING = "mapping"
    BLOCKED = "blocked"


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """A clock that runs: when it is due now, and when it would be. None: not there."""

    element_id: str
    token_id: str
    due_at: datetime | None
    due_after: datetime | None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a migration does. `after` is there where it may be done; `clocks` are all that run, changed or not."""

    verdict: MigrationVerdict
    obstacles: tuple[Obstacle, ...] = ()
    clocks: tuple[ClockChange, ...] = ()
    after: Transition | None = field(default=None, repr=False)


def effect(
    former: Program, program: Program, state: State, stimulus: Migrate, now: datetime, tables: Mapping[str, Any], past: Past,
) -> Effect:
    """What `stimulus` would do to an instance of `former` with this past as of `now`. Raises what `interpreter.migrate` raises for an
    instance that has ended or for a clock that went back; that the instance has no place there is the answer."""
    try:
        after = migrated(former, program, state, stimulus, now, tables, past)
    except CannotMove as refusal:
        needs_only_names = all(obstacle.choices for obstacle in refusal.obstacles)
        return Effect(verdict=MigrationVerdict.MAPPING if needs_only_names else MigrationVerdict.BLOCKED, obstacles=refusal.obstacles)
    return Effect(verdict=MigrationVerdict.SAFE, clocks=_clocks(interpreter.view(former, state, tables), after.view), after=after)


def migrated(
    former: Program, program: Program, state: State, stimulus: Migrate, now: datetime, tables: Mapping[str, Any], past: Past,
) -> Transition:
    """The instance under the other program. Raises `CannotMove` also where tokens would find their places and yet miss a new step
    or a join: a case that silently skips what was made a duty is worse than one that stays."""
    places = moving.moved(former, program, state, stimulus.mapping)
    if later := ahead.obstacles(former, program, state, places, stimulus.mapping, past):
        raise CannotMove(later)
    return interpreter.migrate(former, program, state, stimulus, now, tables)


def _clocks(before: View, after: View) -> tuple[ClockChange, ...]:
    old = {timer.token_id: timer for timer in before.timers}
    new = {timer.token_id: timer for timer in after.timers}
    return tuple(
        ClockChange(element_id=(new.get(token) or old[token]).element_id, token_id=token,
                    due_at=old[token].due_at if token in old else None, due_after=new[token].due_at if token in new else None)
        for token in sorted({*old, *new}))
