"""The BPMN 2.0 XML Schema, taken from the installed SpiffWorkflow package: its files are the OMG's own.

Only their place is asked for, the package is not imported. The schemas are compiled once; validation is serialised, since the
error log belongs to the schema object.
"""

from __future__ import annotations

import importlib.util
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

_lock = threading.Lock()


def violations(root: Any, limit: int) -> list[int]:
    """The lines, at most `limit`, at which a BPMN file departs from the schema."""
    with _lock:
        schema = _bpmn()
        if schema.validate(root):
            return []
        lines: list[int] = []
        for error in schema.error_log:
            if error.line not in lines:
                lines.append(error.line)
            if len(lines) >= limit:
                break
        return lines


@lru_cache(maxsize=1)
def _bpmn() -> Any:
    spec = importlib.util.find_spec("SpiffWorkflow")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise FileNotFoundError("BPMN20.xsd comes with SpiffWorkflow, which is not installed")
    path = Path(places[0]) / "bpmn" / "parser" / "schema" / "BPMN20.xsd"
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(path), parser))
