"""Steps whose very name or place tells what only few may know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine import clause_words
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.subject import Diagram, Placed

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
_WORK = frozenset({"userTask", "manualTask", "task", "serviceTask", "sendTask", "receiveTask", "callActivity", "subProcess"})


@rules.diagram_rule(
    "sensitive-not-wrapped",
    ADVICE,
    ("Nama atau catatan langkah ini memberi tahu hal yang hanya boleh diketahui sedikit orang.",
     "This step's name or record tells what only few may know."),
    (
        "Letakkan dalam sub-proses bernama netral yang seluruh isinya ditandai C3 atau C4.",
        "Put it into a sub-process of a neutral name in which everything is marked C3 or C4.",
    ),
)
def sensitive_not_wrapped(diagram: Diagram) -> Iterator[Hit]:
    """Whoever may not see a step sees that there is one, where it stands among the others: that she is at it says what it is about
    (design.md 3, 14). Among steps that are all restricted it tells nothing.
    """
    for placed in diagram.placed:
        if _tells(diagram, placed) and not all(node.sensitivity in _RESTRICTED for node in placed.scope.nodes.values()):
            yield diagram.hit(placed)


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


def _tells(diagram: Diagram, placed: Placed) -> bool:
    if placed.node.type not in _WORK:
        return False
    form = diagram.sop.forms.get(placed.node.form or "")
    if form is not None and form.record in TELLING_RECORDS:
        return True
    return any(clause_words.says(word, (placed.node.name,)) for word in TELLING_WORDS)
