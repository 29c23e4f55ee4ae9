"""The oracle's event sub-processes: what waits beside the body of a sub-process or of the whole process.

Importing this teaches `token_oracle` the blocks; `Oracle` is re-exported so that nobody forgets to.
"""

from __future__ import annotations

from typing import Any

from tests.support import token_oracle
from tests.support.token_oracle import Frame, Inside, Oracle, Piece, Scope, Timer

__all__ = ["Oracle"]


class React(Inside):
    """react: a body, what waits beside it, and perhaps a task after the body that throws what one of those catches."""

    def start(self) -> None:
        name, variable, body, self.reactions, self.thrown = self.block[1:]
        self.is_process = name == "p"      # its variables are those of the instance
        self.own = self.scope if self.is_process else Scope(self.scope, {})
        if not self.is_process:
            self.world.inner.append(self.own)
        self.waiting: list[Any] = [wait for reaction in self.reactions if (wait := _made(self, reaction)) is not None]
        within = ("throwing", name, variable, body) if self.thrown else body
        self.inside = Frame(self.world, self, within, self.own, self.of_item)
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
            self.world.timers.remove(wait)
            self.waiting.remove(wait)
        self.begin(wait.reaction, {})

    def disarm(self) -> None:
        for wait in self.waiting:
            (self.world.timers if isinstance(wait, Timer) else self.world.messages).remove(wait)
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
        self.inside = Frame(self.world, self, self.block[2], self.own, self.of_item)
        self.inside.start()


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


class _Message:
    def __init__(self, owner: React, reaction: Any) -> None:
        self.owner, self.reaction, self.name = owner, reaction, f"{reaction[0]}_s"

    def came(self, carried: dict[str, Any]) -> None:
        self.owner.begin(self.reaction, carried)


class _Timer(Timer):
    def __init__(self, owner: React, reaction: Any) -> None:
        super().__init__(owner, f"{reaction[0]}_s", owner.world.now + reaction[3])
        self.reaction = reaction


def _made(owner: React, reaction: Any) -> Any:
    kind = reaction[1]
    if kind == "message":
        owner.world.messages.append(_Message(owner, reaction))
        return owner.world.messages[-1]
    if kind in ("timer", "cycle"):
        owner.world.timers.append(_Timer(owner, reaction))
        return owner.world.timers[-1]
    return None


token_oracle._KINDS.update({"react": React, "throwing": Throwing})
