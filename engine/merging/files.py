"""The files of an SOP carried over: whatever only one side changed is taken; a file that both changed is merged by its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine import resolving
from engine.merging import diagram_parts, form_parts, sheet_parts, table_parts
from engine.merging.weighing import Clash, Side, Unmergeable, Weighing

Files = Mapping[str, bytes]
_Merge = Callable[[Weighing, bytes, bytes, bytes], bytes]


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The files that come of it, and what a person has to choose or has chosen; until all is chosen the files are no outcome yet.

    `fates`: whose each file is that differs from the base, `draft`, `in_force`, or `both` where both changed it.
    """

    files: Files
    clashes: tuple[Clash, ...]
    fates: Mapping[str, str]


def carried(base: Files, in_force: Files, draft: Files, choices: Mapping[str, Side]) -> Carried:
    """A draft of `base`, as a draft of what is in force now. `choices` say for ids of clashes whose saying is taken."""
    taken: dict[str, bytes] = {}
    clashes: list[Clash] = []
    for path in sorted({*in_force, *draft}):
        data, found = _one(path, base.get(path), in_force.get(path), draft.get(path), choices)
        clashes += found
        if data is not None:
            taken[path] = data
    return Carried(files=taken, clashes=tuple(clashes), fates={
        path: _fate(base.get(path), in_force.get(path), draft.get(path)) for path in sorted({*base, *in_force, *draft})
        if not base.get(path) == in_force.get(path) == draft.get(path)})


def _one(path: str, base: bytes | None, in_force: bytes | None, draft: bytes | None,
         choices: Mapping[str, Side]) -> tuple[bytes | None, list[Clash]]:
    if in_force == draft or draft == base:
        return in_force, []
    if in_force == base:
        return draft, []
    merge = _merge_of(path)
    if merge is not None and base is not None and in_force is not None and draft is not None:
        weighing = Weighing(path, choices)
        try:
            return merge(weighing, base, in_force, draft), weighing.clashes
        except Unmergeable:
            pass
    weighing = Weighing(path, choices)
    side = weighing.side("", "", base, in_force, draft, shown=_shown(base, in_force, draft))
    return (in_force if side is Side.IN_FORCE else draft), weighing.clashes


def _fate(base: bytes | None, in_force: bytes | None, draft: bytes | None) -> str:
    if in_force == draft or in_force != base != draft:
        return "both"
    return "in_force" if draft == base else "draft"


def _merge_of(path: str) -> _Merge | None:
    """How a file of that name is taken apart; None: it is not."""
    name = path.lower()
    if name.endswith((".bpmn", ".bpmn2", ".bpmn.xml", ".bpmn20.xml")):
        return diagram_parts.merged
    if name.endswith(".dmn"):
        return table_parts.merged
    if path.rpartition("/")[2] == resolving.SHEET:
        return sheet_parts.merged
    return form_parts.merged if name.endswith(".json") and resolving.inside(path).startswith("forms/") else None


def _shown(*files: bytes | None) -> list[Any]:
    """Of each file the lines that not all of them have; of one that is no text how long it is."""
    try:
        lines = [None if each is None else [line.strip() for line in each.decode().splitlines() if line.strip()] for each in files]
    except UnicodeDecodeError:
        return [None if each is None else {"": f"{len(each)} B"} for each in files]
    alike = set.intersection(*(set(each) for each in lines if each is not None))
    return [None if each is None else {f"{number:04}": line for number, line in enumerate(each, start=1) if line not in alike}
            for each in lines]
