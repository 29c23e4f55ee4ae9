"""BPMN 2.0's own XML Schema."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn_reading import BPMN, local
from engine.lint import schema
from engine.lint.registry import ADVICE, ERROR, Catalogue, Hit
from engine.lint.subject import Diagram
from engine.lint.support import MAX_HITS

rules = Catalogue()


@rules.diagram_rule(
    "schema",
    ERROR,
    ("Elemen ini tidak sesuai skema BPMN 2.0.", "This element does not follow the BPMN 2.0 schema."),
    (
        "Simpan ulang dari studio, atau periksa ejaan dan urutan elemennya.",
        "Save it again from the studio, or check spelling and order.",
    ),
)
def follows_schema(diagram: Diagram) -> Iterator[Hit]:
    """A misspelled tag or attribute would be passed over in silence. A departure inside layout or another tool's extension moves
    nothing and is only advice."""
    for found in schema.violations(diagram.root, MAX_HITS):
        if found.element is None:
            yield Hit(line=found.line, file=diagram.file)
            continue
        runs = found.element.tag.startswith(f"{{{BPMN}}}")
        hit = diagram.hit(found.element, word=" ".join(filter(None, (local(found.element), found.attribute))) if runs else "")
        yield Hit(element_id=hit.element_id, line=found.line, file=diagram.file, word=hit.word, severity=None if runs else ADVICE)
