"""200 and more edits of the shipped SOPs with known effect (issue 5): what `compare` must name, and which fault lint must find.

Whoever wrote an expectation here had not read the rules. `make test` tries every eighth edit, `make soak` all of them; run with `-rP`
to read precision and recall. What the product misses stands in `known_misses.py`, and fails here once it is found.
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass

import pytest

import handlers
from engine import comparing, consent_gates, definitions
from engine.comparing import Change
from engine.definitions import Definition
from engine.lint import lint
from engine.types import LintFinding, Severity
from tests.edits import defects, harmless_parts, harmless_steps, notation
from tests.edits.draft import shipped
from tests.edits.edit import Edit, Told, codes_for
from tests.edits.known_misses import LINT_MISSES, NOISE, TOLD_MISSES

EDITS: tuple[Edit, ...] = (*harmless_steps.EDITS, *harmless_parts.EDITS, *defects.EDITS, *notation.EDITS)
SAMPLED = 8
OPERATIONS = frozenset(handlers.operations())
REMARK = "file_changed"   # what is left of a file when nothing else speaks for it


@functools.cache
def before(sop: str) -> Definition:
    return definitions.load(shipped(sop))


@dataclass(frozen=True)
class Outcome:
    """What one edit met: of `told`, what was not named; of all that was named, what nobody expected; what keeps it from being proposed."""

    unnamed: tuple[Told, ...]
    unexpected: tuple[Change, ...]
    named: int
    hindering: tuple[LintFinding, ...]

    def found(self, edit: Edit) -> bool:
        return not codes_for(edit.defect).isdisjoint(finding.code for finding in self.hindering)


def begins(words: str, expected: str | None) -> bool:
    return expected is None or (words.startswith(expected) if expected else words == "")


def is_told(told: Told, change: Change) -> bool:
    return (told.kind == change.kind and told.element in {"*", change.element_id} and told.grave == change.grave
            and begins(change.before, told.before) and begins(change.after, told.after))


@functools.cache
def outcome(edit: Edit) -> Outcome:
    bundle = edit.bundle()
    assert bundle.digest != shipped(edit.sop).digest
    findings = lint(bundle, operations=OPERATIONS)
    is_runnable = not any(finding.severity is Severity.ERROR for finding in findings)
    if is_runnable:    # as the check of a draft does, which knows the version it begins from
        findings = [*findings, *consent_gates.findings(before(edit.sop), definitions.load(bundle))]
    hindering = tuple(finding for finding in findings if finding.severity is not Severity.ADVICE or finding.code in codes_for(edit.defect))
    if not is_runnable:
        return Outcome(edit.told, (), 0, hindering)
    changes = comparing.compare(before(edit.sop), definitions.load(bundle))
    unnamed = tuple(told for told in edit.told if not any(is_told(told, change) for change in changes))
    kinds = {(told.kind, told.element) for told in edit.told}
    unexpected = tuple(change for change in changes if change.kind != REMARK and not kinds & {
        (change.kind, change.element_id), (change.kind, "*")})
    return Outcome(unnamed, unexpected, len(changes), hindering)


def report(edits: tuple[Edit, ...]) -> str:
    """Precision and recall of both, over the given edits."""
    met = {edit: outcome(edit) for edit in edits}
    told = sum(len(edit.told) for edit in edits)
    unnamed = sum(len(one.unnamed) for one in met.values())
    noise = sum(len(one.unexpected) for one in met.values())
    planted = [edit for edit in edits if edit.defect]
    found = sum(met[edit].found(edit) for edit in planted)
    sound = [edit for edit in edits if not edit.defect]
    alarms = sum(bool(met[edit].hindering) for edit in sound)
    by_defect = Counter(edit.defect for edit in planted)
    hits = Counter(edit.defect for edit in planted if met[edit].found(edit))
    named = told - unnamed
    return "\n".join([
        f"{len(edits)} edits, {len(planted)} with a planted fault",
        f"compare: named {named} of {told} (recall {named / told:.1%}), {noise} not expected (precision {named / (named + noise):.1%})",
        f"lint: found {found} of {len(planted)} (recall {found / len(planted):.1%}), "
        f"{alarms} of {len(sound)} sound edits hindered (precision {found / (found + alarms):.1%})",
        *(f"  {defect}: {hits[defect]} of {count}" for defect, count in sorted(by_defect.items()))])


def check(edit: Edit) -> None:
    met = outcome(edit)
    if edit.name in TOLD_MISSES:
        assert met.unnamed, "compare names it now: take it from known_misses.py"
    else:
        assert met.unnamed == ()
    if not edit.defect:
        if edit.name in LINT_MISSES:
            assert met.hindering, "no false alarm any more: take it from known_misses.py"
        else:
            assert met.hindering == ()
    elif edit.name in LINT_MISSES or edit.defect in LINT_MISSES:
        assert not met.found(edit), "lint finds it now: take it from known_misses.py"
    else:
        assert met.found(edit), {finding.code for finding in met.hindering}


def test_the_corpus_is_what_the_issue_asks_for() -> None:
    assert len(EDITS) >= 200
    assert len({edit.name for edit in EDITS}) == len(EDITS)
    assert {edit.sop.split("/")[0] for edit in EDITS} == {"bandung", "depok", "kalbar", "sapa129", "tebing_tinggi"}
    known = {edit.name for edit in EDITS} | {edit.defect for edit in EDITS}
    assert known >= TOLD_MISSES.keys() | LINT_MISSES.keys()


@pytest.mark.parametrize("edit", EDITS[::SAMPLED], ids=lambda edit: edit.name)
def test_an_edit_is_named_and_its_fault_found(edit: Edit) -> None:
    check(edit)


@pytest.mark.soak
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_every_edit_is_named_and_its_fault_found(edit: Edit) -> None:
    check(edit)


@pytest.mark.soak
def test_precision_and_recall() -> None:
    print(report(EDITS))
    assert {edit.name for edit in EDITS if outcome(edit).unexpected} == NOISE.keys()
