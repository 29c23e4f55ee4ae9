"""Random changes to a random drawing: what a process owner may draw anew between two versions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tests.support.random_process import SHARED, Block

TIMED = ("cut", "late", "often")
KINDS = ("put", "put", "put", "inside", "drop", "rename", "beside", "retime", "edge", "bare", "move", "move", "fork", "row", "gate", "wrap")
#: Where the body of a block lies.
_BODY = {"sub": 2, "call": 4, "fault": 3, "halt": 2, "loop": 3}


class Edit:
    """Some random changes, one on top of the other. `moved` are the steps that have another place, `renamed` those with another id."""

    def __init__(self, rnd: random.Random, drawn: Block) -> None:
        self._rnd, self.drawn = rnd, drawn
        self.moved, self.kinds, self.renamed = set[str](), list[str](), dict[str, str]()
        before = names(drawn)
        for number in range(rnd.choice([1, 1, 2])):
            self.kinds.append(rnd.choice(KINDS))
            getattr(self, f"_{self.kinds[-1]}")(f"new{number}")
        self.moved &= names(self.drawn)
        self.owed = {block[1] for _, block, is_certain in places(self.drawn) if block[0] == "u" and is_certain} - before

    def _of(self, *kinds: str) -> list[tuple[Any, Block]]:
        return [(path, block) for path, block, _ in places(self.drawn) if block[0] in kinds]

    def _steps(self) -> list[tuple[Any, Block]]:
        return [(path, block) for path, block in self._of("u") if _stands_alone(self.drawn, path)]

    def _one(self, found: list[tuple[Any, Block]]) -> tuple[Any, Block] | None:
        return self._rnd.choice(found) if found else None

    def _put(self, new: str) -> None:
        path, block = self._rnd.choice(self._of("seq"))
        self._insert(path, block, ("u", new))

    def _insert(self, path: Any, block: Block, one: Block) -> None:
        at = self._rnd.randrange(len(block[1]) + 1)
        self._replace(path, ("seq", [*block[1][:at], one, *block[1][at:]]))

    def _inside(self, new: str) -> None:
        if found := self._one(self._of(*_BODY)):
            path, block = found
            at = _BODY[block[0]]
            body = [block[at], ("u", new)]
            self._rnd.shuffle(body)
            self._replace(path, (*block[:at], ("seq", body), *block[at + 1:]))

    def _drop(self, _: str) -> None:
        if found := self._one(self._of("seq")):
            path, block = found
            gone = next((one for one in block[1] if one[0] == "u" and len(block[1]) > 1), None)
            self._replace(path, ("seq", [one for one in block[1] if one is not gone]))

    def _move(self, _: str) -> None:
        rows = [(path, block) for path, block in self._of("seq") if len(block[1]) > 1 and any(one[0] == "u" for one in block[1])]
        if found := self._one(rows):
            path, block = found
            step = self._rnd.choice([one for one in block[1] if one[0] == "u"])
            self._replace(path, ("seq", [one for one in block[1] if one is not step]))
            near = [(path, self._at(path))] if self._rnd.random() < .6 else self._of("seq")
            self._insert(*self._rnd.choice(near), step)
            self.moved.add(step[1])

    def _rename(self, new: str) -> None:
        if found := self._one(self._steps()):
            was = found[1][1]
            first = next((old for old, now in self.renamed.items() if now == was), was)
            self.renamed[first] = f"{was}_{new}"
            self._replace(found[0], ("u", f"{was}_{new}"))

    def _beside(self, new: str) -> None:
        if found := self._one(self._steps()):
            self._replace(found[0], ("and", f"{new}_gate", [found[1], ("u", new)]))

    def _wrap(self, new: str) -> None:
        if found := self._one(self._steps()):
            self._replace(found[0], ("sub", f"{new}_sub", found[1]))

    def _edge(self, new: str) -> None:
        if found := self._one(self._steps()):
            self._replace(found[0], (self._rnd.choice(TIMED), f"{new}_timer", found[1], new, self._rnd.choice([1, 600])))

    def _bare(self, _: str) -> None:
        if found := self._one(self._of(*TIMED)):
            self._replace(found[0], found[1][2])

    def _retime(self, _: str) -> None:
        if found := self._one(self._of(*TIMED)):
            self._replace(found[0], (*found[1][:4], found[1][4] + self._rnd.choice([1, 600])))

    def _fork(self, new: str) -> None:
        if found := self._one([(path, block) for path, block in self._of("seq") if path and len(block[1]) > 1]):
            self._replace(found[0], ("and", f"{new}_gate", found[1][1]))

    def _row(self, _: str) -> None:
        if found := self._one(self._of("and")):
            self._replace(found[0], ("seq", found[1][2]))

    def _gate(self, _: str) -> None:
        if found := self._one(self._of("and", "or", "xor", "split")):
            path, (kind, name, *_, branches) = found
            other = self._rnd.choice([each for each in ("and", "or", "xor", "split") if each != kind])
            self._replace(path, (other, name, branches) if other in ("and", "split") else (other, name, SHARED[0], branches))

    def _at(self, path: tuple[Any, ...]) -> Any:
        found: Any = self.drawn
        for number in path:
            found = found[number]
        return found

    def _replace(self, path: tuple[Any, ...], block: Block) -> None:
        def put(into: Any, path: tuple[Any, ...]) -> Any:
            if not path:
                return block
            made = [put(one, path[1:]) if number == path[0] else one for number, one in enumerate(into)]
            return made if isinstance(into, list) else tuple(made)

        self.drawn = put(self.drawn, path)


def places(drawn: Any, path: tuple[Any, ...] = (), is_certain: bool = True) -> Iterator[tuple[tuple[Any, ...], Block, bool]]:
    """Every block with the way to it, and whether every run goes through it: rows of rows, branches that all are taken, what lies inside."""
    if isinstance(drawn, tuple) and drawn and isinstance(drawn[0], str):
        yield path, drawn, is_certain
        is_certain = is_certain and drawn[0] in ("seq", "and", "split", "sub", "call")
    if isinstance(drawn, tuple | list):
        for number, one in enumerate(drawn):
            if isinstance(one, tuple | list):
                yield from places(one, (*path, number), is_certain)


def names(drawn: Block) -> set[str]:
    """The ids of its steps that stand for themselves."""
    return {block[1] for _, block, _ in places(drawn) if block[0] == "u"}


def _stands_alone(drawn: Any, path: tuple[Any, ...]) -> bool:
    """Whether the block is one of a row or a branch, and no host of an edge or inside of a loop."""
    for number in path[:-1]:
        drawn = drawn[number]
    return bool(path) and isinstance(drawn, list)
