"""Random block-structured processes: as blocks for the oracle, as BPMN for the engine.

A block is a tuple, its kind first: see `Generator.block`. Conditions read the shared variables v0..v3, which tasks write,
so that data decides where tokens go. Ids are unique within a process.
"""

from __future__ import annotations

import random
import re
from typing import Any

from tests.support import bpmn

Block = tuple[Any, ...]
SHARED = ("v0", "v1", "v2", "v3")

#: What a family of processes may hold. `make soak` runs 1,500 of each.
FAMILIES = {
    "flow": ("u", "seq", "xor", "and", "or", "loop", "split"),
    "scopes": ("u", "seq", "xor", "and", "loop", "sub", "call", "repeat"),
    "instances": ("u", "seq", "xor", "or", "loop", "sub", "call", "each", "each"),
    "everything": ("u", "seq", "xor", "and", "or", "loop", "split", "sub", "call", "repeat", "each", "cut", "cut", "late", "late",
                   "often", "wait", "fault", "halt"),
    "reactions": ("u", "seq", "xor", "and", "or", "loop", "split", "sub", "call", "repeat", "each", "cut", "late", "often", "wait",
                  "fault", "halt", *["react"] * 6),
}
_LEAVES = ("u", "repeat", "cut", "late", "often", "wait", "each")


class Generator:
    """Draws blocks from a seeded source."""

    def __init__(self, rnd: random.Random, allowed: tuple[str, ...]) -> None:
        self.rnd = rnd
        self.allowed = allowed
        self.count = 0
        self.minutes = 0

    def process(self, depth: int = 4) -> Block:
        body = ("seq", [self.block(depth), ("u", self.name("z"))])
        return self.react(depth - 1, "p", body) if "react" in self.allowed and self.rnd.random() < .5 else body

    def block(self, depth: int) -> Block:
        rnd = self.rnd
        kinds = self.allowed if depth > 0 else tuple(k for k in self.allowed if k in _LEAVES)
        kind = rnd.choice(kinds)
        match kind:
            case "seq":
                return ("seq", [self.block(depth - 1) for _ in range(rnd.randint(2, 3))])
            case "and" | "split":      # gateways, or two flows out of one task
                return (kind, self.name(kind), [self.block(depth - 1) for _ in range(rnd.randint(2, 3))])
            case "xor" | "or":         # on a shared variable; the last branch of xor is the default
                return (kind, self.name(kind), rnd.choice(SHARED), [self.block(depth - 1) for _ in range(rnd.randint(2, 3))])
            case "loop":               # again while a shared variable is below 2
                return ("loop", self.name("loop"), rnd.choice(SHARED), self.block(depth - 1))
            case "sub":
                return ("sub", self.name("sub"), self.block(depth - 1))
            case "call":               # with the shared variables it takes and gives back
                return ("call", self.name("call"), self.some(), self.some(), self.block(depth - 1))
            case "repeat":             # a task with a standard loop
                return ("repeat", self.name("rep"), rnd.choice(SHARED))
            case "each":
                return self.each(depth)
            case "fault":              # a sub-process that may end with an error its edge catches
                return ("fault", self.name("flt"), rnd.choice(SHARED), self.block(depth - 1), self.name("h"))
            case "halt":               # a sub-process one of whose tasks terminates it
                return ("halt", self.name("hlt"), self.block(depth - 1))
            case "cut" | "late":       # an edge timer that interrupts, or not
                host = rnd.choice(["u", "sub", "each"]) if depth > 0 else "u"
                inner = ("u", self.name("u")) if host == "u" else ("sub", self.name("sub"), self.block(depth - 1)) \
                    if host == "sub" else self.each(depth)
                return (kind, self.name("t"), inner, self.name("h"), self.duration())
            case "often":              # an edge timer that repeats without end
                return ("often", self.name("t"), ("u", self.name("u")), self.name("h"), self.duration())
            case "react":              # a sub-process with event sub-processes
                return self.react(depth - 1, self.name("rct"), self.block(depth - 1))
            case "wait":               # an event-based gateway: two timers and a message
                return ("wait", self.name("ev"), self.duration(), self.duration())
        return ("u", self.name("u"))

    def each(self, depth: int) -> Block:
        rnd = self.rnd
        inner = rnd.choice(["u", "sub", "call"] + ["react"] * self.allowed.count("react")) if depth > 0 else "u"
        body = ("u", self.name("u")) if inner == "u" else (inner, self.name(inner), self.block(depth - 1)) if inner == "sub" \
            else self.react(depth - 1, self.name("rct"), self.block(depth - 1)) if inner == "react" else (inner, self.name(inner), self.some(), self.some(), self.block(depth - 1))
        items = [rnd.choice([1, 2, 3, None]) for _ in range(rnd.choice([0, 1, 2, 2, 3]))]
        completion = rnd.choice([None, None, 1, 2])
        return ("each", self.name("item"), rnd.random() < .5, items, completion, rnd.choice(SHARED), body)

    def react(self, depth: int, name: str, body: Block) -> Block:
        """Reactions are (name, kind, interrupting, minutes, body); what the end of `body` throws, one of them catches.

        A condition has a variable and a number in place of the minutes, and a body that does not look at variables itself.
        """
        rnd = self.rnd
        thrown = rnd.choice([None, "error", "escalation"])
        kinds = [rnd.choice(["message", "message", "timer", "cycle", "condition", "condition"]) for _ in range(rnd.randint(1, 3))] + ([thrown] if thrown else [])
        rnd.shuffle(kinds)
        reactions = [(self.name("r"), kind, kind == "error" or rnd.random() < .4,
                      (rnd.choice(SHARED), rnd.randint(1, 3)) if kind == "condition" else self.duration(),
                      ("u", self.name("u")) if kind == "condition" else self.block(depth - 1)) for kind in kinds]
        return ("react", name, rnd.choice(SHARED), body, reactions, thrown)

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def some(self) -> tuple[str, ...]:
        return tuple(v for v in SHARED if self.rnd.random() < .5)

    def duration(self) -> int:
        self.minutes += self.rnd.randint(7, 400)
        return self.minutes


