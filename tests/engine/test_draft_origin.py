"""A copy of an SOP is compared with what it copies: weaker consent gates under another key still need the data protection officer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from engine.lint import guarded
from engine.sop_results import DraftDetail
from tests.engine.test_publishing import DIAGRAM, GATE, Bureau, checked_once
from tests.support import office as offices
from tests.support.bpmn import document, end, flows, process, start, user

KEYS = (f"salinan-{number}" for number in range(100))


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("copies")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "lint_guarded", checked_once)
        opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}", bundle=offices.with_stories("a01_rujukan_kesehatan"))
        yield Bureau(opened)
        opened.database.close()


def copied(bureau: Bureau) -> DraftDetail:
    return bureau.sops.copy_of(bureau.owner, bureau.newest.deployment_id, key=next(KEYS), title="Salinan")


def files_of(bureau: Bureau, draft: DraftDetail) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bureau.sops.export(bureau.owner, draft.summary.id, form="zip"))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def edited(bureau: Bureau, draft: DraftDetail, *edits: tuple[bytes, bytes], file: str = DIAGRAM) -> DraftDetail:
    files = files_of(bureau, draft)
    for old, new in edits:
        assert old in files[file]
        files[file] = files[file].replace(old, new)
    return bureau.sops.save_draft(bureau.owner, files, draft_id=draft.summary.id, expected_revision=draft.summary.revision)


def removed(draft: DraftDetail) -> list[str]:
    return [one.message.id for one in draft.findings if one.code == "consent-gate-removed"]


def test_a_copy_as_it_was_needs_the_head_alone(bureau: Bureau) -> None:
    draft = copied(bureau)
    assert removed(draft) == []
    assert bureau.propose(draft).waits_for == ("head_of_unit",)


def test_a_copy_with_a_weaker_gate_needs_the_officer_and_says_what_it_copies(bureau: Bureau) -> None:
    draft = edited(bureau, copied(bureau), GATE)
    assert removed(draft) and all("SOP asalnya, “Pengelolaan Kasus”" in each for each in removed(draft))
    assert bureau.propose(draft).waits_for == ("head_of_unit", "data_protection_officer")


def test_a_copy_that_was_downloaded_and_uploaded_is_one(bureau: Bureau) -> None:
    files = files_of(bureau, edited(bureau, copied(bureau), GATE))
    key = next(KEYS)
    files["sop.toml"] = b'key = "' + key.encode() + files["sop.toml"][files["sop.toml"].index(b'"\n'):]
    draft = bureau.sops.save_draft(bureau.owner, files)
    assert (draft.summary.key, draft.summary.based_on) == (key, None)
    assert bureau.propose(draft).waits_for == ("head_of_unit", "data_protection_officer")


def test_an_sop_of_its_own_is_compared_with_none(bureau: Bureau) -> None:
    drawn = document(process("baru", start("mulai_baru"), user("langkah_baru"), end("selesai_baru"), flows("mulai_baru", "langkah_baru", "selesai_baru")))
    sheet = f'key = "{next(KEYS)}"\nagency = "kalbar"\nprocess = "baru"\ntitle = {{ id = "Baru", en = "New" }}\n'.encode()
    assert removed(bureau.sops.save_draft(bureau.owner, {"sop.toml": sheet, "baru.bpmn": drawn})) == []
