"""Joins that wait for ever, branches nobody joins, loops nobody leaves: each found where it is, and not where it only looks so."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import bpmn_xml
from engine.bundle import SopBundle
from engine.lint.net import Net, Takes
from engine.lint.run import lint
from engine.lint.token_game import Concurrency, play
from engine.types import Severity
from tests.support.bpmn import (
    boundary, call, conditional, document, element, end, error, event, exclusive, flow, flows, inclusive, link, parallel, process, start, sub,
    throw, catch, timer, user,
)
from tests.support.random_process import FAMILIES, Generator, to_bpmn

CODES = ("deadlock", "lost-token", "loop-without-exit")
ASIDE = boundary("b", "t", timer("PT1H"), interrupting=False)


def found(code: str, *parts: str, more: str = "", roots: str = "") -> list[tuple[str | None, Severity]]:
    files = {"x.bpmn": document(process("p", *parts), more, roots=roots)}
    return [(hit.element_id, hit.severity) for hit in lint(SopBundle.from_files(files)) if hit.code == code]


def split(first: str, join: str, *more: str) -> tuple[str, ...]:
    """start -> g -> a or b -> j -> t -> end."""
    return (start(), first, user("a"), user("b"), join, user("t"), end(), flows("s", "g"), flow("g", "a", "x = 1"), flow("g", "b", "x = 2"),
            flows("a", "j"), flows("b", "j", "t", "e"), *more)


def plain(first: str, join: str, *more: str) -> tuple[str, ...]:
    return tuple(part.replace("bpmn:conditionExpression", "bpmn:documentation") for part in split(first, join, *more))


def test_a_join_that_waits_for_branches_of_which_one_comes() -> None:
    assert found("deadlock", *split(exclusive("g"), parallel("j"))) == [("j", Severity.RULE)], "no course of events passes it"
    assert found("deadlock", *split(inclusive("g"), parallel("j"))) == [("j", Severity.ADVICE)], "it passes where both were chosen"
    assert found("deadlock", *split(exclusive("g"), exclusive("j"))) == []
    assert found("deadlock", *split(inclusive("g"), inclusive("j"))) == []
    assert found("deadlock", *plain(parallel("g"), parallel("j"))) == []
    assert found("deadlock", *plain(inclusive("g"), parallel("j"))) == [], "flows without a condition are always taken"


def test_a_branch_that_may_leave_keeps_the_join_waiting_unless_the_end_ends_all() -> None:
    ways = (exclusive("k"), flow("a", "k"), flow("k", "j", "x = 1"), flow("k", "f", "x = 2"))
    drawn = [part for part in plain(parallel("g"), parallel("j")) if part != flows("a", "j")]
    assert found("deadlock", *drawn, *ways, end("f")) == [("j", Severity.ADVICE)]
    assert found("deadlock", *drawn, *ways, end("f", event("terminate"))) == []


def test_a_loop_round_a_join_and_two_joins_that_wait_for_each_other() -> None:
    once = (parallel("g"), user("a"), user("b"), parallel("j"), exclusive("k"), end(), flows("g", "a", "j", "k"), flows("g", "b", "j"),
            flow("k", "e", "x = 2"))
    assert found("deadlock", start(), exclusive("m"), *once, flows("s", "m", "g"), flow("k", "m", "x = 1")) == []
    assert found("deadlock", start(), *once, flow("s", "g"), flow("k", "g", "x = 1")) == [("g", Severity.RULE)], "it waits for its own way back"
    assert found("deadlock", start(), parallel("g"), parallel("j"), parallel("k"), end(), flows("s", "g", "j", "k", "e"), flow("g", "k"),
                 flow("k", "j")) == [("j", Severity.RULE), ("k", Severity.RULE)]


def test_branches_that_run_at_once_and_are_not_joined() -> None:
    assert found("lost-token", *plain(parallel("g"), exclusive("j"))) == [("j", Severity.ADVICE)]
    assert found("lost-token", *split(inclusive("g"), exclusive("j"))) == [("j", Severity.ADVICE)]
    assert found("lost-token", *plain(parallel("g"), user("j"))) == [("j", Severity.ADVICE)], "a step joins nothing either"
    assert found("lost-token", *plain(parallel("g"), parallel("j"))) == []
    assert found("lost-token", *plain(parallel("g"), inclusive("j"))) == []
    assert found("lost-token", *split(exclusive("g"), exclusive("j"))) == []


def test_the_first_of_several_may_end_all_and_an_end_joins() -> None:
    ways = (start(), parallel("g"), user("a"), user("b"), flows("s", "g", "a"), flows("g", "b"))
    assert found("lost-token", *ways, end(), flows("a", "e"), flows("b", "e")) == []
    first = (exclusive("j"), flows("a", "j", "e"), flows("b", "j"))
    assert found("lost-token", *ways, *first, end("e", event("terminate"))) == []
    assert found("lost-token", *ways, *first, end()) == [("j", Severity.ADVICE)]


def test_what_goes_on_beside_a_step_is_no_branch_of_it_until_it_comes_back() -> None:
    own = (start(), user("t"), ASIDE, user("c"), end(), end("f"), flows("s", "t", "e"), flows("b", "c", "f"))
    assert found("lost-token", *own) == []
    back = (start(), user("t"), ASIDE, exclusive("j"), user("c"), end(), flows("s", "t", "j", "c", "e"), flows("b", "j"))
    assert found("lost-token", *back) == [("j", Severity.ADVICE)]
    instead = back[2].replace('cancelActivity="false"', 'cancelActivity="true"')
    assert found("lost-token", *(part if part != back[2] else instead for part in back)) == []


TRAP = (start(), exclusive("g", default="g__e"), user("a"), user("b"), end(), flow("s", "g"), flow("g", "a", "x = 1"), flow("g", "e"),
        flows("a", "b", "a"))


def test_a_loop_without_a_way_out() -> None:
    assert found("loop-without-exit", *TRAP) == [("a", Severity.RULE)]
    assert found("loop-without-exit", *TRAP, boundary("x", "b", timer("PT1H")), flow("x", "e")) == []
    assert found("loop-without-exit", *TRAP, boundary("x", "b", timer("PT1H"), interrupting=False), end("f"), flow("x", "f")) == [
        ("a", Severity.RULE)], "what goes on beside ends, the loop does not"


def test_a_loop_that_an_event_stops_from_outside() -> None:
    inside = (start("s2"), user("a"), user("b"), flows("s2", "a", "b", "a"))
    line = (start(), end(), flows("s", "t", "e"))
    assert found("loop-without-exit", *line, sub("t", *inside)) == [("a", Severity.RULE)]
    assert found("loop-without-exit", *line, sub("t", *inside), boundary("x", "t", timer("PT1H")), flow("x", "e")) == []
    stopped = element("subProcess", "u", start("s3", conditional("x = 1")) + end("e3") + flow("s3", "e3"), triggeredByEvent=True)
    assert found("loop-without-exit", *line, sub("t", *inside), stopped) == []
    assert found("loop-without-exit", *line, sub("t", *inside), stopped.replace('id="s3"', 'id="s3" isInterrupting="false"')) == [
        ("a", Severity.RULE)]
    called = process("q", *inside)
    assert found("loop-without-exit", *line, call("t", "q"), more=called) == [("a", Severity.RULE)]
    assert found("loop-without-exit", *line, call("t", "q"), boundary("x", "t", timer("PT1H")), flow("x", "e"), more=called) == []


def test_a_loop_beside_a_branch_that_ends_all() -> None:
    ways = (start(), parallel("g"), user("a"), user("b"), user("c"), flows("s", "g", "a", "b", "a"), flows("g", "c", "e"))
    assert found("loop-without-exit", *ways, end("e", event("terminate"))) == []
    assert found("loop-without-exit", *ways, end("e", event("error", "E")), roots=error("E")) == []
    assert found("loop-without-exit", *ways, end("e")) == [("a", Severity.RULE)]


def test_a_link_leads_on() -> None:
    ways = (start(), throw("t", link("A")), catch("c", link("A")), user("a"), end(), flows("s", "t"), flows("c", "a", "e"))
    assert [found(code, *ways) for code in CODES] == [[], [], []]


# --- the game itself ---------------------------------------------------------------------------------------------------

KINDS = st.sampled_from(["exclusiveGateway", "parallelGateway", "task"])


@st.composite
def nets(draw: st.DrawFn, kinds: st.SearchStrategy[str] = KINDS) -> Net:
    """A beginning, up to six nodes with flows anywhere between them, an end."""
    chosen = draw(st.lists(kinds, min_size=2, max_size=6))
    names = [f"n{number}" for number in range(len(chosen))]
    lines = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from([*names, "e"])), min_size=2, max_size=10, unique=True))
    parts = [start(), end(), *(element(kind, name) for kind, name in zip(chosen, names, strict=True)), flow("s", "n0"),
             *(flow(one, other) for one, other in lines)]
    return Net(bpmn_xml.read_model(document(process("p", *parts)), file="x.bpmn").processes["p"])


def every_order(net: Net) -> tuple[set[str], set[tuple[int, ...]]] | None:
    """What waits for ever, and every position, whichever node moves first; None where tokens only become more."""
    waiting: list[Sequence[int]] = list(net.beginnings)
    seen, stuck = {tuple(sorted(one)) for one in waiting}, set[str]()
    while waiting:
        marking = waiting.pop()
        after: list[tuple[int, ...]] = []
        moved = False
        for move in net.moves.values():
            ready = [place for place in move.incoming if place in marking]
            taken = [tuple(move.incoming)] if move.takes is Takes.ALL else [(one,) for one in set(ready)]
            for one in taken if ready and (move.takes is not Takes.ALL or len(ready) == len(move.incoming)) else ():
                moved = True
                left = list(marking)
                for place in one:
                    left.remove(place)
                after += [tuple(sorted((*left, *given))) for given in move.gives]
        if not moved:
            stuck |= {net.target[place].id for place in marking}
        for position in after:
            if position and max(position.count(place) for place in position) > 2 or len(seen) > 3_000:
                return None
            if position not in seen:
                seen.add(position)
                waiting.append(position)
    return stuck, seen


@given(nets())
def test_one_order_of_moves_finds_what_all_orders_find(net: Net) -> None:
    known = every_order(net)
    if known is not None:
        played = play(net)
        assert played.is_whole
        assert played.stuck == known[0]


@given(nets())
def test_what_is_ever_together_is_said_to_be(net: Net) -> None:
    known = every_order(net)
    if known is not None:
        together = Concurrency(net, with_asides=True)
        for position in known[1]:
            assert all(together.beside(one, other) for one in position for other in position if one != other) or len(set(position)) < len(position)


def drawn_at_random(family: str, seed: int) -> str:
    return to_bpmn(Generator(random.Random(f"{family}{seed}"), FAMILIES[family]).process()).decode()


def said(drawing: str, code: str) -> set[str | None]:
    return {hit.element_id for hit in lint(SopBundle.from_files({"x.bpmn": drawing.encode()})) if hit.code == code}


@pytest.mark.parametrize("family", FAMILIES)
def test_sound_blocks_raise_no_alarm_however_they_are_put_together(family: str) -> None:
    for seed in range(12):
        drawing = drawn_at_random(family, seed)
        assert {code: said(drawing, code) for code in CODES} == {code: set() for code in CODES}, seed


@pytest.mark.parametrize(("now", "kind", "code"), [("parallelGateway", "exclusiveGateway", "deadlock"),
                                                   ("exclusiveGateway", "parallelGateway", "lost-token")])
def test_one_wrong_join_among_sound_blocks_is_found(now: str, kind: str, code: str) -> None:
    tried = 0
    for seed in range(20):
        drawing = drawn_at_random("flow", seed)
        joins = [one for one in re.findall(rf'<bpmn:{kind} id="(\w+)"', drawing)
                 if drawing.count(f'targetRef="{one}"') > 1 and drawing.count(f'sourceRef="{one}"') == 1]
        for join in joins[:1]:
            wrong = drawing.replace(f'<bpmn:{kind} id="{join}"></bpmn:{kind}>', f'<bpmn:{now} id="{join}"></bpmn:{now}>')
            assert join in said(wrong, code), (seed, join)
            tried += 1
    assert tried > 5


@pytest.mark.parametrize("join, waits", [(parallel("j"), True), (inclusive("j"), False)])
def test_forty_branches_do_not_take_for_ever(join: str, waits: bool) -> None:
    names = [f"t{number}" for number in range(40)]
    parts = (start(), parallel("g"), join, end(), flow("s", "g"), flow("j", "e"), *(
        part for name in names for part in (exclusive(f"x{name}"), user(name), user(f"{name}b"), flow("g", f"x{name}"), flow(f"x{name}", name, "x = 1"),
                                            flow(f"x{name}", f"{name}b", "x = 2"), flow(name, "j"), flow(f"{name}b", "j"))))
    assert bool(found("deadlock", *parts)) is waits


@pytest.mark.parametrize("back", [
    (user("t"), end(), flows("s", "t", "e"), flow("t", "t")),
    (user("t"), parallel("g"), end(), flows("s", "t", "g", "e"), flow("g", "t")),
    (exclusive("m"), user("t"), parallel("g"), user("u"), end(), flows("s", "m", "t", "g", "u", "e"), flow("g", "m"))])
def test_a_split_that_sends_one_of_two_back_each_time_is_never_done(back: tuple[str, ...]) -> None:
    (one,) = found("loop-without-exit", start(), *back)
    assert one[1] is Severity.RULE
    chosen = [part.replace("parallelGateway", "exclusiveGateway") for part in back]
    if chosen != list(back):
        assert found("loop-without-exit", start(), *chosen) == []
    ended = [end("e", event("terminate")) if part == end() else part for part in back]
    assert found("loop-without-exit", start(), *ended) == []
