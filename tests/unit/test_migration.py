"""An instance goes on by another version: what stays, what is told, and what is refused with the element that stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine import definitions, interpreter
from engine.migration import Effect, MigrationVerdict, Past, effect
from engine.spiff.build import Program
from engine.spiff import going_back
from engine.spiff.codec import State
from engine.transition import CompleteTask, FireTimer, Migrate, Modify, Start, Transition
from engine.types import InstanceStatus
from tests.blackbox.drawing import NOW, boundary, bundle, flows, for_each, node, plain, process, timer, users

HOUR = timedelta(hours=1)
FORK = node("parallelGateway", "f") + node("parallelGateway", "j")


def program(*parts: str) -> Program:
    return definitions.load(bundle(*parts)).program


def inside(id: str, nodes: str, paths: str, more: str = "", tag: str = "subProcess") -> str:
    return node(tag, id, more + node("startEvent", f"{id}_s") + nodes + flows(paths))


def looping(id: str, *, sequential: bool = False) -> str:
    return node("userTask", id, for_each("[1, 2]", "it", sequential=sequential))


@dataclass
class Run:
    """An instance driven through the pure function."""

    program: Program
    state: State
    now: datetime = NOW
    seen: list[str] = field(default_factory=list)
    happened: set[tuple[str, str]] = field(default_factory=set)
    last: Transition | None = None

    @classmethod
    def begun(cls, made: Program, process_id: str = "p", **variables: Any) -> Run:
        run = cls(made, None)  # type: ignore[arg-type]
        start = Start(instance_id="i", process_id=process_id, business_key="UJI", variables=variables)
        return run._stands(interpreter.apply(made, None, start, NOW, {}))

    def _stands(self, after: Transition) -> Run:
        self.last, self.state = after, after.state
        self.happened |= {(entry.element_id, entry.happened) for entry in after.trace}
        self.seen += [entry.element_id for entry in after.trace if entry.happened == "completed"]
        return self

    def open(self) -> str:
        return " ".join(task.element_id for task in interpreter.view(self.program, self.state, {}).tasks)

    def do(self, *elements: str, **variables: Any) -> Run:
        for element in elements:
            task = next(task for task in interpreter.view(self.program, self.state, {}).tasks if task.element_id == element)
            self._stands(interpreter.apply(self.program, self.state, CompleteTask(token_id=task.token_id, variables=variables), self.now, {}))
        return self

    def effect(self, other: Program, clocks: str = "keep", **mapping: str) -> Effect:
        return effect(self.program, other, self.state, Migrate(mapping=mapping, clocks=clocks), self.now, {},
                      Past.of(self.happened))

    def moved(self, other: Program, clocks: str = "keep", **mapping: str) -> Run:
        found = self.effect(other, clocks, **mapping)
        assert found.after is not None, found.obstacles
        self.program = other
        return self._stands(found.after)

    def to_the_end(self) -> Run:
        for _ in range(50):
            view = interpreter.view(self.program, self.state, {})
            if not view.tasks and not view.timers:
                return self
            if view.tasks:
                self.do(view.tasks[0].element_id)
            else:
                timer_ = min(view.timers, key=lambda each: each.due_at)
                self.now = max(self.now, timer_.due_at)
                self._stands(interpreter.apply(self.program, self.state, FireTimer(token_id=timer_.token_id), self.now, {}))
        raise AssertionError("never ends")


PLAIN = plain(users("a b c"), "s>a>b>c>e")
PLUMBING = {"f", "j", "x", "m", "e", "s", "sp_s"}
BLOCK = plain(FORK + users("a b c d"), "s>a>f>b>j>d>e;f>c>j")
FORKED = node("exclusiveGateway", "x")
BRANCHES = plain(FORKED + users("a b c d"), "s>a>x\nx>b ? false\nx>c ? true\nb>d>e\nc>d")
EACH = for_each("[1, 2]", "it")
LINES = plain(inside("sp", users("u v"), "sp_s>u>v", EACH) + users("b"), "s>sp>b>e")
CHOSEN = plain(node("exclusiveGateway", "x") + node("exclusiveGateway", "m") + users("a b c d"), "s>a>x\nx>b ? true\nx>c ? false\nb>m>d>e\nc>m")
SOME = node("inclusiveGateway", "f") + node("inclusiveGateway", "j")
CHECKED = plain(node("exclusiveGateway", "x") + users("a b"), "s>a>x>b>e")
# name: (before, done, after, mapping, visited afterwards in any order, or the obstacles)
SAFE: dict[str, tuple[str, tuple[str, ...], str, Mapping[str, str], str]] = {
    "nothing changed": (PLAIN, ("a",), PLAIN, {}, "b c"),
    "a step is put ahead": (PLAIN, ("a",), plain(users("a b n c"), "s>a>b>n>c>e"), {}, "b n c"),
    "a step ahead is taken away": (PLAIN, ("a",), plain(users("a b"), "s>a>b>e"), {}, "b"),
    "a step behind is taken away": (PLAIN, ("a",), plain(users("b c"), "s>b>c>e"), {}, "b c"),
    "the step has another id, and somebody says so": (PLAIN, ("a",), plain(users("a bb c"), "s>a>bb>c>e"), {"b": "bb"}, "bb c"),
    "a step behind that may be skipped is no duty": (
        PLAIN, ("a",), plain(node("exclusiveGateway", "x") + users("a b c n"), "s>a>x>b>c>e\nx>n ? false\nn>b"), {}, "b c"),
    "a block of two branches is drawn ahead": (
        PLAIN, ("a",), plain(FORK + users("a b c n"), "s>a>b>f>c>j>e;f>n>j"), {}, "b c n"),
    "a step is put into the branch that still comes to it": (
        BLOCK, ("a",), plain(FORK + users("a b c d n"), "s>a>f>b>n>j>d>e;f>c>j"), {}, "b c d n"),
    "one branch waits at the join": (BLOCK, ("a", "b"), plain(FORK + users("a b c d n"), "s>a>f>b>j>d>n>e;f>c>j"), {}, "c d n"),
    "loop instances go on where they are": (
        plain(looping("a") + users("b"), "s>a>b>e"), ("a",), plain(looping("a") + users("b n"), "s>a>n>b>e"), {}, "a n b"),
    "a step is put into a sub-process that has not begun": (
        plain(users("a") + inside("sp", users("u"), "sp_s>u"), "s>a>sp>e"), (),
        plain(users("a") + inside("sp", users("u n"), "sp_s>u>n"), "s>a>sp>e"), {}, "a sp u n"),
    "inside a sub-process, ahead": (
        plain(inside("sp", users("u"), "sp_s>u"), "s>sp>e"), (), plain(inside("sp", users("u n"), "sp_s>u>n"), "s>sp>e"), {}, "sp u n"),
    "a new step inside may be skipped": (
        plain(inside("sp", users("u"), "sp_s>u") + users("b"), "s>sp>b>e"), ("u",),
        plain(inside("sp", node("exclusiveGateway", "x") + users("u n"), "sp_s>x;x>u;x>n ? false") + users("b"), "s>sp>b>e"), {}, "b"),
    "a new step inside lies ahead": (
        plain(users("a") + inside("sp", users("u"), "sp_s>u"), "s>a>sp>e"), (),
        plain(users("a") + inside("sp", users("u n"), "sp_s>u>n"), "s>a>sp>e"), {}, "a sp u n"),
    "a loop back promises what its way out does": (
        PLAIN, ("a",), plain(node("exclusiveGateway", "x") + users("a b c n"), "s>a>b>x\nx>a ? false\nx>c>n>e"), {}, "b c n"),
    "a step done was wrapped since": (
        PLAIN, ("a", "b"), plain(users("a c") + inside("sp", users("b"), "sp_s>b"), "s>a>sp>c>e"), {}, "c"),
    "a new step on a way the case did not go": (
        BRANCHES, ("a", "c"), plain(FORKED + users("a b c n d"), "s>a>x\nx>b ? false\nx>c ? true\nb>n>d>e\nc>d"), {}, "d"),
    "a gateway far ahead has become another": (
        BLOCK, (), plain(SOME + users("a b c d"), "s>a>f\nf>b ? true\nf>c ? false\nb>j>d>e\nc>j"), {}, "a b d"),
    "one of two ways was taken, and now several may be": (
        CHOSEN, ("a",), plain(SOME + users("a b c d"), "s>a>f\nf>b ? true\nf>c ? false\nb>j>d>e\nc>j"), {}, "b d"),
    "one of several ways was taken, and now only one is": (
        plain(SOME + users("a b c d"), "s>a>f\nf>b ? true\nf>c ? false\nb>j>d>e\nc>j"), ("a",), CHOSEN, {}, "b d"),
    "the step behind which a branch waits was wrapped": (
        BLOCK, ("a", "b"), plain(FORK + users("a c d") + inside("sp", users("b"), "sp_s>b"), "s>a>f>sp>j>d>e;f>c>j"), {}, "c d"),
    "a step that a task leads to twice is drawn anew behind it": (
        plain(users("a b c d") + node("parallelGateway", "j"), "s>a>b>j>d>e;a>c>j"), (),
        plain(users("a b c d n") + node("parallelGateway", "j"), "s>a>b>j>d>e;a>c>j;a>n>j"), {}, "a b c n d"),
    "an edge waits for something else": (
        plain(users("a h") + boundary("t", "a", timer("PT4H"), cancels=False), "s>a>e;t>h"), (),
        plain(users("a h") + boundary("t", "a", '<messageEventDefinition messageRef="m"/>', cancels=False), "s>a>e;t>h")
        + '<message id="m" name="m"/>', {}, "a"),
    "all lines stand before the new step": (
        LINES, (), plain(inside("sp", users("u n v"), "sp_s>u>n>v", EACH) + users("b"), "s>sp>b>e"), {}, "u n v sp u n v sp b"),
    "the step done has another id, and somebody says so": (
        PLAIN, ("a",), plain(users("aa b c"), "s>aa>b>c>e"), {"a": "aa"}, "b c"),
    "a moved step still lies ahead": (PLAIN, ("a",), plain(users("a b c"), "s>a>b>c>e"), {}, "b c"),
}
BLOCKED: dict[str, tuple[str, tuple[str, ...], str, Mapping[str, str], list[tuple[str, str]], str]] = {
    "the step is gone": (PLAIN, ("a",), plain(users("a c"), "s>a>c>e"), {}, [("b", "element-removed")], "blocked"),
    "the step is gone and another stands there": (
        PLAIN, ("a",), plain(users("a bb c"), "s>a>bb>c>e"), {}, [("b", "element-removed")], "mapping"),
    "a new step lies behind": (PLAIN, ("a",), plain(users("a n b c"), "s>a>n>b>c>e"), {}, [("n", "new-step-passed")], "blocked"),
    "the step became a service": (
        PLAIN, ("a",), plain(users("a c") + node("serviceTask", "b", sop__operation="do.it"), "s>a>b>c>e"), {},
        [("b", "kind-changed")], "blocked"),
    "the step became a loop": (PLAIN, ("a",), plain(users("a c") + looping("b"), "s>a>b>c>e"), {}, [("b", "loop-changed")], "blocked"),
    "the loop goes one by one now": (
        plain(looping("a"), "s>a>e"), (), plain(looping("a", sequential=True), "s>a>e"), {}, [("a", "loop-changed")], "blocked"),
    "a third branch comes too late": (
        BLOCK, ("a",), plain(FORK + users("a b c d n"), "s>a>f>b>j>d>e;f>c>j;f>n>j"), {},
        [("j", "join-changed"), ("n", "new-step-passed")], "blocked"),
    "the join is gone under two tokens": (
        BLOCK, ("a",), plain(node("parallelGateway", "f") + users("a b c d"), "s>a>f>b>d>e;f>c>d"), {}, [("j", "join-changed")], "blocked"),
    "a new branch with an end of its own comes too late": (
        BLOCK, ("a",), plain(FORK + users("a b c d n") + node("endEvent", "e2"), "s>a>f>b>j>d>e;f>c>j;f>n>e2"), {},
        [("n", "new-step-passed")], "blocked"),
    "a new step inside the sub-process is passed": (
        plain(inside("sp", users("u v"), "sp_s>u>v"), "s>sp>e"), ("u",),
        plain(inside("sp", users("u n v"), "sp_s>u>n>v"), "s>sp>e"), {}, [("n", "new-step-passed")], "blocked"),
    "a new step lies inside a sub-process that is done": (
        plain(inside("sp", users("u"), "sp_s>u") + users("b"), "s>sp>b>e"), ("u",),
        plain(inside("sp", users("u n"), "sp_s>u>n") + users("b"), "s>sp>b>e"), {}, [("n", "new-step-passed")], "blocked"),
    "a new step lies two sub-processes deep, both done": (
        plain(inside("sp", inside("tp", users("u"), "tp_s>u"), "sp_s>tp") + users("b"), "s>sp>b>e"), ("u",),
        plain(inside("sp", inside("tp", users("n u"), "tp_s>n>u"), "sp_s>tp") + users("b"), "s>sp>b>e"), {},
        [("n", "new-step-passed")], "blocked"),
    "the sub-process has become a task": (
        plain(inside("sp", users("u"), "sp_s>u"), "s>sp>e"), (), plain(users("sp"), "s>sp>e"), {}, [("sp", "kind-changed")], "blocked"),
    "the mapping leads to what is not alike": (
        PLAIN, ("a",), plain(users("a c") + node("serviceTask", "bb", sop__operation="do.it"), "s>a>bb>c>e"), {"b": "bb"},
        [("b", "kind-changed")], "blocked"),
    "a new step on the way it went, and another way leads round it": (
        BRANCHES, ("a", "c"), plain(FORKED + users("a b c n d"), "s>a>x\nx>b ? false\nx>c ? true\nb>d>e\nc>n>d"), {},
        [("n", "new-step-passed")], "blocked"),
    "a step ahead was moved to a place that is passed": (
        PLAIN, ("a",), plain(users("a b c"), "s>a>c>b>e"), {}, [("c", "moved-step-passed")], "blocked"),
    "it stands on a step that was moved before what is done": (
        PLAIN, ("a", "b"), plain(users("a b c"), "s>a>c>b>e"), {}, [("b", "step-done-again")], "blocked"),
    "the step done has another id": (PLAIN, ("a",), plain(users("bb b c"), "s>bb>b>c>e"), {}, [("a", "done-step-removed")], "mapping"),
    "the step done has another id, and one more is new": (
        PLAIN, ("a",), plain(users("aa n b c"), "s>aa>n>b>c>e"), {},
        [("aa", "new-step-passed"), ("n", "new-step-passed")], "blocked"),
    "one line is past the new step, another not yet there": (
        LINES, ("u",), plain(inside("sp", users("u n v"), "sp_s>u>n>v", EACH) + users("b"), "s>sp>b>e"), {},
        [("n", "new-step-passed")], "blocked"),
    "one line is through, another has the new step ahead": (
        LINES, ("u", "v"), plain(inside("sp", users("u v n"), "sp_s>u>v>n", EACH) + users("b"), "s>sp>b>e"), {},
        [("n", "new-step-passed")], "blocked"),
    "one line has done the step that was moved, another is past its new place without it": (
        plain(inside("sp", users("u v w"), "sp_s>u>v>w", EACH) + users("b"), "s>sp>b>e"), ("u", "v", "w", "u"),
        plain(inside("sp", users("u v w"), "sp_s>u>w>v", EACH) + users("b"), "s>sp>b>e"), {}, [("w", "moved-step-passed")], "blocked"),
    "a gateway that was passed has become a step": (
        CHECKED, ("a",), plain(users("a x b"), "s>a>x>b>e"), {}, [("x", "new-step-passed")], "blocked"),
    "a step done was wrapped and comes only now": (
        PLAIN, ("a", "b"), plain(users("b c") + inside("sp", users("a"), "sp_s>a"), "s>b>c>sp>e"), {}, [("a", "step-done-again")], "blocked"),
    "a step done inside is drawn behind the inside that still runs": (
        plain(inside("sp", users("u v"), "sp_s>u>v") + users("b"), "s>sp>b>e"), ("u",),
        plain(inside("sp", users("v"), "sp_s>v") + users("u b"), "s>sp>u>b>e"), {}, [("u", "step-done-again")], "blocked"),
    "what is done and where it stands are branches now, with a split of their own before the join": (
        plain(FORK + users("a h b c d"), "s>a>h>f>b>j>d>e;f>c>j"), ("a",),
        plain(FORK + node("parallelGateway", "g") + node("parallelGateway", "k") + users("a h b c d"),
              "s>g>a>k>d>e;g>h>f>b>j>k;f>c>j"), {}, [("k", "join-changed")], "blocked"),
    "both of two branches run, and now only one may": (
        plain(SOME + users("a b c d"), "s>a>f\nf>b ? true\nf>c ? true\nb>j>d>e\nc>j"), ("a",), CHOSEN, {},
        [("j", "join-changed")], "blocked"),
    "the mapping jumps over a new step": (
        PLAIN, ("a",), plain(users("a n bb c"), "s>a>n>bb>c>e"), {"b": "bb"}, [("n", "new-step-passed")], "blocked"),
}


@pytest.mark.parametrize("name", SAFE)
def test_a_safe_case_goes_on_where_it_was_and_visits_all_that_is_new(name: str) -> None:
    before, done, after, mapping, visited = SAFE[name]
    run = Run.begun(program(before)).do(*done)
    waiting = interpreter.view(run.program, run.state, {})
    run.moved(program(after), **mapping)
    now = interpreter.view(run.program, run.state, {})
    assert [task.token_id for task in now.tasks] == [task.token_id for task in waiting.tasks]
    assert [task.ready_at for task in now.tasks] == [task.ready_at for task in waiting.tasks]
    so_far = len(run.seen)
    run.to_the_end()
    assert run.last is not None and run.last.outcome.status is InstanceStatus.COMPLETED
    assert sorted(element for element in run.seen[so_far:] if element not in PLUMBING) == sorted(visited.split())


@pytest.mark.parametrize("name", BLOCKED)
def test_what_has_no_place_is_named_and_nothing_moves(name: str) -> None:
    before, done, after, mapping, obstacles, verdict = BLOCKED[name]
    run = Run.begun(program(before)).do(*done)
    held = run.state
    found = run.effect(program(after), **mapping)
    assert [(obstacle.element_id, obstacle.reason) for obstacle in found.obstacles] == obstacles
    assert found.verdict is MigrationVerdict(verdict)
    assert found.after is None
    assert run.state == held
    if verdict == "mapping":
        assert found.obstacles[0].choices == ("bb",)


def test_running_clocks_stay_unless_somebody_asks_for_the_drawn_time() -> None:
    def with_timer(text: str) -> str:
        return plain(users("a") + boundary("t", "a", timer(text), cancels=False) + users("h"), "s>a>e;t>h>e")

    run = Run.begun(program(with_timer("PT4H")))
    run.now = NOW + HOUR
    kept, anew = (run.effect(program(with_timer("PT2H")), clocks) for clocks in ("keep", "anew"))
    assert [(each.due_at, each.due_after) for each in kept.clocks] == [(NOW + 4 * HOUR, NOW + 4 * HOUR)]
    assert [(each.due_at, each.due_after) for each in anew.clocks] == [(NOW + 4 * HOUR, NOW + 2 * HOUR)]
    as_date = run.effect(program(plain(users("a") + boundary("t", "a", timer("2026-02-01T00:00:00Z", "timeDate"), cancels=False)
                                       + users("h"), "s>a>e;t>h>e")))
    assert [each.due_after.isoformat() for each in as_date.clocks if each.due_after] == ["2026-02-01T00:00:00+00:00"]


def test_a_clock_that_is_newly_drawn_counts_from_when_the_step_began_and_one_no_longer_drawn_is_gone() -> None:
    bare = program(plain(users("a h"), "s>a>h>e"))
    timed = program(plain(users("a") + boundary("t", "a", timer("PT4H"), cancels=False) + users("h"), "s>a>h>e;t>h"))
    run = Run.begun(bare)
    run.now = NOW + HOUR
    run.moved(timed)
    (waiting,) = interpreter.view(run.program, run.state, {}).timers
    assert waiting.due_at == NOW + 4 * HOUR
    run.moved(bare)
    assert interpreter.view(run.program, run.state, {}).timers == ()
    assert run.open() == "a"


def test_an_instance_goes_there_and_back_and_the_digest_says_so() -> None:
    one, other = program(PLAIN), program(plain(users("a b n c"), "s>a>b>n>c>e"))
    run = Run.begun(one).do("a")
    assert run.last is not None
    before = run.last.meaning
    assert run.moved(other).last.meaning == before  # type: ignore[union-attr]
    assert run.moved(one).last.meaning == before    # type: ignore[union-attr]
    run.do("b", "c")
    assert run.last.outcome.status is InstanceStatus.COMPLETED


def test_called_processes_go_along_and_another_called_one_is_refused() -> None:
    def caller(called: str, inner: str, paths: str) -> tuple[str, str]:
        return (process(node("startEvent", "s") + node("callActivity", "k", calledElement=called) + flows("s>k")),
                process(node("startEvent", "s2") + users(inner) + flows(paths), called))

    run = Run.begun(program(*caller("q", "u", "s2>u")))
    assert run.effect(program(*caller("q2", "u", "s2>u"))).obstacles[0].reason == "called-process-changed"
    run.moved(program(*caller("q", "u v", "s2>u>v")))
    assert run.do("u").open() == "v"


def led_back(done: str, to: str, before: str) -> Run:
    """A case that has done these steps and was led back to one of them."""
    run = Run.begun(program(before))
    places = {}
    for step in done.split():
        (task,) = [task for task in interpreter.view(run.program, run.state, {}).tasks if task.element_id == step]
        places[step] = going_back.place_of(run.program, run.state, task.token_id)
        run.do(step)
    place = places[to]
    assert place is not None
    over = going_back.over(run.program, run.state, place)
    assert over is not None
    modify = Modify(entry=1, begin=to, end=tuple(f"i.{token}" for token in over.tokens))
    return run._stands(interpreter.apply(run.program, run.state, modify, run.now, {}))


def test_a_case_that_was_led_back_before_a_new_step_is_not_held_to_have_passed_it() -> None:
    run = led_back("a b", "a", PLAIN)
    assert run.open() == "a"
    assert run.effect(program(plain(users("a n b c"), "s>a>n>b>c>e"))).verdict is MigrationVerdict.SAFE
    assert run.effect(program(plain(users("n a b c"), "s>n>a>b>c>e"))).verdict is MigrationVerdict.BLOCKED
    run.moved(program(plain(users("a n b c"), "s>a>n>b>c>e"))).to_the_end()
    assert {"n", "c"} <= set(run.seen)
