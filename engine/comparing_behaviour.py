"""What a step does otherwise than before, in words: who or what does it, how often, which SOP, operation, table and message it uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from engine import definitions
from engine.comparing_sides import Side, named
from engine.model import Loop, Node
from engine.types import Text

_SORTS: Final = {
    "userTask": Text("dikerjakan orang dengan formulir", "done by a person with a form"),
    "manualTask": Text("dikerjakan orang", "done by a person"), "task": Text("dikerjakan orang", "done by a person"),
    "serviceTask": Text("dikerjakan sistem", "done by the system"), "sendTask": Text("mengirim pesan", "sends a message"),
    "receiveTask": Text("menunggu pesan", "waits for a message"),
    "businessRuleTask": Text("diputuskan tabel keputusan", "decided by a decision table"),
    "callActivity": Text("menjalankan SOP lain", "runs another SOP"), "subProcess": Text("kelompok langkah", "a group of steps"),
    "transaction": Text("rangkaian langkah yang dapat dibatalkan", "a transaction")}
_NONE: Final = Text("tidak ada", "none")
_ROLE: Final = "role"
_DETAILS: Final = {_ROLE: Text("peran penerimanya", "the role it goes to")}
_TEXT: Final = re.compile(r'"([^"]*)"')
_CODE: Final = re.compile(r'"([A-Z]\d{2})"')


def changed(before: Side, was: Node, after: Side, now: Node, role_name: Callable[[str], Text]) -> Text | None:
    """How a step works otherwise than it did; None where it works the same."""
    found = list(_differences(before, was, after, now, role_name))
    if not found:
        return None
    name = named(now)
    return Text(f"“{name}” berubah: {'; '.join(one.id for one in found)}.", f"“{name}” changes: {'; '.join(one.en for one in found)}.")


def handling_added(node: Node) -> Text:
    """A new event sub-process: nothing leads to it but what happens."""
    name = named(node)
    return Text(f"Penanganan baru: “{name}”, yang berjalan sendiri bila peristiwanya terjadi.",
                f"New handling: “{name}”, which runs by itself when its event happens.")


def _differences(before: Side, was: Node, after: Side, now: Node, role_name: Callable[[str], Text]) -> Iterator[Text]:
    if was.type != now.type:
        yield _versus(_SORTS.get(was.type, _NONE), _SORTS.get(now.type, _NONE))
    if was.called_element != now.called_element:
        yield _versus(_called(before, was), _called(after, now), Text("SOP yang dijalankan", "the SOP it runs"))
    if was.operation != now.operation:
        yield _versus(_quoted(was.operation), _quoted(now.operation), Text("yang dikerjakan sistem", "what the system does"))
    for argument in dict.fromkeys((*was.arguments, *now.arguments)):
        old, new = was.arguments.get(argument), now.arguments.get(argument)
        if old != new:
            said = _argument if argument != _ROLE else lambda _, feel: role_name((feel or "").strip('"'))
            detail = _DETAILS.get(argument, Text(f"keterangan “{argument}”", f"the detail “{argument}”"))
            yield _versus(said(before, old), said(after, new), detail)
    if was.decision != now.decision:
        yield _versus(_quoted(was.decision), _quoted(now.decision), Text("tabel keputusannya", "its decision table"))
    if was.result != now.result:
        yield _versus(_quoted(was.result), _quoted(now.result), Text("hasilnya disimpan sebagai", "its result is kept as"))
    if was.message != now.message:
        yield _versus(_quoted(was.message), _quoted(now.message), Text("pesannya", "its message"))
    if _rounds(before, was.loop) != _rounds(after, now.loop):
        yield _versus(_rounds(before, was.loop), _rounds(after, now.loop))
    for old_data, new_data, taken in ((was.input_mappings, now.input_mappings, Text("yang dibawa masuk", "taken in")),
                                      (was.output_mappings, now.output_mappings, Text("yang dibawa keluar", "handed out"))):
        had, has = ({one.target: one.source for one in data} for data in (old_data, new_data))
        for target in dict.fromkeys((*had, *has)):
            if had.get(target) != has.get(target):
                name = after.answer(target)
                yield _versus(_from(before, had.get(target)), _from(after, has.get(target)),
                              Text(f"data {name.id} {taken.id}", f"the data {name.en} {taken.en}"))
    if was.triggered_by_event != now.triggered_by_event:
        yield _versus(_begun(was), _begun(now))
    if was.is_for_compensation != now.is_for_compensation:
        yield _versus(_undoing(was), _undoing(now))


def _called(side: Side, node: Node) -> Text:
    process = side.definition.processes.get(definitions.local_name(node.called_element))
    return _quoted(process.name or process.id if process is not None else node.called_element)


def _argument(side: Side, feel: str | None) -> Text:
    """The value as it is written; of a document's code, its title as well."""
    code = _CODE.fullmatch(feel or "")
    known = side.definition.documents.get(code[1]) if code is not None else None
    if code is None or known is None:
        text = _TEXT.fullmatch(feel or "")
        return _quoted(text[1] if text is not None else feel)
    return Text(f"{code[1]} ({known[0].title.id})", f"{code[1]} ({known[0].title.en})")


def _rounds(side: Side, loop: Loop | None) -> Text:
    """How often it is done, and when that stops."""
    if loop is None:
        return Text("dikerjakan satu kali", "done once")
    if loop.kind == "standard":
        most = Text(f", paling banyak {loop.maximum} kali", f", at most {loop.maximum} times") if loop.maximum else Text("", "")
        first = Text("diperiksa lebih dahulu", "asked first") if loop.test_before else Text("diperiksa sesudahnya", "asked afterwards")
        holds = side.said(loop.condition)
        return Text(f"diulang selama {holds.id} ({first.id}){most.id}", f"repeated while {holds.en} ({first.en}){most.en}")
    order = Text("bersamaan", "at the same time") if loop.kind == "parallel" else Text("bergiliran", "one after the other")
    each = loop.for_each
    over = each.collection if each is not None else loop.cardinality or loop.input_ref or "-"
    words = Text(f"dikerjakan untuk tiap butir {side.answer(over).id}, {order.id}", f"done for each of {side.answer(over).en}, {order.en}")
    if loop.completion:
        until = side.said(loop.completion)
        words = Text(f"{words.id}, sampai {until.id}", f"{words.en}, until {until.en}")
    kept = ", ".join(each.collect) if each is not None else loop.output_ref or ""
    return Text(f"{words.id}, hasil: {kept}", f"{words.en}, results: {kept}") if kept else words


def _from(side: Side, source: str | None) -> Text:
    if source is None:
        return _NONE
    name = side.answer(source)
    return Text(f"dari {name.id}", f"from {name.en}")


def _begun(node: Node) -> Text:
    return Text("berjalan sendiri bila peristiwanya terjadi", "runs by itself when its event happens") if node.triggered_by_event else Text(
        "dituju oleh alur", "is led to by a way")


def _undoing(node: Node) -> Text:
    return Text("hanya dikerjakan untuk membatalkan kembali", "is done only to undo") if node.is_for_compensation else Text(
        "dikerjakan pada gilirannya", "is done in its turn")


def _quoted(value: str | None) -> Text:
    return Text(f"“{value}”", f"“{value}”") if value else _NONE


def _versus(old: Text, new: Text, what: Text | None = None) -> Text:
    of = Text("", "") if what is None else Text(f"{what.id} ", f"{what.en} ")
    return Text(f"{of.id}dahulu {old.id}, kini {new.id}", f"{of.en}was {old.en}, is now {new.en}")
