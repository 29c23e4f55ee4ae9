"""An oracle of another make: plays blocks of `random_process` as nested objects, without flows, joins or an engine.

It imports nothing of the product. A block tells its parent when it is done; scopes are chained dictionaries. What waits for
events, other than a timer on an edge, stands in `token_oracle_events`.
"""

from __future__ import annotations

from typing import Any

Block = tuple[Any, ...]


class Scope:
    """Variables of a process, sub-process, called process or loop instance."""

    def __init__(self, outer: Scope | None, variables: dict[str, Any], drawn: tuple[str, ...] = ()) -> None:
        self.outer = outer
        self.variables = variables
        self.drawn = drawn      # names the diagram draws here: they belong here even before they have a value

    def read(self, name: str) -> Any:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.variables:
                return scope.variables[name]
            scope = scope.outer
        return None

    def has(self, name: str) -> bool:
        return name in self.variables or (self.outer is not None and self.outer.has(name))

    def write(self, name: str, value: Any) -> None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.variables or name in scope.drawn:
                scope.variables[name] = value
                return
            scope = scope.outer
        self.variables[name] = value


class Oracle:
    """One instance: what waits, and what happens when something comes."""

    def __init__(self, block: Block, variables: dict[str, Any]) -> None:
        self.now = 0                                    # minutes
        self.tasks: list[Task] = []                     # open human tasks, oldest first
        self.timers: list[Timer] = []
        self.messages: list[Any] = []
        self.inner: list[Scope] = []                    # scopes of running sub-processes and called processes
        self.conditions: list[Any] = []                 # what looks at the variables when they were written, oldest first
        self.is_written = False
        self.later: list[tuple[Any, Any]] = []          # (piece, what it does next), behind a look at the conditions
        self.top = Scope(None, dict(variables))
        self.frame = Frame(self, None, block, self.top)
        self.frame.start()
        self.settle()

    @property
    def finished(self) -> bool:
        return self.frame.over

    def open_tasks(self) -> list[tuple[str, Any]]:
        return sorted(((t.name, t.item()) for t in self.tasks), key=repr)

    def open_timers(self) -> list[tuple[str, int]]:
        return sorted((t.name, t.due) for t in self.timers)

    def scopes(self) -> list[dict[str, Any]]:
        return [scope.variables for scope in self.inner]

    def fire(self, name: str, nth: int) -> None:
        timer = [t for t in self.timers if t.name == name][nth]
        self.now = max(self.now, timer.due)
        timer.owner.fired(timer)
        self.settle()

    def settle(self) -> None:
        while self.is_written or self.later:
            if self.is_written:
                self.is_written = False
                for condition in list(self.conditions):
                    if condition in self.conditions:
                        condition.look()
            else:
                self.later.pop(0)[1]()

    def forget(self, piece: Any) -> None:
        self.later = [entry for entry in self.later if entry[0] is not piece]


class Timer:
    def __init__(self, owner: Any, name: str, due: int) -> None:
        self.owner, self.name, self.due = owner, name, due


class Piece:
    """A block that runs. `item` names the loop item its tasks show."""

    def __init__(self, world: Oracle, parent: Any, block: Block, scope: Scope, frame: Frame, item: str | None) -> None:
        self.world, self.parent, self.block, self.scope, self.frame, self.of_item = world, parent, block, scope, frame, item
        self.pieces: list[Any] = []          # all that ever ran within it, in order
        parent.pieces.append(self)

    def make(self, block: Block, scope: Scope | None = None, item: str | None = None) -> Any:
        return _KINDS[block[0]](self.world, self, block, scope or self.scope, self.frame, item or self.of_item)

    def start(self) -> None:
        raise NotImplementedError

    def done(self, child: Any) -> None:
        """A piece inside has ended."""

    def finish(self) -> None:
        """This has ended: a loop hears of it at once, anybody else when the conditions have been looked at."""
        if isinstance(self.parent, Each | Repeat):
            self.parent.done(self)
        else:
            self.world.later.append((self, lambda: self.parent.done(self)))

    def stop(self) -> None:
        """Cancel everything inside."""


class Frame:
    """A scope that ends when its main block and every side path have ended."""

    def __init__(self, world: Oracle, parent: Any, block: Block, scope: Scope, item: str | None = None) -> None:
        self.world, self.parent, self.scope, self.item, self.over = world, parent, scope, item, False
        self.running: list[Any] = []
        self.pieces: list[Any] = []
        self.block = block
        if parent is not None:
            parent.pieces.append(self)

    def start(self) -> None:
        self.run(_KINDS[self.block[0]](self.world, self, self.block, self.scope, self, self.item))

    def run(self, piece: Any) -> None:
        self.running.append(piece)
        piece.start()

    def done(self, child: Any) -> None:
        self.running.remove(child)
        if not self.running:
            self.over = True
            if self.parent is not None:
                self.parent.done(self)

    def stop(self) -> None:
        for piece in self.running:
            piece.stop()


