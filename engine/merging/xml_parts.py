"""XML files whose elements are merged in place: what an element says, and how another side's words take its place in the tree."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from engine import safe_xml
from engine.merging.weighing import Unmergeable
from engine.decisions_xml import NAMESPACES as DMN
from engine.errors import BundleRefused
from engine.safe_xml import BPMN

SOP = "urn:sop:bpmn:1"
_SHORT = {SOP: "sop:", BPMN: "", **dict.fromkeys(DMN, "")}


def read(data: bytes, file: str) -> Any:
    """The root of a file, with its comments. Raises `Unmergeable`."""
    try:
        return safe_xml.whole_root(data, file)
    except BundleRefused:
        raise Unmergeable() from None


def written(root: Any) -> bytes:
    """The file's bytes."""
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root.getroottree(), encoding="utf-8") + b"\n"


def elements(parent: Any) -> Iterator[Any]:
    """The children of an element that are elements."""
    return (child for child in parent if isinstance(child.tag, str))


def local(element: Any) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(element).localname)


def says(element: Any, *, is_left_out: Callable[[Any], bool] = lambda _: False, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """Everything an element says, by where in it: equal where two elements say the same, however they are set. Of the element itself
    attributes `without`, of all below it the elements `is_left_out` are not told."""
    found: dict[str, str] = {}

    def tell(one: Any, path: str, counted: str) -> None:
        found[f"{path}#".strip()] = f"{_name(one.tag)}{counted}"
        for name, value in sorted(one.attrib.items()):
            if one is not element or name not in without:
                found[f"{path} @{_name(name)}".strip()] = value
        seen: dict[str, int] = {}
        for child in one:
            if not isinstance(child.tag, str):
                found[f"{path} <!-- {sum(key.startswith(f'{path} <!--') for key in found) + 1}".strip()] = (child.text or "").strip()
            elif not is_left_out(child):
                name = _name(child.tag)
                seen[name] = seen.get(name, 0) + 1
                tell(child, f"{path} {name}{f' {seen[name]}' if seen[name] > 1 else ''}".strip(), "")
        words = " ".join("".join(one.xpath("text()")).split())
        if words:
            found[path] = words

    tell(element, "", "")
    return found


def set_in_place(old: Any, new: Any) -> Any:
    """Another side's element in the place of `old`; the one that stands there now."""
    put = copy.deepcopy(new)
    put.tail = old.tail
    old.getparent().replace(old, put)
    return put


def put_after(parent: Any, before: Any | None, new: Any) -> Any:
    """Another side's element below `parent`, after `before`, or last; the one that stands there now."""
    put = copy.deepcopy(new)
    beside = before if before is not None else parent[-1] if len(parent) else None
    put.tail = beside.tail if beside is not None else parent.text
    parent.insert(len(parent) if before is None else parent.index(before) + 1, put)
    return put


def take_out(element: Any) -> None:
    """Without an element; the text after it stays."""
    parent, before = element.getparent(), element.getprevious()
    if element.tail and element.tail.strip():
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def reattributed(old: Any, new: Any, *, is_part: Callable[[Any], bool]) -> None:
    """`old` says what `new` says beside its parts, which stay: its attributes, its words, its other children, set first."""
    for one in [child for child in old if not is_part(child)]:
        take_out(one)
    old.attrib.clear()
    old.attrib.update(new.attrib)
    old.text = new.text
    for place, one in enumerate([child for child in new if not is_part(child)]):
        old.insert(place, copy.deepcopy(one))


def _name(tag: str) -> str:
    qualified = etree.QName(tag)
    namespace = qualified.namespace or ""
    return f"{_SHORT.get(namespace, f'{{{namespace}}}') if namespace else ''}{qualified.localname}"