def to_bpmn(block: Block) -> bytes:
    """The process `p` of a block, with every called process beside it."""
    called: list[str] = []
    if block[0] == "react":
        drawn = bpmn.process("p", *_reacting(block, called))
    else:
        parts, first, last = _draw(block, called)
        drawn = bpmn.process("p", bpmn.start("s"), *parts, bpmn.end("e"), bpmn.flow("s", first), bpmn.flow(last, "e"))
    messages = dict.fromkeys(re.findall(r'messageRef="(\w+)_m"', "".join((drawn, *called))))
    roots = "".join(f'<bpmn:message id="{name}_m" name="{name}"/>' for name in messages)
    return bpmn.document(drawn, *called, roots=bpmn.error("FAULT") + bpmn.escalation("NOTE") + roots)


def _reacting(block: Block, called: list[str]) -> list[str]:
    """What stands inside a `react`."""
    name, variable, body, reactions, thrown = block[1:]
    parts, first, last = _draw(body, called)
    parts += [bpmn.start(f"{name}_b"), bpmn.end(f"{name}_e"), bpmn.flow(f"{name}_b", first)]
    if thrown is None:
        parts.append(bpmn.flow(last, f"{name}_e"))
    else:
        parts += [bpmn.user(f"{name}_d"), bpmn.exclusive(f"{name}_g", f"{name}_g__{name}_e"),
                  bpmn.end(f"{name}_x", _trigger(name, thrown, 0)), bpmn.flows(last, f"{name}_d", f"{name}_g", f"{name}_e"),
                  bpmn.flow(f"{name}_g", f"{name}_x", f"{variable} != null and {variable} < 2")]
    for own, kind, interrupting, minutes, inner in reactions:
        drawn, begin, finish = _draw(inner, called)
        start = bpmn.element("startEvent", f"{own}_s", _trigger(f"{own}_s", kind, minutes), isInterrupting=interrupting)
        parts.append(bpmn.element("subProcess", own, "".join([
            start, *drawn, bpmn.end(f"{own}_e"), bpmn.flow(f"{own}_s", begin), bpmn.flow(finish, f"{own}_e")]), triggeredByEvent=True))
    return parts


def _trigger(name: str, kind: str, minutes: Any) -> str:
    if kind == "condition":
        return bpmn.conditional("{0} != null and {0} >= {1}".format(*minutes))
    if kind in ("timer", "cycle"):
        return bpmn.timer(f"PT{minutes}M") if kind == "timer" else bpmn.timer(f"R/PT{minutes}M", "timeCycle")
    return bpmn.event(kind, {"message": f"{name}_m", "error": "FAULT", "escalation": "NOTE"}[kind])


