"""What Kalimantan Barat's scenarios must show beyond what every SOP's do (`test_every_sop.py`)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from engine import definitions, flow_coverage
from engine.bundle import SopBundle
from engine.types import Happening
from tests.scenarios.shipped import played

AGENCY = Path(__file__).parents[2] / "bpmn" / "kalbar"
SOP = AGENCY / "pengelolaan-kasus"
SCENARIOS = sorted((SOP / "scenarios").glob("*.toml"))
PROCESS = "kalbar_pengelolaan_kasus"


#: What overdue time standards told whom; in every other scenario nothing is overdue.
NOTICES = {
    "a31_menit_melewati_natal": ("head_of_unit task_overdue",),
    "a33_sop_diubah_di_tengah_jalan": ("head_of_unit task_overdue", "head_of_unit task_overdue"),   # of the second case, too
    "semua_waktu_baku_terlampaui": (
        "head_of_unit task_overdue", "head_of_unit task_overdue", "case_manager task_overdue", "case_manager task_overdue",
        "case_manager task_overdue", "head_of_unit legal_duty_overdue", "case_manager task_overdue"),
}
ENDS = {"dikembalikan_ke_pengaduan": "returned_to_intake"}
#: Documents of the steps done, as the domain lists them; F03 to F05 of the start come with the intake file.
OUTPUTS = {
    "a01_rujukan_kesehatan": "F03 F10 F12 F13 F14 F15 F16 F17 F18",
    "a02_belum_terpenuhi": "F03 F10 F12 F13 F14 F15 F16 F17 F18",
    "a03_adaptasi_rencana": "F03 F04 F05 F10 F12 F13 F14 F15 F16 F17 F18",
    "a04_anak_dan_kewajiban_hukum": "F03 F05 F06 F07 F10 F12 F13 F14 F15 F16 F17 F18 F23",
}


def named(stem: str) -> Path:
    return SOP / "scenarios" / f"{stem}.toml"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_only_overdue_standards_tell_somebody(scenario: Path) -> None:
    assert played(scenario).notices == NOTICES.get(scenario.stem, ())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_case_ends_where_the_diagram_says(scenario: Path) -> None:
    ended = {entry.element_id for entry in played(scenario).trace if entry.happened is Happening.COMPLETED}
    assert ended & {"case_documented", "returned_to_intake"} == {ENDS.get(scenario.stem, "case_documented")}


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_steps_done_leave_the_documents_the_domain_lists(name: str) -> None:
    definition = definitions.load(SopBundle.from_dir(SOP))
    done = [entry.element_id for entry in played(named(name)).trace if entry.happened is Happening.COMPLETED]
    assert {code for element_id in done for code in definition.element(element_id).outputs} == set(OUTPUTS[name].split())


def test_unfinished_lines_go_through_delivery_and_review_twice_but_are_handed_over_once() -> None:
    done = [entry.element_id for entry in played(named("a02_belum_terpenuhi")).trace if entry.happened is Happening.COMPLETED]
    assert [done.count(id) for id in ("coordinate_provider", "hand_over_referral", "deliver_intervention", "monitor_beneficiary",
                                      "review_results")] == [1, 1, 2, 2, 2]


def test_forty_minutes_across_christmas_are_late_by_fifteen() -> None:
    late = [verdict for verdict in played(named("a31_menit_melewati_natal")).verdicts if verdict.official == "late"]
    assert [(verdict.element_id, verdict.overrun, verdict.handling) for verdict in late] == [
        ("coordinate_provider", timedelta(minutes=15), "on_time")]


def test_overruns_are_measured_on_each_standards_own_clock() -> None:
    overruns = [verdict.overrun for verdict in played(named("semua_waktu_baku_terlampaui")).verdicts if verdict.overrun]
    assert overruns == [timedelta(minutes=m) for m in (10, 10, 10, 30, 10, 60, 10)]


def test_a_flow_that_only_one_scenario_takes_is_missed_without_it() -> None:
    process = definitions.load(SopBundle.from_dir(SOP)).processes[PROCESS]
    others = [scenario for scenario in SCENARIOS if scenario.stem != "dikembalikan_ke_pengaduan"]
    taken = {flow for scenario in others for flow in flow_coverage.flows_taken(process, played(scenario).trace)}
    assert flow_coverage.flow_ids(process) - taken == {"is_report_approved__returned_to_intake"}


def test_a_straight_referral_is_judged_as_the_domain_says() -> None:
    verdicts = [verdict.official for verdict in played(named("a01_rujukan_kesehatan")).verdicts]
    assert (verdicts.count("on_time"), verdicts.count("no_standard"), len(verdicts)) == (6, 5, 11)


def test_every_clause_is_quoted_from_the_source_and_names_elements_that_exist() -> None:
    source = (AGENCY / "source.txt").read_text("utf-8")
    definition = definitions.load(SopBundle.from_dir(SOP))
    elements = {node.id: node for node in definitions.nodes_of(definition.processes[PROCESS])}
    clauses = {clause.id: clause for clause in definition.sheet.clauses}
    for clause in clauses.values():
        assert clause.text in source, clause.id
        assert hashlib.sha256(clause.text.encode()).hexdigest() == clause.sha256, clause.id
        assert set(clause.elements) <= elements.keys(), clause.id
    assert {f"kalbar.r{row}" for row in range(1, 11)} <= clauses.keys()
    for node in elements.values():
        assert set(node.clause) <= clauses.keys(), node.id
        if node.standard:
            assert node.id in clauses[node.standard.clause].elements or node.attached_to in clauses[node.standard.clause].elements


def test_the_source_names_no_official() -> None:
    source = (AGENCY / "source.txt").read_text("utf-8")
    assert source.count("[nama pejabat]") == source.count("[NIP]") == 1


def test_only_rows_with_a_printed_number_have_a_time_standard() -> None:
    process = definitions.load(SopBundle.from_dir(SOP)).processes[PROCESS]
    printed = {node.attached_to: node.events[0].timer_text for node in definitions.nodes_of(process) if node.standard}
    assert printed == {
        "approve_case_report": "PT10M", "coordinate_provider": "PT40M", "hand_over_referral": "PT30M", "monitor_beneficiary": "PT60M",
        "receive_completion_report": "PT60M", "document_case": "PT30M", "report_to_police": "PT72H",
    }
    assert all(not node.cancel_activity for node in definitions.nodes_of(process) if node.standard)
