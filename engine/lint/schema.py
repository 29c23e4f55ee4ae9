"""The BPMN 2.0 XML Schema, taken from the installed SpiffWorkflow package: its files are the OMG's own.

Only their place is asked for, the package is not imported. The schemas are compiled once; validation is serialised, since the
error log belongs to the schema object.
"""

from __future__ import annotations

import importlib.util
import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

_lock = threading.Lock()


@dataclass(frozen=True)
class Violation:
    """Where a file departs from the schema; `attribute` is one of BPMN's words or "", `element` None where it cannot be told."""

    line: int
    element: Any
    attribute: str


def violations(root: Any, limit: int) -> list[Violation]:
    """The places, at most `limit`, at which a BPMN file departs from the schema."""
    with _lock:
        schema = _bpmn()
        if schema.validate(root):
            return []
        places = dict.fromkeys((error.path, error.line, _attribute(error.message)) for error in schema.error_log)
    return [Violation(line, _at(root, path), attribute) for path, line, attribute in islice(places, limit)]


def _attribute(message: str) -> str:
    """The attribute a message of libxml2 speaks of, where its name is a plain word."""
    named = re.search(r", attribute '([A-Za-z]{1,40})'", message)
    return named[1] if named else ""


def _at(root: Any, path: str | None) -> Any:
    """The element of a path as libxml2 writes them."""
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath((path or "").partition("/@")[0], namespaces=prefixes)
    except etree.XPathError:
        return None
    return found[0] if found and isinstance(found[0].tag, str) else None


@lru_cache(maxsize=1)
def _bpmn() -> Any:
    spec = importlib.util.find_spec("SpiffWorkflow")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise FileNotFoundError("BPMN20.xsd comes with SpiffWorkflow, which is not installed")
    path = Path(places[0]) / "bpmn" / "parser" / "schema" / "BPMN20.xsd"
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(path), parser))
