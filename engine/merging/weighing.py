"""Three sayings of one part: what only one side changed is taken, what both changed otherwise is a person's to choose."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine.types import Text

MOST_LINES = 40
LONGEST_LINE = 600

#: Part -> property -> what it says; any values that can be compared, of mappings, lists and texts.
Records = Mapping[str, Mapping[str, Any]]
#: One line of what a side says: what it is about, and the words; a reader is shown those in which the sides differ.
Said = tuple[tuple[str, str], ...]


WHOLE = Text("Seluruh berkas", "The whole file")


class Side(StrEnum):
    """Whose saying is taken."""

    IN_FORCE = "in_force"  #: The version that overtook the draft.
    DRAFT = "draft"        #: The draft.


class Unmergeable(Exception):
    """These files cannot be taken apart soundly: they stand against each other as wholes."""


@dataclass(frozen=True, kw_only=True)
class Clash:
    """One part that both sides changed otherwise. A side that says nothing (None) has no such part, or took it out.

    `id` is the same for the same three files and the same part; `chosen` is None until somebody chose.
    """

    id: str
    file: str
    title: Text
    base: Said | None
    in_force: Said | None
    draft: Said | None
    chosen: Side | None


@dataclass
class Weighing:
    """The parts of one file against each other. `title` says what a part and a property of it are called."""

    file: str
    choices: Mapping[str, Side]
    title: Callable[[str, str], Text] = lambda part, name: WHOLE
    clashes: list[Clash] = field(default_factory=list)

    def side(self, part: str, name: str, base: Any, in_force: Any, draft: Any, *, shown: Sequence[Any] = ()) -> Side:
        """Whose saying is taken; None says that there is no such part. Until somebody chooses, a clash goes to what is in force.

        Whoever chooses reads the three values where they differ, or what is `shown` in their place.
        """
        if in_force == draft or draft == base:
            return Side.IN_FORCE
        if in_force == base:
            return Side.DRAFT
        key = hashlib.sha256("\0".join((self.file, part, name)).encode()).hexdigest()[:20]
        said = _said(*(shown or (base, in_force, draft)))
        self.clashes.append(Clash(id=key, file=self.file, title=self.title(part, name), base=said[0], in_force=said[1], draft=said[2],
                                  chosen=self.choices.get(key)))
        return self.choices.get(key, Side.IN_FORCE)

    def sides(self, base: Records, in_force: Records, draft: Records) -> dict[str, dict[str, Side]]:
        """The parts that are left, those in force first, and for each property whose saying is taken.

        A part that one side took out or that both brought is weighed as a whole.
        """
        taken: dict[str, dict[str, Side]] = {}
        for part in (*in_force, *(one for one in draft if one not in in_force)):
            was, mine, theirs = base.get(part), in_force.get(part), draft.get(part)
            if was is not None and mine is not None and theirs is not None:
                names = dict.fromkeys((*mine, *theirs, *was))
                taken[part] = {name: self.side(part, name, was.get(name), mine.get(name), theirs.get(name)) for name in names}
            else:
                side = self.side(part, "", was, mine, theirs)
                kept = mine if side is Side.IN_FORCE else theirs
                if kept is not None:
                    taken[part] = dict.fromkeys(kept, side)
        return taken

    def order(self, part: str, three: Sequence[Sequence[str]], kept: Sequence[str]) -> list[str]:
        """What is `kept` in one order, of those of base, version in force and draft: as the side that moved something has it, and what
        the other added after what it follows there."""
        _, in_force, draft = three
        common = set.intersection(*map(set, three))
        base, here, there = ([one for one in each if one in common] for each in three)
        return woven(in_force, draft, kept) if self.side(part, ORDER, base, here, there) is Side.IN_FORCE else woven(draft, in_force, kept)


def woven(spine: Sequence[str], other: Sequence[str], kept: Collection[str]) -> list[str]:
    """What is `kept` as `spine` has it; what only the other has stands after what it follows there, behind what the spine added there."""
    left, known, others = set(kept), set(spine), set(other)
    made = [one for one in spine if one in left]
    before: list[str] = []
    for one in other:
        if one in left and one not in known:
            place = next((made.index(each) + 1 for each in reversed(before) if each in made), 0)
            while place < len(made) and made[place] not in others:
                place += 1
            made.insert(place, one)
        before.append(one)
    return made


#: The property under which the order of parts is weighed.
ORDER = "#order"


def flat(value: Any, path: str = "") -> dict[str, str]:
    """A value line by line: where a text stands in it -> the text."""
    if isinstance(value, Mapping):
        return {where: text for key, one in value.items() for where, text in flat(one, f"{path} {key}".strip()).items()}
    if isinstance(value, list | tuple):
        return {where: text for place, one in enumerate(value, start=1) for where, text in flat(one, f"{path} {place}".strip()).items()}
    return {} if value is None else {path: str(value)}


def _said(*values: Any) -> tuple[Said | None, ...]:
    """What each of them says where they do not all say the same."""
    lines = [flat(value) for value in values]
    alike = {where for where in lines[0] if all(each.get(where) == lines[0][where] for each in lines)}
    return tuple(None if value is None else tuple(
        (where, text[:LONGEST_LINE]) for where, text in each.items() if where not in alike)[:MOST_LINES]
        for value, each in zip(values, lines, strict=True))
