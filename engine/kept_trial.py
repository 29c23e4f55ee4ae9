"""A trial whose acts are kept, so that another process can do them again: same acts, same ids, same clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import RLock
from typing import Any, Final, ParamSpec, TypeVar

from engine import canonical, errors
from engine.trial_story import ToldTrial
from engine.types import Value
from storage import randomness

P = ParamSpec("P")
T = TypeVar("T")
MOST_ACTS: Final = 1000
MOST_BYTES: Final = 20 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing done in a trial, and what came of it: the code of a refusal ("": none), and a mark of all that happened until then."""

    name: str
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]
    refusal: str
    mark: str

    def dumps(self) -> bytes:
        """Canonical bytes."""
        return canonical.dumps([self.name, list(self.arguments), self.named, self.refusal, self.mark])

    @classmethod
    def loads(cls, data: bytes) -> Act:
        """The act whose bytes these are."""
        name, arguments, named, refusal, mark = canonical.loads(data)
        return cls(name=name, arguments=tuple(arguments), named=named, refusal=refusal, mark=mark)


class KeptTrial(ToldTrial):
    """As `ToldTrial`, opened with `staged` while `randomness.same_ids(seed)` holds; `keep` is told every act, refused ones, too, since what
    fell due before the refusal stays done. One thread at a time acts."""

    seed = ""
    keep: Callable[[int, Act], None] | None = None

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._hand, self._is_acting = RLock(), False
        self.acts_done = 0

    def begin(self, submission: Mapping[str, Any], *, business_key: str = "") -> str:
        """As `ToldTrial.begin`."""
        return self._acted("begin", super().begin, submission, business_key=business_key)

    def submit(self, work_id: str, submission: Mapping[str, Any]) -> Mapping[str, Value]:
        """As `ToldTrial.submit`."""
        return self._acted("submit", super().submit, work_id, submission)

    def start(self, process_id: str | None = None, variables: Mapping[str, Value] = {}, *, business_key: str = "") -> str:
        """As `ToldTrial.start`."""
        return self._acted("start", super().start, process_id, variables, business_key=business_key)

    def complete(self, task_id: str, variables: Mapping[str, Value] = {}) -> None:
        """As `Trial.complete`."""
        return self._acted("complete", super().complete, task_id, variables)

    def claim(self, task_id: str) -> None:
        """As `StaffedTrial.claim`."""
        return self._acted("claim", super().claim, task_id)

    def act(self, element_id: str, variables: Mapping[str, Value] = {}, *, keys: Mapping[str, Value] = {},
            instance_id: str | None = None) -> str:
        """As `Trial.act`."""
        return self._acted("act", super().act, element_id, variables, keys=keys, instance_id=instance_id)

    def send_message(self, name: str, variables: Mapping[str, Value] = {}, *, keys: Mapping[str, Value] = {}) -> list[str]:
        """As `ToldTrial.send_message`."""
        return self._acted("send_message", super().send_message, name, variables, keys=keys)

    def send_signal(self, name: str, variables: Mapping[str, Value] = {}) -> list[str]:
        """As `ToldTrial.send_signal`."""
        return self._acted("send_signal", super().send_signal, name, variables)

    def advance(self, by: timedelta) -> None:
        """As `ToldTrial.advance`."""
        return self._acted("advance", super().advance, by)

    def saved_as(self, revision: int) -> None:
        """The story so far became a scenario of the draft, its revision of that number."""
        return self._acted("saved_as", self._set_revision, revision)

    def play(self, acts: Iterable[Act]) -> None:
        """Does what was done in another process. It costs what doing it cost. Raises `TrialNotRepeatable`."""
        keep, self.keep = self.keep, None
        mark = ""
        try:
            for act in acts:
                mark = act.mark
                if act.name not in _PLAYED:
                    raise errors.TrialNotRepeatable()
                try:
                    _PLAYED[act.name](self, *act.arguments, **act.named)
                    refusal = ""
                except errors.EngineError as refused:
                    refusal = refused.code
                if refusal != act.refusal:
                    raise errors.TrialNotRepeatable()
        finally:
            self.keep = keep
        if mark and mark != self._mark():
            raise errors.TrialNotRepeatable()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _set_revision(self, revision: int) -> None:
        assert self.origin is not None
        self.origin = self.origin.at(revision)

    def _acted(self, name: str, act: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        with self._hand:
            if self._is_acting:    # an act does others
                return act(*given, **named)
            if self.acts_done >= MOST_ACTS:
                raise errors.TrialTooLong()
            self._is_acting = True
            refusal = None
            try:
                with randomness.same_ids(f"{self.seed}.{self.acts_done + 1}"):
                    answer = act(*given, **named)
            except errors.EngineError as refused:
                refusal = refused
            finally:
                self._is_acting = False
            self.acts_done += 1
            if self.keep is not None:
                self.keep(self.acts_done, Act(name=name, arguments=given, named=named, mark=self._mark(),
                                              refusal="" if refusal is None else refusal.code))
            if refusal is not None:
                raise refusal
            return answer

    def _mark(self) -> str:
        """What happened until now and what waits, by instants and ids."""
        said = [self.now, [[one.at, one.instance_id, one.element_id, one.happened.value] for one in self.trace()],
                [work.id for work in self.waiting()]]
        return hashlib.sha256(canonical.dumps(said)).hexdigest()


_PLAYED: Final[Mapping[str, Callable[..., object]]] = {
    each.__name__: each for each in (
        KeptTrial.begin, KeptTrial.submit, KeptTrial.start, KeptTrial.complete, KeptTrial.claim, KeptTrial.act, KeptTrial.send_message,
        KeptTrial.send_signal, KeptTrial.advance, KeptTrial.saved_as)}
