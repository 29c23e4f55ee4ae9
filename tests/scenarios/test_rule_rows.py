"""Every row of every decision table that a shipped diagram calls decides in some shipped scenario; the other tables say why not."""

from __future__ import annotations

import functools

import pytest

from engine.decision_graph import Node
from engine.definitions import nodes_of
from tests.scenarios import rule_rows
from tests.scenarios.shipped import ROOT, SCENARIOS, SOPS, definition_of, named, rows_matched

TABLES = {f"{named(file)}: {node.name}": node
          for file in sorted(ROOT.glob("*/*/*.dmn")) for node in rule_rows.decisions_in(file) if node.table is not None}

#: Tables that no diagram calls, and what they are for. One that is called must leave this list.
NOT_CALLED: dict[str, str] = {
    "common/keputusan/d03-cara-pengelolaan: management_mode": "people decide by form how a line is served; no diagram proposes it yet",
    "common/keputusan/d04-risiko: risk_schedule": "no diagram draws the reminders of its proposed times yet",
    "common/keputusan/d05-penyetuju: approver": "lanes name abstract roles; test_decision_tables holds the table against the agencies",
    "common/keputusan/d06-penanganan-khusus: special_handling": "forms show what needs special handling; no diagram lists it yet",
    "common/keputusan/d07-pemberi-persetujuan: consent_giver": "who gives consent is written down by form; no diagram proposes it yet",
    "common/keputusan/d10-waktu-baku: clocks": "standards hang on the steps; test_decision_tables holds them against the table",
    "common/keputusan/d12-data-keluar: leaving_data": "the engine applies it to every letter; test_decision_tables holds the two together",
}

#: Rows that no story can reach through the product, and what stands before them. One that is reached must leave this list.
NOT_REACHED: dict[str, dict[int, str]] = {
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
    asked = [node for file in sorted(ROOT.glob("*/*/*.dmn")) for node in rule_rows.decisions_in(file) if node.name in names]
    tables = {rule_rows.table_of(node): name for node, name in by_node.items()}
    return frozenset(tables[key] for node in asked for each in node.order if (key := rule_rows.table_of(each)) in tables)


def test_every_table_is_called_or_says_why_not() -> None:
    assert called() | NOT_CALLED.keys() == TABLES.keys()
    assert called() & NOT_CALLED.keys() == set()
    assert all(NOT_CALLED.values())


@pytest.mark.parametrize("table", sorted(TABLES.keys() - NOT_CALLED.keys()))
def test_every_row_decides_in_some_scenario(table: str) -> None:
    node = TABLES[table]
    assert node.table is not None
    seen = {number for scenario in SCENARIOS for key, number in rows_matched(scenario) if key == rule_rows.table_of(node)}
    assert sorted(set(range(1, len(node.table.rules) + 1)) - seen) == sorted(NOT_REACHED.get(table, {}))


def test_what_is_said_not_to_be_reached_is_there() -> None:
    assert NOT_REACHED.keys() <= called()
