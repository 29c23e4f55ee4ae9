"""Every row of every decision table that ships decides in some scenario: in a story, through the product, or where it is asked directly."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from engine.decision_graph import Node
from engine.definitions import nodes_of
from tests.scenarios import rule_rows
from tests.scenarios.shipped import QUESTIONS, ROOT, SCENARIOS, SOPS, asked, definition_of, named, rows_matched

TABLES = {f"{named(file)}: {node.name}": node
          for file in sorted(ROOT.glob("*/*/*.dmn")) for node in rule_rows.decisions_in(file) if node.table is not None}

#: Tables that no diagram asks, and why. One that is asked must leave this list.
NOT_CALLED: dict[str, str] = {
    "common/keputusan/d10-waktu-baku: clocks": "standards hang on the steps; test_decision_tables holds them against the table",
    "common/keputusan/d12-data-keluar: leaving_data": "the engine applies it to every letter; test_decision_tables holds the two together",
}

#: Rows of the other tables that no story reaches and that are only asked directly, and why. One that a story reaches must leave this list.
ONLY_ASKED: dict[str, dict[int, str]] = {
    "common/keputusan/d03-cara-pengelolaan: management_mode": {
        4: "case management and accompaniment are the unit's own work beside the plan: no form offers them as a line",
    },
    "common/keputusan/d05-penyetuju: approver": dict.fromkeys(
        range(1, 9), "the lane names this role itself (test_decision_tables holds the two together); only who closes a complaint depends on an answer"),
    "common/keputusan/d06-penanganan-khusus: special_handling": {
        1: "only Kalbar's form asks for it, and its diagram draws what follows",
        9: "a stay in the shelter has a process of its own, asked for after the identification",
        10: "who reported steers no process",
        11: "the engine keeps conflicted staff out of the case, whatever a diagram says",
    },
    "common/keputusan/d07-pemberi-persetujuan: consent_giver": {1: "danger to life is answered before any step asks for consent"},
    "common/keputusan/d09-siap-terminasi: termination_findings": {
        9: "proposer and approver are two people, or the approver says why not: the engine sees to it, no diagram asks",
        10: "the form of the proposal requires a reason",
    },
}


@functools.cache
def called() -> frozenset[str]:
    """The tables that some diagram asks, directly or because what it asks requires them."""
    names = {node.decision for sop in SOPS for process in definition_of(sop).processes.values() for node in nodes_of(process)}
    by_node: dict[Node, str] = {node: name for name, node in TABLES.items()}
    asking = [node for file in sorted(ROOT.glob("*/*/*.dmn")) for node in rule_rows.decisions_in(file) if node.name in names]
    tables = {rule_rows.table_of(node): name for node, name in by_node.items()}
    return frozenset(tables[key] for node in asking for each in node.order if (key := rule_rows.table_of(each)) in tables)


def rows_of(table: str, matched: frozenset[rule_rows.Row]) -> set[int]:
    return {number for key, number in matched if key == rule_rows.table_of(TABLES[table])}


def in_stories(table: str) -> set[int]:
    return {number for scenario in SCENARIOS for number in rows_of(table, rows_matched(scenario))}


def test_every_table_is_called_or_says_why_not() -> None:
    assert called() | NOT_CALLED.keys() == TABLES.keys()
    assert called() & NOT_CALLED.keys() == set()


@pytest.mark.parametrize("file", QUESTIONS, ids=named)
def test_tables_answer_as_written(file: Path) -> None:
    assert asked(file)[0] == ()


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_row_decides_in_some_scenario(table: str) -> None:
    node = TABLES[table]
    assert node.table is not None
    directly = {number for file in QUESTIONS for number in rows_of(table, asked(file)[1])}
    assert sorted(set(range(1, len(node.table.rules) + 1)) - in_stories(table) - directly) == []


@pytest.mark.parametrize("table", sorted(TABLES.keys() - NOT_CALLED.keys()))
def test_a_row_is_only_asked_directly_where_it_says_why(table: str) -> None:
    node = TABLES[table]
    assert node.table is not None
    assert sorted(set(range(1, len(node.table.rules) + 1)) - in_stories(table)) == sorted(ONLY_ASKED.get(table, {}))


@pytest.mark.parametrize("story", ["common/risiko-naik/scenarios/lewat_telepon_belum_diketahui",
                                   "sapa129/pengelolaan-kasus/scenarios/risiko_naik_lalu_tidak_terjangkau"])
def test_what_a_caller_does_not_know_yet_counts_where_risk_is_raised(story: str) -> None:
    """The channel by which the new risk became known, not that of the first report."""
    assert rows_of("common/keputusan/d04-risiko: risk_criteria", rows_matched(ROOT / f"{story}.toml")) == {13}
