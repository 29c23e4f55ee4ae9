"""Steps whose very name or place tells what only few may know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine import clause_words
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.subject import Diagram
from engine.model import Node

rules = Catalogue()
#: Words that tell a special category of data about her: health, a crime against her (domain.md 3.5, 5.0).
TELLING_WORDS = (
    "tpks", "kekerasan seksual", "pelecehan seksual", "perkosaan", "pemerkosaan", "visum", "hiv", "aids", "odha", "vct",
    "infeksi menular seksual", "ims", "kehamilan", "aborsi", "tppo", "perdagangan orang", "narkotika", "gangguan jiwa", "kejiwaan",
    "skizofrenia",
)
#: Records that exist only where such a thing is known.
TELLING_RECORDS = frozenset({"hiv_consent", "police_report"})
_SECRET = re.compile(r"passw(?:or)?d|passphrase|sandi\b|secret|api_?key|private_?key|access_?token", re.I)
_RESTRICTED = frozenset({"C3", "C4"})


@rules.diagram_rule(
    "sensitive-not-wrapped",
    ADVICE,
    ("Nama atau catatan di sini memberi tahu hal yang hanya boleh diketahui sedikit orang.",
     "The name or record here tells what only few may know."),
    (
        "Letakkan dalam sub-proses bernama netral yang seluruh isinya ditandai C3 atau C4.",
        "Put it into a sub-process of a neutral name in which everything is marked C3 or C4.",
    ),
)
def sensitive_not_wrapped(diagram: Diagram) -> Iterator[Hit]:
    """Whoever may not see a step sees that there is one, where it stands among the others: that she is at it, or went that way, says what
    it is about (design.md 3, 14). Among steps that are all restricted it tells nothing.
    """
    for scope, _, _ in diagram.scopes:
        if all(node.sensitivity in _RESTRICTED for node in scope.nodes.values()):
            continue
        yield from (diagram.hit(node) for node in scope.nodes.values() if _is_telling(node.name) or _makes_telling_record(diagram, node))
        yield from (diagram.hit(flow) for flow in scope.flows if _is_telling(flow.name))
    for process in diagram.model.processes.values():
        yield from (diagram.hit(lane) for lane in process.lanes if _is_telling(lane.name) and any(
            diagram.by_id[key].node.sensitivity not in _RESTRICTED for key in lane.node_ids if key in diagram.by_id))


@rules.diagram_rule(
    "secret-in-drawing",
    RULE,
    ("Kata sandi atau kunci tertulis terbuka di argumen langkah ini.", "A password or key stands in clear in an argument of this step."),
    ("Hapus dari berkas SOP, dan ganti kata sandi atau kunci itu.", "Remove it from the SOP, and change that password or key."),
)
def secret_in_drawing(diagram: Diagram) -> Iterator[Hit]:
    """Whoever reads, prints or exports the SOP has it; secrets belong to the settings of the machine."""
    for placed in diagram.placed:
        if any(_SECRET.search(name) and value.strip().startswith('"') for name, value in placed.node.arguments.items()):
            yield diagram.hit(placed)


def _makes_telling_record(diagram: Diagram, node: Node) -> bool:
    form = diagram.sop.forms.get(node.form or "")
    return form is not None and form.record in TELLING_RECORDS


def _is_telling(name: str) -> bool:
    return any(clause_words.says(word, (name,)) for word in TELLING_WORDS)
