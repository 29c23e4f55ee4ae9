"""What another drawing would do to a run, judged from what the oracle's run did: tree of blocks against tree of blocks.

Imports nothing of the product. `Judge.missed` are steps the run would never come to though its standing says it went by them,
`repeated` those it would do again, `stuck` what would wait for ever or twice, `gone` places that are not there; `doubtful` may be read
either way: what an end before its time left out, and what an earlier round of a loop has done.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.support.token_oracle import Block, Oracle, Piece, Task

Shape = tuple[Any, ...]


def shape(block: Block) -> Shape:
    """A block with the steps and gates it is drawn with."""
    kind, *rest = block
    match kind:
        case "u" | "repeat":
            return ("step", rest[0])
        case "seq":
            return ("row", [shape(one) for one in rest[0]])
        case "and":
            return ("all", rest[0], [shape(one) for one in rest[1]])
        case "split":
            return ("row", [("step", f"{rest[0]}_s"), ("all", rest[0], [shape(one) for one in rest[1]])])
        case "xor" | "or":
            return ("row", [("step", f"{rest[0]}_d"), ("one" if kind == "xor" else "some", rest[0], [shape(one) for one in rest[2]])])
        case "loop":
            return ("again", rest[0], ("row", [shape(rest[2]), ("step", f"{rest[0]}_d")]))
        case "sub" | "call":
            return ("inside", rest[0], shape(rest[-1]))
        case "each":
            return ("for", rest[0], shape(rest[5]))
        case "cut" | "late" | "often":
            return ("cut" if kind == "cut" else "beside", rest[0], shape(rest[1]), ("step", rest[2]))
        case "wait":
            name = rest[0]
            return ("row", [("gate", f"{name}_3"), ("one", name, [("step", f"{name}_u{n}") for n in (1, 2, 3)])])
        case "fault":
            inside = ("inside", rest[0], ("row", [shape(rest[2]), ("step", f"{rest[0]}_d")]))
            return ("cut", rest[0], inside, ("step", rest[3]))
        case "halt":
            return ("halt", rest[0], ("inside", rest[0], ("halves", rest[0], shape(rest[1]), ("step", f"{rest[0]}_k"))))
    raise AssertionError(kind)


def parts(of: Shape) -> list[Shape]:
    """What lies in it."""
    return [each for one in of[1:] for each in (one if isinstance(one, list) else [one]) if isinstance(each, tuple)]


def where(of: Shape, around: tuple[str, ...] = (), *, beside: bool = True) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names of its steps and gates, each with what it lies inside of; without `beside`, those of the flow that it goes on by."""
    if of[0] in ("step", "gate"):
        yield of[1], around
    within = (*around, of[1]) if of[0] in ("inside", "for") else around
    for part in parts(of) if beside or of[0] != "beside" else parts(of)[:1]:
        yield from where(part, within, beside=beside or of[0] == "inside")


def certain(of: Shape) -> set[str]:
    """The steps that every run of it comes to."""
    if of[0] == "step":
        return {of[1]}
    if of[0] in ("row", "all", "inside", "again", "halves"):
        return set().union(*(certain(part) for part in parts(of)))
    return certain(of[2]) if of[0] == "beside" else set()


def _within_loops(of: Shape) -> Iterator[tuple[str, tuple[str, ...]]]:
    for part in parts(of):
        yield from where(part) if of[0] == "again" else _within_loops(part)


def _gates(of: Shape) -> Iterator[tuple[str, str]]:
    if of[0] in ("all", "some"):
        yield of[1], of[0]
    for part in parts(of):
        yield from _gates(part)


def _ids(of: Shape) -> set[str]:
    """What it is called and what lies in it, rows aside."""
    return {each for each in of[1:2] if isinstance(each, str)}.union(*(_ids(part) for part in parts(of)))


def _all_within(pieces: list[Any]) -> list[Any]:
    """They and whatever ran within them, the oldest first."""
    return [each for piece in pieces for each in (piece, *_all_within(piece.pieces))]