class Task(Piece):
    is_done = False

    def start(self) -> None:
        self.name = self.block if isinstance(self.block, str) else self.block[1]
        self.world.tasks.append(self)

    def item(self) -> Any:
        return None if self.of_item is None else self.scope.read(self.of_item)

    def complete(self, variables: dict[str, Any]) -> None:
        self.is_done = True
        self.world.tasks.remove(self)
        for name, value in variables.items():
            self.scope.write(name, value)
        self.world.is_written = True
        self.finish()
        self.world.settle()

    def stop(self) -> None:
        self.world.forget(self)
        if self in self.world.tasks:
            self.world.tasks.remove(self)


class Sequence(Piece):
    def start(self) -> None:
        self.at = 0
        self.next()

    def next(self) -> None:
        self.current = self.make(self.block[1][self.at])
        self.current.start()

    def done(self, child: Any) -> None:
        self.at += 1
        if self.at < len(self.block[1]):
            self.next()
        else:
            self.parent.done(self)

    def stop(self) -> None:
        self.current.stop()


class Branches(Piece):
    """and, split, xor, or: perhaps a task first, then some branches, then together."""

    def start(self) -> None:
        self.running: list[Any] = []
        self.ask: Any = None
        if self.block[0] == "and":
            self.go(self.block[2])
        else:
            self.ask = self.make(("u", self.block[1] + ("_s" if self.block[0] == "split" else "_d")))
            self.ask.start()

    def go(self, branches: list[Block]) -> None:
        self.ask = None
        self.running = [self.make(branch) for branch in branches]
        for piece in list(self.running):
            piece.start()

    def done(self, child: Any) -> None:
        if child is self.ask:
            self.go(self.chosen())
            return
        self.running.remove(child)
        if not self.running:
            self.parent.done(self)

    def chosen(self) -> list[Block]:
        if self.block[0] == "split":
            return list(self.block[2])
        value, branches = self.scope.read(self.block[2]), self.block[3]
        if self.block[0] == "xor":
            for i, branch in enumerate(branches[:-1]):
                if value == i:
                    return [branch]
            return [branches[-1]]
        taken = [branch for i, branch in enumerate(branches) if i and value is not None and value >= i]
        return taken or [branches[0]]

    def stop(self) -> None:
        for piece in ([self.ask] if self.ask else self.running):
            piece.stop()


class Loop(Piece):
    def start(self) -> None:
        self.current = self.make(self.block[3])
        self.asking = False
        self.current.start()

    def done(self, child: Any) -> None:
        if not self.asking:
            self.asking = True
            self.current = self.make(("u", f"{self.block[1]}_d"))
            self.current.start()
            return
        value = self.scope.read(self.block[2])
        if value is not None and value < 2:
            self.start()
        else:
            self.parent.done(self)

    def stop(self) -> None:
        self.current.stop()


class Repeat(Piece):
    def start(self) -> None:
        self.rounds = 0
        self.again()

    def again(self) -> None:
        self.current = self.make(("u", self.block[1]))
        self.current.start()

    def done(self, child: Any) -> None:
        self.rounds += 1
        value = self.scope.read(self.block[2])
        if self.rounds < 5 and value is not None and value < 2:
            self.again()
        else:
            self.finish()

    def stop(self) -> None:
        self.world.forget(self)
        self.current.stop()


class Inside(Piece):
    """sub and call: a frame with a scope of its own. `returned` are names a loop wants back from a call."""

    returned: tuple[str, ...] = ()
    handed: dict[str, Any]

    def start(self) -> None:
        if self.block[0] == "sub":
            own, body = Scope(self.scope, {}), self.block[2]
        else:
            given = {name: self.scope.read(name) for name in self.block[2] if self.scope.has(name)}
            own, body = Scope(None, {**given, **getattr(self, "handed", {})}, self.block[2] + self.block[3]), self.block[4]
        self.own = own
        self.world.inner.append(own)
        self.inside = Frame(self.world, self, body, own, self.of_item)
        self.inside.start()

    def done(self, child: Any) -> None:
        self.world.inner.remove(self.own)
        if self.block[0] == "call":
            names = [*self.block[3], *self.returned]
            values = {name: self.own.variables[name] for name in names if name in self.own.variables}
            for name, value in values.items():
                self.scope.write(name, value)
            self.world.is_written = True
        self.finish()

    def stop(self) -> None:
        self.world.forget(self)
        self.inside.stop()
        if self.own in self.world.inner:
            self.world.inner.remove(self.own)


