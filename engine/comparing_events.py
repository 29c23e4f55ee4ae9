"""Events and gateways in words: what an event waits for, what it does with its step and where it leads; how a gateway chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from engine import durations
from engine.comparing_sides import Side, named
from engine.model import EventDefinition, EventKind, Node
from engine.types import Text

_THROWN: Final = frozenset({"endEvent", "intermediateThrowEvent"})
_BRANCHING: Final = {
    "exclusiveGateway": Text("hanya satu jalan ditempuh, yang syaratnya terpenuhi", "one way only is taken, the one whose condition holds"),
    "inclusiveGateway": Text("setiap jalan yang syaratnya terpenuhi ditempuh", "every way whose condition holds is taken"),
    "parallelGateway": Text("semua jalan ditempuh bersamaan", "all ways are taken at the same time"),
    "eventBasedGateway": Text("jalannya ditentukan peristiwa yang terjadi lebih dahulu", "the event that happens first decides the way"),
    "complexGateway": Text("jalannya dipilih dengan aturan khusus", "the way is chosen by a rule of its own")}
_JOINING: Final = {
    "exclusiveGateway": Text("setiap jalan yang tiba langsung diteruskan", "whatever arrives goes on at once"),
    "inclusiveGateway": Text("menunggu semua jalan yang masih berjalan", "waits for all ways that are still under way"),
    "parallelGateway": Text("menunggu sampai semua jalan tiba", "waits until all ways have arrived"),
    "complexGateway": Text("menyatukan jalan dengan aturan khusus", "joins the ways by a rule of its own")}
_ROUND_IT: Final = Text(" Padanya ada pengesahan atau persetujuan, yang kini dapat terlewati tanpa jawaban.",
                        " It holds an approval or a consent, which can now be passed without an answer.")


def added(side: Side, node: Node) -> Text:
    """What a new event or gateway does."""
    what, warning = _kind(node), _ROUND_IT if side.cuts_a_safeguard(node) else Text("", "")
    does, ways = _does(side, node), _ways(side, node)
    return Text(f"{what.id} baru: {placed(side, node).id}{_clause(does).id}{ways.id}.{warning.id}",
                f"New {what.en}: {placed(side, node).en}{_clause(does).en}{ways.en}.{warning.en}")


def removed(side: Side, node: Node) -> Text:
    """What an event or gateway did that is gone."""
    what, does = _kind(node), _does(side, node)
    return Text(f"{what.id} dihapus: {placed(side, node).id}{_clause(does).id}.",
                f"{what.en.capitalize()} removed: {placed(side, node).en}{_clause(does).en}.")


def changed(before: Side, was: Node, after: Side, now: Node) -> Text | None:
    """What an event waits for, or a gateway chooses by, otherwise than before; None where it works as it did."""
    found = list(_differences(before, was, after, now))
    if not found:
        return None
    newly = after.cuts_a_safeguard(now)
    leads = _leads(after, now) if now.type == "boundaryEvent" or _begins_handling(after, now) else Text("", "")
    place, warning = placed(after, now), _ROUND_IT if newly else Text("", "")
    return Text(f"{place.id[0].upper()}{place.id[1:]} berubah: {'; '.join(one.id for one in found)}{leads.id}.{warning.id}",
                f"{place.en[0].upper()}{place.en[1:]} changes: {'; '.join(one.en for one in found)}{leads.en}.{warning.en}")


def placed(side: Side, node: Node) -> Text:
    """Its name, with the step it sits on."""
    own, host = side.called(node.id), side.host(node)
    return own if host is None else Text(f"{own.id} pada “{named(host)}”", f"{own.en} on “{named(host)}”")


def length(text: str) -> Text:
    """How long a timer runs, for people; what is reckoned or cannot be read, as it is written."""
    if text.startswith("="):
        return Text(f"waktu menurut {text[1:]}", f"a time by {text[1:]}")
    try:
        read = durations.parse_duration(text)
    except durations.InvalidDuration:
        return Text(text, text)
    minutes, seconds = divmod(int(read.time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60) if minutes % 60 == 0 or minutes > 180 else (0, minutes)
    amounts = [(read.months, "bulan", "month"), (read.weeks, "minggu", "week"), (read.days, "hari", "day"), (hours, "jam", "hour"),
               (minutes, "menit", "minute"), (seconds, "detik", "second")]
    told = [(number, word, english) for number, word, english in amounts if number]
    if not told or read.time.microseconds:
        return Text(text, text)
    return Text(" ".join(f"{number} {word}" for number, word, _ in told),
                " ".join(f"{number} {english}{'s' if number != 1 else ''}" for number, _, english in told))


def _kind(node: Node) -> Text:
    if node.type.endswith("Gateway"):
        return Text("Gerbang", "gateway")
    return {"endEvent": Text("Akhir", "end"), "startEvent": Text("Awal", "start")}.get(node.type, Text("Peristiwa", "event"))


def _clause(words: Text) -> Text:
    return Text(f"; {words.id}", f"; {words.en}") if words.id else words


def _does(side: Side, node: Node) -> Text:
    if node.type.endswith("Gateway"):
        return _chooses(node)
    if node.type in _THROWN:
        return _throws(side, node)
    when, leads = _awaited(side, node), _leads(side, node)
    if node.type == "boundaryEvent" or _begins_handling(side, node):
        effect = _effect(side, node)
        return Text(f"{when.id} {effect.id}{leads.id}", f"{when.en} {effect.en}{leads.en}")
    if not when.id:
        return when
    if node.type == "startEvent":
        return Text(f"dimulai {when.id}", f"begins {when.en}")
    return Text(f"menunggu: {when.id}", f"waits: {when.en}")


def _effect(side: Side, node: Node) -> Text:
    """What becomes of the work an event finds under way."""
    if node.type == "boundaryEvent":
        if node.cancel_activity:
            return Text("langkah itu dihentikan walau belum selesai", "that step is stopped although it is not done")
        return Text("langkah itu tetap berjalan, dan di sampingnya ada jalan lain", "that step goes on, and beside it there is another way")
    if node.is_interrupting:
        around = side.nodes.get(side.holders[side.holders[node.id]])
        where = Text(f"pada “{named(around)}”", f"in “{named(around)}”") if around is not None else Text("pada SOP ini", "of this SOP")
        return Text(f"semua pekerjaan lain {where.id} dihentikan walau belum selesai",
                    f"all other work {where.en} is stopped although it is not done")
    return Text("pekerjaan lain tetap berjalan, dan di sampingnya ada jalan lain", "other work goes on, and beside it there is another way")


def _leads(side: Side, node: Node) -> Text:
    steps = side.next_steps(node.id)
    if not steps:
        return Text(", dan tidak berlanjut ke mana pun", ", and it leads nowhere")
    listed = ", ".join(f"“{one}”" for one in steps)
    return Text(f", lalu ke {listed}", f", then to {listed}")


def _ways(side: Side, gateway: Node) -> Text:
    """Where a gateway branches to, and when."""
    if not gateway.type.endswith("Gateway") or len(gateway.outgoing) < 2:
        return Text("", "")
    called = [(side.called(flow.target), flow.condition and side.said(flow.condition)) for flow in gateway.outgoing]
    return Text(": " + ", ".join(f"ke {name.id} (bila {when.id})" if when else f"ke {name.id}" for name, when in called),
                ": " + ", ".join(f"to {name.en} (if {when.en})" if when else f"to {name.en}" for name, when in called))


def _begins_handling(side: Side, node: Node) -> bool:
    holder = side.nodes.get(side.holders.get(node.id, ""))
    return node.type == "startEvent" and holder is not None and holder.triggered_by_event


def _chooses(node: Node) -> Text:
    joins = [_JOINING[node.type]] if len(node.incoming) > 1 and node.type in _JOINING else []
    branches = [_BRANCHING[node.type]] if len(node.outgoing) > 1 and node.type in _BRANCHING else []
    return _joined([*joins, *branches] or [one for one in [_BRANCHING.get(node.type)] if one], Text(", lalu ", ", then "))


def _awaited(side: Side, node: Node) -> Text:
    between = Text(" dan ", " and ") if node.parallel_multiple else Text(" atau ", " or ")
    return _joined((_awaiting(side, one) for one in node.events), between)


def _awaiting(side: Side, event: EventDefinition) -> Text:
    name, code = event.name or event.ref or "", f" “{event.code}”" if event.code else ""
    if event.kind is EventKind.TIMER:
        if event.timer_kind == "timeCycle":
            return _again(event.timer_text or "")
        words = length(event.timer_text or "")
        is_date = event.timer_kind == "timeDate"
        return Text(f"pada {words.id}", f"at {words.en}") if is_date else Text(f"setelah {words.id}", f"after {words.en}")
    words_of: dict[EventKind, Text] = {
        EventKind.MESSAGE: Text(f"bila pesan “{name}” diterima", f"when the message “{name}” is received"),
        EventKind.SIGNAL: Text(f"bila sinyal “{name}” disiarkan", f"when the signal “{name}” is sent"),
        EventKind.ERROR: Text(f"bila terjadi galat{code or ' apa pun'}", f"on {'the error' + code if code else 'any error'}"),
        EventKind.ESCALATION: Text(f"bila ada eskalasi{code or ' apa pun'}", f"on {'the escalation' + code if code else 'any escalation'}"),
        EventKind.CONDITIONAL: Text(f"bila {side.said(event.condition).id}", f"when {side.said(event.condition).en}"),
        EventKind.COMPENSATE: Text("bila hasilnya harus dibatalkan kembali", "when its result must be undone"),
        EventKind.CANCEL: Text("bila rangkaian itu dibatalkan", "when the transaction is cancelled"),
        EventKind.LINK: Text(f"dari tautan “{name}”", f"from the link “{name}”")}
    return words_of.get(event.kind, Text("", ""))


def _again(cycle: str) -> Text:
    """How often a timer runs, written as R3/P1D."""
    count, _, each = cycle.partition("/")
    words = length(each or cycle)
    most = Text(f", {count[1:]} kali", f", {count[1:]} times") if count[1:].isdigit() else Text("", "")
    return Text(f"tiap {words.id}{most.id}", f"every {words.en}{most.en}")


def _throws(side: Side, node: Node) -> Text:
    around = side.nodes.get(side.holders[node.id])
    return _joined((_thrown(one, around) for one in node.events), Text(", ", ", "))


def _thrown(event: EventDefinition, around: Node | None) -> Text:
    name, code = event.name or event.ref or "", f" “{event.code}”" if event.code else ""
    part = Text("seluruh proses", "the whole process") if around is None else Text(f"“{named(around)}”", f"“{named(around)}”")
    words_of: dict[EventKind, Text] = {
        EventKind.MESSAGE: Text(f"mengirim pesan “{name}”", f"sends the message “{name}”"),
        EventKind.SIGNAL: Text(f"menyiarkan sinyal “{name}”", f"sends the signal “{name}”"),
        EventKind.ERROR: Text(f"menghentikan {part.id} dengan galat{code}", f"stops {part.en} with the error{code}"),
        EventKind.ESCALATION: Text(f"melaporkan eskalasi{code}", f"reports the escalation{code}"),
        EventKind.TERMINATE: Text(f"mengakhiri {part.id}, juga langkah lain di dalamnya yang masih berjalan",
                                  f"ends {part.en}, also other steps in it that are still under way"),
        EventKind.CANCEL: Text("membatalkan rangkaian langkah ini", "cancels this transaction"),
        EventKind.COMPENSATE: Text("membatalkan kembali hasil langkah yang sudah selesai", "undoes what finished steps did"),
        EventKind.LINK: Text(f"melompat ke tautan “{name}”", f"jumps to the link “{name}”")}
    return words_of.get(event.kind, Text("", ""))


def _differences(before: Side, was: Node, after: Side, now: Node) -> Iterator[Text]:
    if was.attached_to != now.attached_to:
        yield _versus(before, was, after, now, lambda side, node: _where(side, node))
    if was.type != now.type or (was.type.endswith("Gateway") and was.event_gateway_type != now.event_gateway_type):
        yield _versus(before, was, after, now, _sort)
    elif _heard(was) != _heard(now):
        yield _versus(before, was, after, now, lambda side, node: _throws(side, node) if node.type in _THROWN else _awaited(side, node))
    if (was.cancel_activity, was.is_interrupting) != (now.cancel_activity, now.is_interrupting):
        yield _versus(before, was, after, now, _effect)
    if _otherwise(before, was, after) != _otherwise(after, now, before):
        yield _versus(before, was, after, now, lambda side, node: _default_words(side, node))


def _heard(node: Node) -> tuple[object, ...]:
    return (node.parallel_multiple, *((one.kind, one.name, one.code, one.timer_kind, one.timer_text, one.condition) for one in node.events))


def _otherwise(side: Side, node: Node, other: Side) -> object:
    """The way taken when no condition holds: by its id where both versions have it, else by what it leads to."""
    flow = side.flows.get(node.default_flow or "")
    if flow is None:
        return None
    return flow.id if flow.id in other.flows else flow.target


def _default_words(side: Side, node: Node) -> Text:
    flow = side.flows.get(node.default_flow or "")
    if flow is None:
        return Text("tidak ada jalan bila tak satu pun syarat terpenuhi", "there is no way where no condition holds")
    target = side.called(flow.target)
    return Text(f"ke {target.id} bila tak satu pun syarat terpenuhi", f"to {target.en} where no condition holds")


def _where(side: Side, node: Node) -> Text:
    host = side.host(node)
    return Text("tidak pada langkah mana pun", "on no step") if host is None else Text(f"pada “{named(host)}”", f"on “{named(host)}”")


def _sort(side: Side, node: Node) -> Text:
    what, does = _kind(node), _does(side, node)
    return does if node.type.endswith("Gateway") else Text(f"{what.id.lower()}{_clause(does).id}", f"{what.en}{_clause(does).en}")


def _versus(before: Side, was: Node, after: Side, now: Node, words: Callable[[Side, Node], Text]) -> Text:
    old, new = words(before, was), words(after, now)
    nothing = Text("hanya mengakhiri jalannya sendiri", "it only ends its own way") if now.type == "endEvent" else Text(
        "tanpa pemicu", "nothing sets it off")
    old, new = (one if one.id else nothing for one in (old, new))
    return Text(f"dahulu {old.id}, kini {new.id}", f"before, {old.en}; now, {new.en}")


def _joined(words: Iterable[Text], between: Text) -> Text:
    found = [one for one in words if one.id]
    return Text(between.id.join(one.id for one in found), between.en.join(one.en for one in found))
