"""What somebody would do with a hostile bundle: have it checked, open it, start it, fill in its tasks, let time pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import engine
from engine.types import LintFinding, Severity

NOON = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
ROUNDS = 3


def checked(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The codes of the bundle's errors and of its other findings, and all words said about it."""
    try:
        found: list[LintFinding] = engine.lint(engine.SopBundle.from_files(files))
    except engine.BundleRefused as refusal:
        found = list(refusal.findings)
    return {
        "errors": sorted({f.code for f in found if f.severity is Severity.ERROR}),
        "others": sorted({f.code for f in found if f.severity is not Severity.ERROR}),
        "said": [text for f in found for text in (f.message.id, f.message.en, f.instead.id, f.instead.en)],
        "count": len(found),
    }


def tried(files: Mapping[str, bytes], *, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """As far as a person gets with the bundle. `refused` and `stopped` are codes of the engine's own refusals; anything
    else that comes out is not caught here, for it must not come out."""
    told = checked(files)
    try:
        trial = engine.Trial.open(engine.SopBundle.from_files(files), now=NOON)
    except engine.BundleRefused as refusal:
        return told | {"refused": sorted({f.code for f in refusal.findings if f.severity is Severity.ERROR}), "text": str(refusal)}
    told |= {"refused": [], "stopped": "", "outcome": "", "incidents": []}
    try:
        instance_id = trial.start(variables=variables or {})
        for _ in range(ROUNDS):
            for task in trial.open_tasks(instance_id)[:5]:
                trial.complete(task.id, {})
            trial.advance(timedelta(days=1))
        told["outcome"] = trial.outcome(instance_id).status.value
        told["incidents"] = sorted({e.element_id for e in trial.trace(instance_id) if e.happened.value == "failed"})
    except engine.EngineError as refusal:
        told |= {"stopped": refusal.code, "text": str(refusal)}
    return told
