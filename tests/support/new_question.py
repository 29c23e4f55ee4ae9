"""Forms of an SOP with a mandatory question more, or an option less."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

KEY, LABEL = "urgency", "Kemendesakan"
QUESTION = {
    "key": KEY, "type": "choice", "label": {"id": LABEL, "en": "Urgency"}, "required": True, "sensitivity": "C1",
    "options": [{"value": "soon", "label": {"id": "Segera", "en": "Soon"}}, {"value": "later", "label": {"id": "Nanti", "en": "Later"}}]}
#: Mandatory, too, but only asked after the answer "soon".
WHY = {"key": "why", "type": "text", "label": {"id": "Mengapa", "en": "Why"}, "required": True, "sensitivity": "C1",
       "showIf": f'{KEY} = "soon"'}


def with_questions(files: Mapping[str, bytes], form: str, *questions: Mapping[str, Any]) -> dict[str, bytes]:
    """The files with these questions at the end of a form."""
    path = f"forms/{form}.json"
    read = json.loads(files[path])
    return {**files, path: json.dumps({**read, "fields": [*read["fields"], *questions]}).encode()}


def without_option(files: Mapping[str, bytes], form: str, field: str, value: str) -> dict[str, bytes]:
    """The files with one answer less to choose from."""
    path = f"forms/{form}.json"
    read = json.loads(files[path])
    (asked,) = [each for each in read["fields"] if each["key"] == field]
    left = [each for each in asked["options"] if each["value"] != value]
    assert len(left) == len(asked["options"]) - 1
    asked["options"] = left
    return {**files, path: json.dumps(read).encode()}
