"""Forms people can use: parts of a long one, drafts of start forms, the plan beside what asks for its lines."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from engine import errors
from engine.forms_schema import read_form
from tests.support import office as offices
from tests.support.office import KEY, SOP


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield opened
    opened.database.close()


def test_a_field_belongs_to_the_part_of_the_form_that_was_begun_last():
    def field(key, **more):
        return {"key": key, "type": "text", "label": {"id": key}, **more}

    form = read_form(json.dumps({"key": "f", "title": {"id": "F"}, "fields": [
        field("a"), field("b", group={"id": "Pelapor", "en": "Reporter"}), field("c"), field("d", group={"id": "Rencana"})]}).encode(),
        file="forms/f.json")
    assert [(one.group.id, one.group.en) for one in form.fields] == [
        ("", ""), ("Pelapor", "Reporter"), ("Pelapor", "Reporter"), ("Rencana", "Rencana")]


def test_every_long_start_form_has_parts():
    for file in SOP.parent.parent.glob("*/*/forms/receive_case.json"):
        form = read_form(file.read_bytes(), file=file.name)
        assert form.fields[0].group.id and len({one.group.id for one in form.fields}) >= 8, file


def test_a_start_draft_is_its_writers_alone_sealed_and_gone_when_it_is_sent(office):
    operator, other = office.actor("intake_operator"), office.actor("intake_operator", name="lain")
    office.engine.cases.save_start_draft(operator, KEY, {"needs": "Kebutuhan ZQ-0001"})
    saved_at = office.engine.cases.save_start_draft(operator, KEY, {"needs": "Kebutuhan ZQ-0002", "case_code": "X"})
    assert office.engine.cases.start_draft(operator, KEY) == ({"needs": "Kebutuhan ZQ-0002", "case_code": "X"}, saved_at)
    assert office.engine.cases.start_draft(other, KEY) == ({}, None)
    assert b"ZQ-0002" not in b"".join(file.read_bytes() for file in office.engine.settings.data_dir.glob("kawal.db*"))
    with pytest.raises(errors.NotAllowed):
        office.engine.cases.save_start_draft(office.actor("data_staff"), KEY, {})
    office.start(draft_saved_at=saved_at - timedelta(seconds=1))
    assert office.engine.cases.start_draft(operator, KEY)[1] == saved_at, "one that was kept since is another window's"
    office.start(draft_saved_at=saved_at)
    assert office.engine.cases.start_draft(operator, KEY) == ({}, None)


def test_the_plan_stands_beside_what_asks_for_its_lines_and_begins_its_rows(office):
    started = office.follow("a01_rujukan_kesehatan", until="review_results")
    manager = office.actor("case_manager")
    task = office.task(started, "review_results")
    office.engine.tasks.claim(manager, task.id)
    detail = office.engine.tasks.get(manager, task.id)
    (line,) = detail.plan.value
    assert line["service_type"] == "health_support" and "line_status" not in line
    rows = next(field for field in detail.form.fields if field.key == "line_reviews")
    assert rows.value == [{"line_no": line["line_no"]}]
    (choice,) = next(column for column in rows.fields if column.key == "line_no").options
    assert choice[0] == "1" and choice[1].id.startswith("1 · Layanan kesehatan")
    draft = {"line_reviews": [{"line_no": "1", "finding": "diketik"}]}
    office.engine.tasks.save_draft(manager, task.id, draft, expected_revision=detail.summary.revision)
    again = office.engine.tasks.get(manager, task.id)
    assert again.draft == draft
    assert next(field for field in again.form.fields if field.key == "line_reviews").value == draft["line_reviews"]


def test_the_plan_stands_beside_a_step_that_needs_it_though_its_form_names_no_line(office):
    started, companion = office.follow("a03_adaptasi_rencana", until="agree_plan"), office.actor("companion")
    task = office.task(started, "agree_plan")
    office.engine.tasks.claim(companion, task.id)

    lines = office.engine.tasks.get(companion, task.id).plan.value

    assert [(line["service_type"], line["provider"]) for line in lines] == [("health_support", "RSUD A"), ("legal_support", "LBH B")]