def _draw(block: Block, called: list[str], marker: str = "") -> tuple[list[str], str, str]:
    """The elements of a block, the first and the last of them. `marker` is a loop marker for its activity."""
    kind = block[0]
    match kind:
        case "u":
            return [bpmn.user(block[1], marker)], block[1], block[1]
        case "repeat":
            name, variable = block[1:]
            return [bpmn.user(name, bpmn.standard_loop(f"{variable} != null and {variable} < 2", maximum=5))], name, name
        case "seq":
            return _in_a_row(block[1], called)
        case "and":
            name, branches = block[1:]
            parts = [bpmn.parallel(f"{name}_s"), bpmn.parallel(f"{name}_j")]
            _between(parts, branches, called, f"{name}_s", f"{name}_j", [None] * len(branches))
            return parts, f"{name}_s", f"{name}_j"
        case "split":
            name, branches = block[1:]
            parts = [bpmn.user(f"{name}_s"), bpmn.parallel(f"{name}_j")]
            _between(parts, branches, called, f"{name}_s", f"{name}_j", [None] * len(branches))
            return parts, f"{name}_s", f"{name}_j"
        case "xor":
            name, variable, branches = block[1:]
            conditions = [f"{variable} = {i}" for i in range(len(branches) - 1)] + [None]
            parts = [bpmn.user(f"{name}_d"), bpmn.exclusive(f"{name}_m")]
            _between(parts, branches, called, f"{name}_s", f"{name}_m", conditions)
            firsts = _firsts(branches)
            parts += [bpmn.exclusive(f"{name}_s", default=f"{name}_s__{firsts[-1]}"), bpmn.flow(f"{name}_d", f"{name}_s")]
            return parts, f"{name}_d", f"{name}_m"
        case "or":
            name, variable, branches = block[1:]
            # The first branch is the default, and also true for 0; the others when the variable is at least their number.
            conditions = [None] + [f"{variable} != null and {variable} >= {i}" for i in range(1, len(branches))]
            parts = [bpmn.user(f"{name}_d"), bpmn.inclusive(f"{name}_j")]
            _between(parts, branches, called, f"{name}_s", f"{name}_j", conditions)
            parts += [bpmn.inclusive(f"{name}_s", default=f"{name}_s__{_firsts(branches)[0]}"), bpmn.flow(f"{name}_d", f"{name}_s")]
            return parts, f"{name}_d", f"{name}_j"
        case "loop":
            name, variable, body = block[1:]
            parts, first, last = _draw(body, called)
            parts += [bpmn.exclusive(f"{name}_m"), bpmn.user(f"{name}_d"),
                      bpmn.exclusive(f"{name}_x", default=f"{name}_x__{name}_o"), bpmn.exclusive(f"{name}_o"),
                      bpmn.flow(f"{name}_m", first), bpmn.flow(last, f"{name}_d"),
                      bpmn.flow(f"{name}_d", f"{name}_x"), bpmn.flow(f"{name}_x", f"{name}_o"),
                      bpmn.flow(f"{name}_x", f"{name}_m", f"{variable} != null and {variable} < 2")]
            return parts, f"{name}_m", f"{name}_o"
        case "sub":
            name, body = block[1:]
            parts, first, last = _draw(body, called)
            return [bpmn.sub(name, bpmn.start(f"{name}_s"), *parts, bpmn.end(f"{name}_e"), bpmn.flow(f"{name}_s", first),
                             bpmn.flow(last, f"{name}_e"), loop=marker)], name, name
        case "react":
            name = block[1]
            return [bpmn.sub(name, *_reacting(block, called), loop=marker)], name, name
        case "fault":
            name, variable, body, handler = block[1:]
            inner, first, last = _draw(body, called)
            inside = bpmn.sub(
                name, bpmn.start(f"{name}_s"), *inner, bpmn.user(f"{name}_d"), bpmn.exclusive(f"{name}_g", f"{name}_g__{name}_e"),
                bpmn.end(f"{name}_e"), bpmn.end(f"{name}_x", bpmn.event("error", "FAULT")), bpmn.flow(f"{name}_s", first),
                bpmn.flow(last, f"{name}_d"), bpmn.flow(f"{name}_d", f"{name}_g"), bpmn.flow(f"{name}_g", f"{name}_e"),
                bpmn.flow(f"{name}_g", f"{name}_x", f"{variable} != null and {variable} < 2"))
            return [inside, bpmn.boundary(f"{name}_b", name, bpmn.event("error", "FAULT")), bpmn.user(handler),
                    bpmn.exclusive(f"{name}_m"), bpmn.flow(name, f"{name}_m"), bpmn.flow(f"{name}_b", handler),
                    bpmn.flow(handler, f"{name}_m")], name, f"{name}_m"
        case "halt":
            name, body = block[1:]
            inner, first, last = _draw(body, called)
            return [bpmn.sub(name, bpmn.start(f"{name}_s"), *inner, bpmn.parallel(f"{name}_f"), bpmn.user(f"{name}_k"),
                             bpmn.end(f"{name}_t", bpmn.event("terminate")), bpmn.end(f"{name}_e"), bpmn.flow(f"{name}_s", f"{name}_f"),
                             bpmn.flow(f"{name}_f", first), bpmn.flow(f"{name}_f", f"{name}_k"), bpmn.flow(f"{name}_k", f"{name}_t"),
                             bpmn.flow(last, f"{name}_e"))], name, name
        case "call":
            name, takes, gives, body = block[1:]
            parts, first, last = _draw(body, called)
            called.append(bpmn.process(f"{name}_p", _io(name, takes, gives), bpmn.start(f"{name}_s"), *parts,
                                       bpmn.end(f"{name}_e"), bpmn.flow(f"{name}_s", first), bpmn.flow(last, f"{name}_e")))
            return [bpmn.call(name, f"{name}_p", marker)], name, name
        case "each":
            item, sequential, items, completion, collect, body = block[1:]
            listed = "[" + ", ".join("null" if i is None else str(i) for i in items) + "]"
            enough = None if completion is None else f"numberOfCompletedInstances >= {completion}"
            return _draw(body, called, bpmn.instances(collection=listed, item=item, collect=collect, into=f"{item}_all",
                                                      sequential=sequential, completion=enough))
        case "cut" | "late" | "often":
            name, host, handler, minutes = block[1:]
            parts, first, last = _draw(host, called)
            text = bpmn.timer(f"R/PT{minutes}M", "timeCycle") if kind == "often" else bpmn.timer(f"PT{minutes}M")
            parts += [bpmn.boundary(name, last, text, interrupting=kind == "cut"), bpmn.user(handler), bpmn.flow(name, handler)]
            if kind == "cut":
                parts += [bpmn.exclusive(f"{name}_m"), bpmn.flow(handler, f"{name}_m"), bpmn.flow(last, f"{name}_m")]
                return parts, first, f"{name}_m"
            return parts, first, last
        case "wait":
            name, one, two = block[1:]
            parts = [bpmn.element("eventBasedGateway", name), bpmn.catch(f"{name}_1", bpmn.timer(f"PT{one}M")),
                     bpmn.catch(f"{name}_2", bpmn.timer(f"PT{two}M")),
                     bpmn.element("receiveTask", f"{name}_3"), bpmn.exclusive(f"{name}_m")]
            for n in (1, 2, 3):
                parts += [bpmn.flow(name, f"{name}_{n}"), bpmn.user(f"{name}_u{n}"), bpmn.flow(f"{name}_{n}", f"{name}_u{n}"),
                          bpmn.flow(f"{name}_u{n}", f"{name}_m")]
            return parts, name, f"{name}_m"
    raise ValueError(kind)


