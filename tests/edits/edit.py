"""What one edit of the corpus is, and what is expected of `compare` and `lint`."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bundle import SopBundle
from tests.edits.draft import Draft, Stroke


@dataclass(frozen=True)
class Told:
    """One change that `compare` must name; `before` and `after` are how its words begin, None where they are held to nothing.

    An `element` of "*" stands for each of several.
    """

    kind: str
    element: str = ""
    before: str | None = None
    after: str | None = None
    grave: bool = False


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One edit of a shipped SOP. `defect`: the fault it plants, "" for none; `told`: everything `compare` must name, and no other kind;
    empty where the files cannot run, for then there is nothing to compare."""

    sop: str
    what: str
    strokes: tuple[Stroke, ...]
    told: tuple[Told, ...] = ()
    defect: str = ""

    @property
    def name(self) -> str:
        return f"{self.sop}: {self.what}"

    def bundle(self) -> SopBundle:
        draft = Draft(self.sop)
        for stroke in self.strokes:
            stroke(draft)
        return draft.bundle()


#: The faults that issue 5 names, and which codes of lint speak for each. Any other fault is named by the code that must appear.
SPEAKS_FOR: dict[str, frozenset[str]] = {
    "deadlock": frozenset({"deadlock"}),
    "lost-token": frozenset({"lost-token"}),
    "loop-without-exit": frozenset({"loop-without-exit"}),
    "cycle-without-person": frozenset({"runaway-loop"}),
    "role-without-people": frozenset({"lane-without-role", "role-unknown", "role-without-people"}),
    "time-missing": frozenset({"time-missing"}),
    "time-contradictory": frozenset({"time-contradictory"}),
    "one-hand": frozenset({"one-hand"}),
    "referral-without-deadline": frozenset({"referral-without-deadline"}),
    "simfoni-missing": frozenset({"simfoni-missing"}),
    "mediation-in-sexual-violence": frozenset({"mediation-in-sexual-violence"}),
    "parallel-write": frozenset({"parallel-write"}),
    "consent-gate-removed": frozenset({"consent-gate-removed"}),
    "sensitive-not-wrapped": frozenset({"sensitive-not-wrapped"}),
}


def codes_for(defect: str) -> frozenset[str]:
    return SPEAKS_FOR.get(defect, frozenset({defect}))
