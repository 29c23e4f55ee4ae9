"""A draft that another version overtook becomes a draft of that version, and loses nothing of either unsaid."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import errors, sop_refusals
from engine.lint import guarded
from engine.sop_results import DraftDetail
from engine.types import ClockKind, TimeStandard
from tests.engine.test_publishing import DIAGRAM, Bureau, checked_once
from tests.support import office as offices



@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("bureau")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "lint_guarded", checked_once)
        opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}", bundle=offices.with_stories())
        yield Bureau(opened)
        opened.database.close()


def carried(bureau: Bureau, draft: DraftDetail, **choices: str) -> DraftDetail:
    found = bureau.sops.carried_over(bureau.owner, draft.summary.id, choices=choices)
    assert found is not None and found.is_settled
    assert bureau.sops.carry_over(bureau.owner, draft.summary.id, onto=found.onto, choices=choices,
                                  expected_revision=draft.summary.revision) is None
    return bureau.sops.draft(bureau.owner, draft.summary.id)


def timed(bureau: Bureau, minutes: int) -> DraftDetail:
    begun = bureau.sops.draft_of(bureau.owner, bureau.newest.deployment_id)
    standard = TimeStandard(duration=f"PT{minutes}M", clock=ClockKind.WORKING_MINUTES, text=f"{minutes} menit")
    return bureau.sops.set_time(bureau.owner, begun.summary.id, "monitor_beneficiary", standard, expected_revision=1)


def told(detail: DraftDetail) -> set[str]:
    return {change.text.id for change in detail.changes}


def test_what_only_one_side_changed_comes_along_and_the_draft_goes_on_as_one_of_the_new_version(bureau: Bureau) -> None:
    both = bureau.person("dua.peran", "process_owner", "head_of_unit")
    mine = bureau.draft(owner=both)                                      # 30 minutes for coordinating
    before = told(mine)
    other = bureau.draft((b"PT10M", b"PT15M"), (b"10 menit", b"15 menit"))
    bureau.approve(bureau.head, bureau.propose(other))
    assert told(bureau.sops.draft(bureau.owner, mine.summary.id)) == before
    with pytest.raises(sop_refusals.DraftOutdated):
        bureau.propose(mine)
    found = bureau.sops.carried_over(bureau.owner, mine.summary.id)
    assert found is not None and not found.clashes and found.fates == {DIAGRAM: "both"}
    with pytest.raises(errors.StaleRevision):
        bureau.sops.carry_over(bureau.owner, mine.summary.id, onto=found.onto, choices={}, expected_revision=1)
    after = carried(bureau, mine)
    assert (after.summary.based_on, after.overtaken_by, after.summary.revision) == (bureau.newest.deployment_id, None, 3)
    assert told(after) == before, "it changes what it changed, now of the new version"
    assert b"PT15M" in bureau.sops.export(bureau.owner, mine.summary.id, form="bpmn")
    assert bureau.sops.carried_over(bureau.owner, mine.summary.id) is None
    proposal = bureau.propose(after)
    with pytest.raises(sop_refusals.OwnApproval):
        bureau.approve(both, proposal)   # who began it stays its editor
    assert bureau.approve(bureau.head, proposal).state == "approved"


def test_what_both_changed_is_chosen_in_words(bureau: Bureau) -> None:
    mine = timed(bureau, 45)
    bureau.approve(bureau.head, bureau.propose(timed(bureau, 90)))
    found = bureau.sops.carried_over(bureau.owner, mine.summary.id)
    assert found is not None and found.clashes and not found.is_settled
    for clash in found.clashes:
        for side, words in ((clash.base, "60"), (clash.draft, "45"), (clash.in_force, "90")):
            assert side is not None and all(words in text for _, text in side if text[:1] in "P0123456789"), (clash, side)
    left = bureau.sops.carry_over(bureau.owner, mine.summary.id, onto=found.onto, choices={}, expected_revision=mine.summary.revision)
    assert left is not None and bureau.sops.draft(bureau.owner, mine.summary.id).summary.revision == mine.summary.revision
    after = carried(bureau, mine, **{clash.id: "draft" for clash in found.clashes})
    drawn = bureau.sops.export(bureau.owner, after.summary.id, form="bpmn")
    assert b"PT45M" in drawn and b"PT90M" not in drawn


def test_back_to_a_revision_from_before_is_back_to_its_version(bureau: Bureau) -> None:
    mine = bureau.draft()
    bureau.approve(bureau.head, bureau.propose(bureau.touched()))
    after = carried(bureau, mine)
    back = bureau.sops.restore_revision(bureau.owner, mine.summary.id, mine.summary.revision, expected_revision=after.summary.revision)
    assert back.summary.based_on == mine.summary.based_on != after.summary.based_on
    assert back.overtaken_by == after.summary.based_on
    again = bureau.sops.restore_revision(bureau.owner, mine.summary.id, after.summary.revision, expected_revision=back.summary.revision)
    assert (again.summary.based_on, again.overtaken_by) == (after.summary.based_on, None)


def test_nobody_carries_over_what_is_looked_at_or_is_not_theirs(bureau: Bureau) -> None:
    mine, other = bureau.touched(), bureau.touched()
    proposal = bureau.propose(mine)
    bureau.approve(bureau.head, bureau.propose(other))
    with pytest.raises(sop_refusals.DraftClosed):
        bureau.sops.carried_over(bureau.owner, mine.summary.id)
    with pytest.raises(errors.NotAllowed):
        bureau.sops.carried_over(bureau.head, mine.summary.id)
    with pytest.raises(errors.NotFound):
        bureau.sops.carried_over(bureau.owner, proposal.id)
