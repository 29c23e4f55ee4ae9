"""Messages that are waited for: whether anybody can send them."""

from __future__ import annotations

from collections.abc import Iterator

from engine import correspondence
from engine.lint.registry import ADVICE, Catalogue, Hit
from engine.lint.subject import Placed, Sop

rules = Catalogue()


@rules.sop_rule(
    "message-from-nobody",
    ADVICE,
    ("Pesan yang ditunggu di sini tidak dikirim langkah mana pun di SOP ini, dan tidak ada formulir untuk mencatatnya.",
     "The message waited for here is sent by no step of this SOP, and no form writes it down."),
    (
        "Samakan nama pesannya dengan pengirimnya, atau beri formulir agar petugas dapat mencatatnya. Bila SOP lain atau sistem luar "
        "yang mengirim, jelaskan saat mengusulkan.",
        "Give the message its sender's name, or a form by which an officer writes it down. Where another SOP or an outside system "
        "sends it, say so when you propose.",
    ),
)
def message_from_nobody(sop: Sop) -> Iterator[Hit]:
    """Whoever waits for it waits for ever. One that begins a case keeps nobody waiting; an arrow from another pool draws who sends it."""
    known = correspondence.sent(process for _, process in sop.processes.values())
    for diagram in sop.diagrams if sop.sheet is not None else ():
        drawn = {flow.target for flow in diagram.model.message_flows}
        for placed in diagram.placed:
            if not placed.node.form and placed.node.id not in drawn and _waits_in_a_case(placed) and not known.issuperset(
                    correspondence.heard_by(placed.node)):
                yield diagram.hit(placed)


def _waits_in_a_case(placed: Placed) -> bool:
    return placed.node.type != "startEvent" or (placed.holder is not None and placed.holder.triggered_by_event)
