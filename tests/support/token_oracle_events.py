"""The oracle's event-based gateways and event sub-processes: what waits beside the body of a sub-process or of the process.

Importing this teaches `token_oracle` the blocks; `Oracle` is re-exported so that nobody forgets to.
"""

from __future__ import annotations

from typing import Any

from tests.support import token_oracle
from tests.support.token_oracle import Frame, Inside, Oracle, Piece, Scope, Timer

__all__ = ["Oracle"]


class Wait(Piece):
    """An event-based gateway: two timers and a message, each with a task behind it."""

    def start(self) -> None:
        self.name = f"{self.block[1]}_3"
        self.current: Any = None
        self.timers = [Timer(self, f"{self.block[1]}_{n}", self.world.now + self.block[1 + n]) for n in (1, 2)]
        self.world.timers += self.timers
        self.world.messages.append(self)

    def fired(self, timer: Timer) -> None:
        self.go(timer.name[-1])

    def came(self, carried: dict[str, Any]) -> None:
        for name, value in carried.items():
            self.scope.write(name, value)
        self.world.is_written = True
        self.go("3")
        self.world.settle()

    def go(self, which: str) -> None:
        self.disarm()
        self.current = self.make(("u", f"{self.block[1]}_u{which}"))
        self.world.later.append((self, self.current.start))

    def disarm(self) -> None:
        for timer in self.timers:
            self.world.timers.remove(timer)
        self.timers = []
        self.world.messages.remove(self)

    def done(self, child: Any) -> None:
        self.parent.done(self)

    def stop(self) -> None:
        self.world.forget(self)
        if self.current is None:
            self.disarm()
        else:
            self.current.stop()


class React(Inside):
    """react: a body, what waits beside it, and perhaps a task after the body that throws what one of those catches."""

    def start(self) -> None:
        name, variable, body, self.reactions, self.thrown = self.block[1:]
        self.is_process = name == "p"      # its variables are those of the instance
        self.own = self.scope if self.is_process else Scope(self.scope, {})
        if not self.is_process:
            self.world.inner.append(self.own)
        within = ("throwing", name, variable, body) if self.thrown else body
        self.inside = Frame(self.world, self, within, self.own, self.of_item)
        self.waiting: list[Any] = []
        for reaction in self.reactions:
            wait = _WAITS.get(reaction[1])
            if wait is not None:
                self.waiting.append(wait(self, reaction))
                if isinstance(self.waiting[-1], _Condition):
                    self.waiting[-1].look()
                    if reaction[2] and not self.waiting:      # it has interrupted the scope before anything began
                        return
        self.inside.start()

    def begin(self, reaction: Any, carried: dict[str, Any]) -> None:
        """What `reaction` waited for has come."""
        name, _, interrupts, _, body = reaction
        if interrupts:
            self.disarm()
            self.inside.stop()
            self.inside.running = []
        self.inside.run(Reaction(self.world, self.inside, ("sub", name, body), self.own, self.inside, self.of_item, carried))

    def fired(self, timer: Timer) -> None:
        wait = next(w for w in self.waiting if w is timer)
        _, kind, interrupts, minutes, _ = wait.reaction
        if kind == "cycle" and not interrupts:
            while timer.due <= self.world.now:
                timer.due += minutes
        else:
            wait.leave()
            self.waiting.remove(wait)
        self.begin(wait.reaction, {})

    def disarm(self) -> None:
        for wait in self.waiting:
            wait.leave()
        self.waiting = []

    def done(self, child: Any) -> None:
        self.disarm()
        if not self.is_process:
            self.world.inner.remove(self.own)
        self.parent.done(self)

    def stop(self) -> None:
        self.disarm()
        super().stop()


class Reaction(Inside):
    """One run of an event sub-process: a scope of its own, in which what came is written first."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given[:-1])
        self.carried = given[-1]

    def start(self) -> None:
        self.own = Scope(self.scope, {})
        self.world.inner.append(self.own)
        for name, value in self.carried.items():
            self.own.write(name, value)
            self.world.is_written = True
        self.inside = Frame(self.world, self, self.block[2], self.own, self.of_item)
        self.world.later.append((self, self.inside.start))


class Throwing(Piece):
    """The body, then a task; what it decides is thrown to the frame's reaction, or the end is reached."""

    def start(self) -> None:
        self.current: Any = self.make(self.block[3])
        self.is_asking = False
        self.current.start()

    def done(self, child: Any) -> None:
        if not self.is_asking:
            self.is_asking = True
            self.current = self.make(("u", f"{self.block[1]}_d"))
            self.current.start()
            return
        self.current = None
        value, react = self.scope.read(self.block[2]), self.frame.parent
        if value is None or value >= 2:
            self.parent.done(self)
            return
        reaction = next(r for r in react.reactions if r[1] == react.thrown)
        react.begin(reaction, {})
        if not reaction[2]:
            self.parent.done(self)

    def stop(self) -> None:
        if self.current is not None:
            self.current.stop()


class _Wait:
    def __init__(self, owner: React, reaction: Any) -> None:
        self.owner, self.reaction, self.name = owner, reaction, f"{reaction[0]}_s"
        self.among.append(self)

    @property
    def among(self) -> list[Any]:
        """Where the world keeps those that wait for the same sort of thing."""
        raise NotImplementedError

    def leave(self) -> None:
        self.among.remove(self)


class _Message(_Wait):
    @property
    def among(self) -> list[Any]:
        return self.owner.world.messages

    def came(self, carried: dict[str, Any]) -> None:
        self.owner.begin(self.reaction, carried)
        self.owner.world.settle()


class _Timer(_Wait, Timer):
    def __init__(self, owner: React, reaction: Any) -> None:
        super().__init__(owner, reaction)
        self.due = owner.world.now + reaction[3]

    @property
    def among(self) -> list[Any]:
        return self.owner.world.timers


class _Condition(_Wait):
    """A shared variable that is at least a number; it starts its reaction each time that turns true."""

    held = False

    @property
    def among(self) -> list[Any]:
        return self.owner.world.conditions

    def look(self) -> None:
        variable, least = self.reaction[3]
        value, held = self.owner.own.read(variable), self.held
        self.held = value is not None and value >= least
        if self.held and not held:
            self.owner.begin(self.reaction, {})


_WAITS: dict[str, Any] = {"message": _Message, "timer": _Timer, "cycle": _Timer, "condition": _Condition}
token_oracle._KINDS.update({"wait": Wait, "react": React, "throwing": Throwing})