class Judge:
    """A run by one drawing, looked at with another in hand."""

    def __init__(self, run: Oracle, old: Block, new: Block, moved: set[str]) -> None:
        self.run = run
        self.old, self.new = shape(old), shape(new)
        self.was, self.now = dict(where(self.old)), dict(where(self.new))
        self.changed = self.now.keys() - self.was.keys() | moved
        self.looped = {name for name, _ in _within_loops(self.old)}
        self.missed, self.repeated, self.stuck, self.gone, self.doubtful = (set[str]() for _ in range(5))
        self.is_moved = any(task.name in moved for task in run.tasks)      # then all before its new place is behind it
        top = [run.frame]
        self._place()
        self._look(self.new, top, is_over=not self._stands(self.new, top))

    @property
    def is_harmed(self) -> bool:
        """Whether going on by the new drawing would surely lose, repeat or hold up something."""
        return bool(self.missed or self.repeated or self.stuck or self.gone)

    # --- what ran -----------------------------------------------------------------------------------------------

    def _ran(self, name: str, within: list[Any]) -> list[Any]:
        """The pieces of that name that began within, oldest first."""
        return [piece for piece in _all_within(within) if getattr(piece, "name", None) == name]

    def _stands(self, of: Shape, within: list[Any]) -> bool:
        return any(piece in self.run.tasks or piece in self.run.messages
                   for name, _ in where(of, beside=False) for piece in self._ran(name, within))

    def _began(self, of: Shape, within: list[Any]) -> bool:
        return any(self._ran(name, within) for name, _ in where(of)) or any(
            isinstance(piece, Piece) and piece.block[0] != "seq" and piece.block[1] in _ids(of) for piece in _all_within(within))

    def _blocks(self, name: str, within: list[Any], kinds: tuple[str, ...]) -> list[Any]:
        return [piece for piece in _all_within(within)
                if isinstance(piece, Piece) and piece.block[0] in kinds and piece.block[1] == name]

    # --- places that are gone -----------------------------------------------------------------------------------

    def _place(self) -> None:
        for piece in [*self.run.tasks, *self.run.messages]:
            if self.now.get(piece.name) != self.was.get(piece.name):
                self.gone.add(piece.name)
        now = dict(_gates(self.new))
        for name, kind in _gates(self.old):
            for piece in self._blocks(name, [self.run.frame], ("and", "split", "or")):
                taken = len(piece.pieces) - (piece.block[0] != "and")
                is_live = any(each in self.run.tasks or each in self.run.messages for each in _all_within([piece]))
                if is_live and piece.ask is None and len(piece.running) < taken and now.get(name) != kind:
                    self.gone.add(name)

    # --- what would come of it ----------------------------------------------------------------------------------

    def _look(self, of: Shape, within: list[Any], *, is_over: bool) -> None:
        """`of` stands, or `is_over`: whatever was to happen in it there has happened."""
        getattr(self, f"_{of[0]}")(of, within, is_over)

    def _step(self, of: Shape, within: list[Any], is_over: bool) -> None:
        name = of[1]
        if is_over and (name in self.changed or self.is_moved) and not self._ran(name, within):
            (self.doubtful if self._ran(name, [self.run.frame]) else self.missed).add(name)

    def _gate(self, of: Shape, within: list[Any], is_over: bool) -> None:
        """On purpose nothing."""

    def _row(self, of: Shape, within: list[Any], is_over: bool) -> None:
        standing = [number for number, part in enumerate(of[1]) if self._stands(part, within)]
        if len(standing) > 1:
            self.stuck.add("two tokens in a row")
        last = standing[-1] if standing else len(of[1])
        for number, part in enumerate(of[1]):
            if number > last:
                self._again_ahead(part, within)
            else:
                self._look(part, within, is_over=number != last and number not in standing)

    def _all(self, of: Shape, within: list[Any], is_over: bool) -> None:
        before = self._blocks(of[1], within, ("and", "split", "or"))[-1:]
        for branch in of[2]:
            stands = self._stands(branch, within)
            if not stands and not self._began(branch, before):
                self.missed |= {name for name in certain(branch) if not self._ran(name, within)}
                self.doubtful |= {name for name, _ in where(branch)}
                self.stuck |= set() if is_over else {of[1]}
            self._look(branch, within, is_over=not stands)

    def _some(self, of: Shape, within: list[Any], is_over: bool) -> None:
        for branch in of[2]:
            if self._began(branch, within):
                self._look(branch, within, is_over=not self._stands(branch, within))

    def _one(self, of: Shape, within: list[Any], is_over: bool) -> None:
        standing = [branch for branch in of[2] if self._stands(branch, within)]
        if len(standing) > 1:
            self.stuck.add(of[1])
        for branch in standing or [branch for branch in of[2] if self._began(branch, within)]:
            self._look(branch, within, is_over=not standing)

    def _again(self, of: Shape, within: list[Any], is_over: bool) -> None:
        loops = self._blocks(of[1], within, ("loop",))
        if not loops:
            self._look(of[2], within, is_over=is_over)
            return
        rounds = loops[-1].pieces
        size = 1 if len(rounds) % 2 else 2      # a round is its body and the step that decides
        if not is_over and len(rounds) > size:
            self._doubt(of[2], rounds[:-size])
        self._look(of[2], [loops[-1]] if is_over else rounds[-size:], is_over=is_over)

    def _inside(self, of: Shape, within: list[Any], is_over: bool) -> None:
        self._look(of[2], within, is_over=is_over)

    def _for(self, of: Shape, within: list[Any], is_over: bool) -> None:
        for several in self._blocks(of[1], within, ("each",))[-1:]:
            for index, piece in enumerate(several.pieces):
                if self._stands(of[2], [piece]):
                    self._look(of[2], [piece], is_over=False)
                elif index in several.results:
                    self._look(of[2], [piece], is_over=True)

    def _cut(self, of: Shape, within: list[Any], is_over: bool) -> None:
        if self._began(of[3], within):
            self._doubt(of[2], within)
        else:
            self._look(of[2], within, is_over=is_over)

    def _beside(self, of: Shape, within: list[Any], is_over: bool) -> None:
        self._look(of[2], within, is_over=is_over or not self._stands(of[2], within))

    def _halt(self, of: Shape, within: list[Any], is_over: bool) -> None:
        if is_over:
            self._doubt(of[2], within)
        else:
            self._look(of[2], within, is_over=False)

    def _halves(self, of: Shape, within: list[Any], is_over: bool) -> None:
        for half in (of[2], of[3]):
            self._look(half, within, is_over=is_over or not self._stands(half, within))

    def _doubt(self, of: Shape, within: list[Any]) -> None:
        """What was left out there may be called missed, or not."""
        self.doubtful |= {name for name, _ in where(of) if not self._ran(name, within)}

    def _again_ahead(self, of: Shape, within: list[Any]) -> None:
        """Steps ahead that were done within: once more, where every run comes to them."""
        done = {name for name, _ in where(of) if any(isinstance(piece, Task) and piece.is_done for piece in self._ran(name, within))}
        self.repeated |= (done & certain(of)) - self.looped
        self.doubtful |= done