def _in_a_row(blocks: list[Block], called: list[str]) -> tuple[list[str], str, str]:
    parts: list[str] = []
    first = last = ""
    for block in blocks:
        drawn, begin, finish = _draw(block, called)
        parts += drawn
        if last:
            parts.append(bpmn.flow(last, begin))
        first, last = first or begin, finish
    return parts, first, last


def _between(parts: list[str], branches: list[Block], called: list[str], split: str, join: str,
             conditions: list[str | None]) -> None:
    for branch, condition in zip(branches, conditions, strict=True):
        drawn, first, last = _draw(branch, called)
        parts += [*drawn, bpmn.flow(split, first, condition), bpmn.flow(last, join)]


def _firsts(branches: list[Block]) -> list[str]:
    return [_draw(branch, [])[1] for branch in branches]


def _io(name: str, takes: tuple[str, ...], gives: tuple[str, ...]) -> str:
    inputs = "".join(f'<bpmn:dataInput id="{name}_in_{v}" name="{v}"/>' for v in takes)
    outputs = "".join(f'<bpmn:dataOutput id="{name}_out_{v}" name="{v}"/>' for v in gives)
    return (f"<bpmn:ioSpecification>{inputs}{outputs}<bpmn:inputSet id=\"{name}_is\"/><bpmn:outputSet id=\"{name}_os\"/>"
            "</bpmn:ioSpecification>")
