"""Who would have a change of an SOP come into force without the second pair of eyes: by another draft's page, or past the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.bundle import SopBundle
from engine.sop_refusals import OwnApproval
from storage import deployments, drafts
from tests.hostile.test_studio_files import draft_of
from tests.support import office as offices
from tests.web import test_sop_drafts
from tests.web.conftest import Browser, boxes
from tests.web.test_sop_drafts import DIAGRAM, PASSPHRASE, House, revision

house = test_sop_drafts.house  # the fixture


def proposed(house: House, owner: Browser, minutes: int) -> tuple[str, str]:
    """The page of a draft without stories that waits for approval, and the proposal's id."""
    path = f"/sop/draf/{draft_of(owner, {})}"
    assert owner.post(f"{path}/waktu", {"element_id": "coordinate_provider", "unit": "working_minutes", "amount": str(minutes), "wording": "",
                                        "revision": "1"}, on=path).status_code == 303
    day = (house.office.clock.now() + timedelta(days=6)).date()
    assert owner.post(f"{path}/ajukan", {"decree": "1/2026", **boxes("effective_from", day), "reason": "x",
                                         "revision": revision(owner.get(path).text)}, on=path).status_code == 303
    with house.office.database.reading() as uow:
        return path, drafts.proposals(uow, path.rsplit("/", 1)[-1])[-1].id


def state(house: House, path: str) -> str:
    with house.office.database.reading() as uow:
        row = drafts.get(uow, path.rsplit("/", 1)[-1])
    assert row is not None
    return row.state


def approved(head: Browser, path: str, proposal: str, **more: str) -> int:
    return head.post(f"{path}/sahkan/{proposal}", {"reason": "Sudah dibahas", "passphrase": PASSPHRASE, **more}, on="/sop").status_code


def test_a_proposal_is_decided_on_the_page_of_its_own_draft(house: House) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    (seen, own), (other, strange) = proposed(house, owner, 41), proposed(house, owner, 42)
    assert approved(head, seen, strange) == 404
    assert head.post(f"{seen}/kembalikan/{strange}", {"reason": "x"}, on="/sop").status_code == 404
    assert (state(house, seen), state(house, other)) == ("in_review", "in_review")
    assert head.post(f"{seen}/kembalikan/{own}", {"reason": "x"}, on="/sop").status_code == 303


def test_a_drawing_kept_as_another_draft_is_approved_by_nobody_who_edited_the_first(house: House) -> None:
    """Two draw at once; the one who came second proposes what holds the other's work, too."""
    office = house.office
    first, second, third = (office.hire(name, "process_owner", "head_of_unit") for name in ("Pertama", "Kedua", "Ketiga"))
    sops, day = office.engine.sops, (office.clock.now() + timedelta(days=6)).date()
    files = {path: data for path, data in SopBundle.from_dir(offices.SOP).files.items() if not path.startswith("scenarios/")}
    draft = sops.save_draft(first, {**files, DIAGRAM: files[DIAGRAM].replace(b"Kasus bernomor", b"Bernomor")}).summary
    drawn = {DIAGRAM: files[DIAGRAM].replace(b"Kasus bernomor", b"Sudah bernomor")}
    branched = sops.branch_drawing(second, draft.id, drawn, at_revision=1)
    assert [one.saved_by for one in branched.revisions] == ["Pertama", "Kedua"]
    assert "dari revisi 1" in branched.summary.note, "the list of drafts tells it from the first"
    proposal = sops.propose(second, branched.summary.id, decree="1", effective_from=day, reason="x", expected_revision=2)
    for editor in (first, second):
        with pytest.raises(OwnApproval):
            sops.approve(editor, proposal.id, reason="x", passphrase=PASSPHRASE)
    assert sops.send_back(third, proposal.id, reason="x").state == "sent_back"


@pytest.mark.parametrize("how", ["bytes", "name"])
def test_what_was_altered_in_the_database_is_approved_exported_and_built_on_by_nobody(house: House, how: str) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    path, proposal = proposed(house, owner, 43)
    draft, held, file = path.rsplit("/", 1)[-1], deployments.resource, drafts.draft_file
    of_draft = (file.c.draft_id == draft) & (file.c.path == DIAGRAM) & (file.c.revision == 2)
    with house.office.database.reading() as uow:
        was = uow.execute(select(file.c.digest).where(of_draft)).scalar_one()
        said = uow.execute(select(held.c.bytes).where(held.c.digest == was)).scalar_one()
        first = uow.execute(select(file.c.digest).where(
            file.c.draft_id == draft, file.c.path == DIAGRAM, file.c.revision == 1)).scalar_one()
    before = house.office.engine.sops.list(house.office.actor("process_owner"))[0].deployment_id
    with house.office.database.unit_of_work() as uow:
        if how == "bytes":
            uow.execute(update(held).where(held.c.digest == was).values(bytes=said.replace(b"PT43M", b"PT99M")))
        else:
            uow.execute(update(file).where(of_draft).values(digest=first))
    assert approved(head, path, proposal) == head.get(path).status_code == 500
    assert owner.get(f"/sop/{draft}/ekspor.zip").status_code == owner.get(f"/sop/banding/{before}/{draft}").status_code == 500
    assert state(house, path) == "in_review"
    assert house.office.engine.sops.list(house.office.actor("process_owner"))[0].deployment_id == before
    with house.office.database.unit_of_work() as uow:
        uow.execute(update(held).where(held.c.digest == was).values(bytes=said))
        uow.execute(update(file).where(of_draft).values(digest=was))
    assert head.post(f"{path}/kembalikan/{proposal}", {"reason": "x"}, on="/sop").status_code == 303
