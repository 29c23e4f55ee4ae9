"""An instance's trace as an XES event log (IEEE 1849-2016), for process-mining tools.

Extensions used: concept (names), lifecycle (transition), time (timestamp), organizational (role). Element ids stand in
`concept:instance`-free `kawal:element`, so that two steps of one name can be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from engine.model import Node
from engine.types import Happening, TraceEntry

_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
)
# The transactional model of the lifecycle extension has no word for an event that is thrown or caught: both are complete.
_LIFECYCLE = {
    Happening.ENTERED: "start",
    Happening.COMPLETED: "complete",
    Happening.CANCELLED: "ate_abort",
    Happening.FAILED: "ate_abort",
    Happening.THROWN: "complete",
    Happening.CAUGHT: "complete",
}


def xes(trace_name: str, entries: Sequence[TraceEntry], nodes: Mapping[str, Node], *, roles: Mapping[str, str] | None = None) -> bytes:
    """The log's bytes: one trace, one event per entry, in order. `roles` maps element ids to the role of their lane."""
    log = etree.Element("log", {"xes.version": "1849.2016", "xes.features": "nested-attributes"})
    for name, prefix, uri in _EXTENSIONS:
        etree.SubElement(log, "extension", {"name": name, "prefix": prefix, "uri": uri})
    trace = etree.SubElement(log, "trace")
    _string(trace, "concept:name", trace_name)
    for entry in entries:
        event = etree.SubElement(trace, "event")
        node = nodes.get(entry.element_id)
        _string(event, "concept:name", (node.name if node else "") or entry.element_id)
        _string(event, "lifecycle:transition", _LIFECYCLE[entry.happened])
        etree.SubElement(event, "date", {"key": "time:timestamp", "value": entry.at.isoformat(timespec="milliseconds")})
        role = (roles or {}).get(entry.element_id) or (node.lane if node else "")
        if role:
            _string(event, "org:role", role)
        _string(event, "kawal:element", entry.element_id)
        _string(event, "kawal:type", entry.element_type)
        _string(event, "kawal:happened", entry.happened.value)
        etree.SubElement(event, "int", {"key": "kawal:seq", "value": str(entry.seq)})
    return etree.tostring(log, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _string(parent: etree._Element, key: str, value: str) -> None:
    clean = "".join(c for c in value if c in "\t\n\r" or c >= " ")
    etree.SubElement(parent, "string", {"key": key, "value": clean})
