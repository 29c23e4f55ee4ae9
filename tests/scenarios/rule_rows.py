"""Which rows of which decision tables a run matched: of the decision that was asked, and of every one it requires."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from lxml import etree

from engine.decision_graph import Node, read_graph
from engine.decisions_xml import Reading

#: A decision of one file (by its content, the same wherever it is read from), and the number of a row, counted from 1.
Table = tuple[str, str]
Row = tuple[Table, int]


@contextmanager
def recorded() -> Iterator[set[Row]]:
    """Everything matched inside the block."""
    rows: set[Row] = set()
    value = Node.value

    def noted(node: Node, *given: Any) -> Any:
        result = value(node, *given)
        rows.update((table_of(node), number) for number in result[1])
        return result

    with mock.patch.object(Node, "value", noted):
        yield rows


@functools.cache
def table_of(node: Node) -> Table:
    """What names this node's table in any reading of its file."""
    return hashlib.sha256(etree.tostring(node.element.getroottree(), method="c14n")).hexdigest(), node.name


def decisions_in(file: Path) -> tuple[Node, ...]:
    """The decisions of a DMN file."""
    return read_graph(Reading(file.read_bytes(), file.name)).decisions