class Faulty(Inside):
    """fault, halt: a sub-process that its own inside may end early."""

    def start(self) -> None:
        self.current: Any = None
        self.own = Scope(self.scope, {})
        self.world.inner.append(self.own)
        self.inside: Frame | None = Frame(self.world, self, ("tail", *self.block), self.own, self.of_item)
        self.inside.start()

    def done(self, child: Any) -> None:
        if child is self.inside:
            self.world.inner.remove(self.own)
        self.parent.done(self)

    def ended_early(self) -> None:
        """Everything inside is over: by an error, which its handler takes up, or by termination."""
        assert self.inside is not None
        self.inside.stop()
        self.world.inner.remove(self.own)
        self.inside = None
        if self.block[0] == "fault":
            self.current = self.make(("u", self.block[4]))
            self.current.start()
        else:
            self.parent.done(self)

    def stop(self) -> None:
        if self.inside is None:
            self.current.stop()
        else:
            super().stop()


class Tail(Piece):
    """What stands inside a fault (body, then a task that decides) or a halt (a task beside the body that ends it)."""

    def start(self) -> None:
        self.asking: Any = None
        self.is_fault = self.block[1] == "fault"
        self.body: Any = self.make(self.block[4] if self.is_fault else self.block[3])
        if not self.is_fault:
            self.asking = self.make(("u", f"{self.block[2]}_k"))
            self.asking.start()
        self.body.start()

    def done(self, child: Any) -> None:
        if child is self.body:
            self.body = None
            if self.is_fault:
                self.asking = self.make(("u", f"{self.block[2]}_d"))
                self.asking.start()
            return
        self.asking = None
        value = self.scope.read(self.block[3]) if self.is_fault else 0
        if value is not None and value < 2:
            self.frame.parent.ended_early()
        else:
            self.parent.done(self)

    def stop(self) -> None:
        for piece in (self.body, self.asking):
            if piece is not None:
                piece.stop()


class Each(Piece):
    """Multi-instance: an instance per item, in order or at once; what each collects comes back in input order."""

    def start(self) -> None:
        self.item_name, self.sequential, self.items, self.enough, self.collect, self.body = self.block[1:]
        self.results: dict[int, Any] = {}
        self.running: dict[int, tuple[Any, Scope]] = {}
        self.begun = 0
        self.started: set[int] = set()
        if not self.items:
            self.end()
            return
        for _ in self.items[:1] if self.sequential else self.items:
            self.begin()
        for index in list(self.running):
            if index in self.running:      # an instance that ended at once may have been enough
                self.go(index)

    def go(self, index: int) -> None:
        self.started.add(index)
        self.running[index][0].start()

    def begin(self) -> None:
        index = self.begun
        self.begun += 1
        item = self.items[index]
        own = Scope(self.scope, {self.collect: None, self.item_name: item, "loopCounter": index + 1})
        piece = self.make(self.body, own, self.item_name)
        if isinstance(piece, Inside):
            piece.returned, piece.handed = (self.collect,), {self.item_name: item}
        self.running[index] = (piece, own)

    def done(self, child: Any) -> None:
        index = next(i for i, (piece, _) in self.running.items() if piece is child)
        _, own = self.running.pop(index)
        self.results[index] = own.variables[self.collect]
        if self.enough is not None and len(self.results) >= self.enough:
            self.stop()
            self.end()
        elif self.sequential and self.begun < len(self.items):
            self.begin()
            self.go(self.begun - 1)
        elif not self.running:
            self.end()

    def end(self) -> None:
        self.running = {}
        self.scope.write(f"{self.item_name}_all", [self.results[i] for i in sorted(self.results)])
        self.finish()

    def stop(self) -> None:
        self.world.forget(self)
        for index, (piece, _) in self.running.items():
            if index in self.started:
                piece.stop()


class Edge(Piece):
    """cut, late, often: an activity with a timer on its edge."""

    def start(self) -> None:
        self.timer: Timer | None = Timer(self, self.block[1], self.world.now + self.block[4])
        self.world.timers.append(self.timer)
        self.current = self.make(self.block[2])
        self.current.start()

    def done(self, child: Any) -> None:
        self.disarm()
        self.parent.done(self)

    def disarm(self) -> None:
        if self.timer is not None:
            self.world.timers.remove(self.timer)
            self.timer = None

    def fired(self, timer: Timer) -> None:
        handler = ("u", self.block[3])
        if self.block[0] == "cut":
            self.disarm()
            self.current.stop()
            self.current = self.make(handler)
            self.current.start()
            return
        if self.block[0] == "often":
            while timer.due <= self.world.now:
                timer.due += self.block[4]
        else:
            self.disarm()
        self.frame.run(Task(self.world, self.frame, handler, self.scope, self.frame, self.frame.item))

    def stop(self) -> None:
        self.disarm()
        self.current.stop()


_KINDS: dict[str, Any] = {"u": Task, "seq": Sequence, "and": Branches, "split": Branches, "xor": Branches, "or": Branches,
                          "loop": Loop, "repeat": Repeat, "sub": Inside, "call": Inside, "each": Each, "cut": Edge, "late": Edge,
                          "often": Edge, "fault": Faulty, "halt": Faulty, "tail": Tail}
