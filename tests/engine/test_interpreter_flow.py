"""Sequence flow: gateways, joins in loops, implicit splits and ends, starts, ids, runaway diagrams."""

from __future__ import annotations

import pytest

from engine import errors
from engine.types import OutcomeKind
from tests.support import bpmn
from tests.support.play import Play, compile_bytes


def test_a_user_task_waits_and_ends_the_instance():
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), bpmn.user("u"), bpmn.end(), bpmn.flows("s", "u", "e"))))

    assert play.open == ["u"]
    play.complete("u", answer=5)

    assert play.done
    assert play.outcome.kind is OutcomeKind.NONE
    assert play.variables == {"answer": 5}
    assert play.completed() == ["s", "u", "e"]
    assert [e.seq for e in play.trace] == list(range(1, len(play.trace) + 1))


@pytest.mark.parametrize("tag", ["userTask", "manualTask", "task"])
def test_every_kind_of_human_task_waits_for_a_person(tag):
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), bpmn.element(tag, "u"), bpmn.flows("s", "u"))))

    assert play.open == ["u"]
    assert play.complete("u").done


@pytest.mark.parametrize(("n", "expected"), [(1, ["a"]), (5, ["b"]), (50, ["c"])])
def test_an_exclusive_gateway_takes_the_first_true_flow_or_the_default(n, expected):
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.exclusive("g", default="g__c"), bpmn.user("a"), bpmn.user("b"), bpmn.user("c"),
        bpmn.flow("s", "g"), bpmn.flow("g", "a", "n < 3"), bpmn.flow("g", "b", "n < 10"), bpmn.flow("g", "c"))), n=n)

    assert play.open == expected


def test_a_gateway_without_a_way_waits_for_a_person_who_can_try_again():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.exclusive("g"), bpmn.user("a"), bpmn.flow("s", "g"), bpmn.flow("g", "a", "n < 3"))), n=7)

    assert play.incidents == [("g", "no-flow-matches")]
    assert play.view.incidents[0].expression == "n < 3"
    assert play.outcome.status.value == "incident"

    play.retry("g")
    assert play.incidents == [("g", "no-flow-matches")]
    play.retry("g", n=1)
    assert play.open == ["a"]
    assert not play.incidents


@pytest.mark.parametrize("condition", ["missing", "n", '"yes"', "${n > 1}", "#{n}", "n +"])
def test_a_condition_that_is_neither_true_nor_false_is_an_incident_and_never_false(condition):
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.exclusive("g", default="g__b"), bpmn.user("a"), bpmn.user("b"),
        bpmn.flow("s", "g"), bpmn.flow("g", "a", condition), bpmn.flow("g", "b"))), n=1)

    assert play.open == []
    assert play.view.incidents[0].element_id == "g"
    assert play.view.incidents[0].code in ("condition-not-boolean", "expression-unreadable")
    assert play.view.incidents[0].expression == condition


def test_an_incident_leaves_the_other_branch_running():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.exclusive("g"), bpmn.user("a"), bpmn.user("b"),
        bpmn.flow("s", "f"), bpmn.flow("f", "g"), bpmn.flow("f", "b"), bpmn.flow("g", "a", "missing"))))

    assert play.open == ["b"]
    play.complete("b")
    assert not play.done
    assert play.outcome.status.value == "incident"


def test_several_flows_out_of_a_task_are_an_implicit_split():
    """Unconditional flows are always taken, conditional ones when true."""
    diagram = compile_bytes(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.user("u"), bpmn.user("a"), bpmn.user("b"), bpmn.user("c"),
        bpmn.flows("s", "u", "a"), bpmn.flow("u", "b", "n > 1"), bpmn.flow("u", "c", "n > 2"))))

    assert Play(diagram).complete("u", n=0).open == ["a"]
    assert Play(diagram).complete("u", n=2).open == ["a", "b"]
    assert Play(diagram).complete("u", n=3).open == ["a", "b", "c"]


def test_the_default_flow_of_a_task_is_taken_only_when_no_condition_holds():
    diagram = compile_bytes(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.user("u", default="u__c"), bpmn.user("a"), bpmn.user("c"),
        bpmn.flows("s", "u"), bpmn.flow("u", "a", "n > 1"), bpmn.flow("u", "c"))))

    assert Play(diagram).complete("u", n=2).open == ["a"]
    assert Play(diagram).complete("u", n=0).open == ["c"]


def test_two_tokens_that_arrive_at_a_task_each_run_it():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.user("a"), bpmn.user("b"), bpmn.user("c"),
        bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "b"), bpmn.flow("a", "c"), bpmn.flow("b", "c"))))

    play.complete("a").complete("b")
    assert play.open == ["c", "c"]
    play.complete("c")
    assert not play.done
    assert play.complete("c").done


def test_a_process_without_start_event_starts_everywhere_nothing_leads_to():
    play = Play(bpmn.document(bpmn.process("p", bpmn.user("a"), bpmn.user("b"), bpmn.user("c"), bpmn.flow("a", "c"))))

    assert play.open == ["a", "b"]
    play.complete("a").complete("b").complete("c")
    assert play.done


def test_ids_that_spiff_uses_itself_are_ordinary_ids():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start("Start"), bpmn.user("End"), bpmn.user("p.EndJoin"), bpmn.end("Root"),
        bpmn.flow("Start", "End"), bpmn.flow("End", "p.EndJoin"), bpmn.flow("p.EndJoin", "Root"))))

    assert play.open == ["End"]
    assert play.complete("End").open == ["p.EndJoin"]
    assert play.complete("p.EndJoin").done
    assert play.completed() == ["Start", "End", "p.EndJoin", "Root"]


def join_in_a_loop(gateway):
    return bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.exclusive("m"), gateway("f"), bpmn.user("a"), bpmn.user("b"), gateway("j"), bpmn.user("c"),
        bpmn.exclusive("x", default="x__e"), bpmn.end(), bpmn.flows("s", "m", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "b"),
        bpmn.flow("a", "j"), bpmn.flow("b", "j"), bpmn.flows("j", "c", "x"), bpmn.flow("x", "m", "again"), bpmn.flow("x", "e")))


@pytest.mark.parametrize("gateway", [bpmn.parallel, bpmn.inclusive])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_a_join_in_a_loop_waits_for_both_branches_every_time(gateway, order):
    play = Play(join_in_a_loop(gateway))
    for again in (True, True, False):
        assert play.open == ["a", "b"]
        play.complete(order[0])
        assert play.open == [order[1]]
        play.complete(order[1])
        assert play.open == ["c"]
        play.complete("c", again=again)
    assert play.done


@pytest.mark.parametrize(("mask", "expected"), [(0, ["z"]), (1, ["a"]), (2, ["b"]), (3, ["a", "b"])])
def test_an_inclusive_gateway_takes_every_true_flow_and_joins_what_it_started(mask, expected):
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.inclusive("f", default="f__j"), bpmn.user("a"), bpmn.user("b"), bpmn.inclusive("j"),
        bpmn.user("z"), bpmn.flow("s", "f"), bpmn.flow("f", "a", "mask = 1 or mask = 3"),
        bpmn.flow("f", "b", "mask >= 2"), bpmn.flow("f", "j"), bpmn.flow("a", "j"), bpmn.flow("b", "j"), bpmn.flow("j", "z"))),
        mask=mask)

    assert play.open == expected
    for element in expected:
        assert not play.done
        play.complete(element)
    assert play.open == (["z"] if mask else [])


def test_an_inclusive_join_waits_for_a_branch_that_merges_and_loops_on_its_way():
    """Branch a loops back over itself before it reaches the join; stock SpiffWorkflow joins too early here."""
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.inclusive("f"), bpmn.exclusive("m"), bpmn.user("a"), bpmn.exclusive("x", default="x__j"),
        bpmn.user("b"), bpmn.inclusive("j"), bpmn.user("z"), bpmn.flow("s", "f"), bpmn.flow("f", "m", "true"),
        bpmn.flows("m", "a", "x"), bpmn.flow("x", "m", "again"), bpmn.flow("x", "j"), bpmn.flow("f", "b", "true"),
        bpmn.flow("b", "j"), bpmn.flow("j", "z"))))

    play.complete("b").complete("a", again=True).complete("a", again=True)
    assert play.open == ["a"]
    play.complete("a", again=False)
    assert play.open == ["z"]


def test_a_gateway_may_join_and_split_at_once():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.user("a"), bpmn.user("b"), bpmn.parallel("g"), bpmn.user("c"), bpmn.user("d"),
        bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "b"), bpmn.flow("a", "g"), bpmn.flow("b", "g"),
        bpmn.flow("g", "c"), bpmn.flow("g", "d"))))

    assert play.complete("a").open == ["b"]
    assert play.complete("b").open == ["c", "d"]


def test_excess_tokens_stay_at_a_parallel_join():
    """Two tokens on one flow and none on the other do not make a pair (BPMN 2.0.2, 13.4.1)."""
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.user("a"), bpmn.user("b"), bpmn.user("c"), bpmn.exclusive("m"),
        bpmn.parallel("j"), bpmn.user("z"), bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "b"), bpmn.flow("f", "c"),
        bpmn.flow("a", "m"), bpmn.flow("b", "m"), bpmn.flow("m", "j"), bpmn.flow("c", "j"), bpmn.flow("j", "z"))))

    assert play.complete("a").complete("b").open == ["c"]
    assert play.complete("c").open == ["z"]
    play.complete("z")
    assert not play.done  # one token waits at the join for a partner that never comes
    assert play.view.open_elements == ("j",)


def test_fourteen_parallel_sections_in_a_row_start_at_once():
    parts, last = [bpmn.start()], "s"
    for n in range(14):
        parts += [bpmn.parallel(f"f{n}"), bpmn.user(f"a{n}"), bpmn.user(f"b{n}"), bpmn.parallel(f"j{n}"),
                  bpmn.flow(last, f"f{n}"), bpmn.flow(f"f{n}", f"a{n}"), bpmn.flow(f"f{n}", f"b{n}"),
                  bpmn.flow(f"a{n}", f"j{n}"), bpmn.flow(f"b{n}", f"j{n}")]
        last = f"j{n}"
    play = Play(bpmn.document(bpmn.process("p", *parts)))

    for n in range(14):
        assert play.open == [f"a{n}", f"b{n}"]
        play.complete(f"a{n}").complete(f"b{n}")
    assert play.done


def test_a_chain_of_nine_hundred_tasks_runs_to_its_end():
    names = [f"u{n}" for n in range(900)]
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), *map(bpmn.user, names), bpmn.flows("s", *names))))
    for name in names:
        play.complete(name)
    assert play.done


@pytest.mark.parametrize("parts", [
    [bpmn.exclusive("m"), bpmn.exclusive("x"), bpmn.flows("s", "m", "x", "m")],       # a loop without a person
    [bpmn.parallel("m"), bpmn.flow("s", "m"), bpmn.parallel("n"), bpmn.flow("m", "n"), bpmn.exclusive("x"),
     bpmn.flow("m", "x"), bpmn.flow("n", "x"), bpmn.throw("y"), bpmn.flows("x", "y", "x")],
])
def test_a_diagram_that_runs_on_without_a_person_is_stopped(parts):
    with pytest.raises(errors.RunawayProcess):
        Play(bpmn.document(bpmn.process("p", bpmn.start(), *parts)))


def test_a_link_goes_on_at_its_namesake():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.throw("out", bpmn.link("L")), bpmn.catch("into", bpmn.link("L")), bpmn.user("u"),
        bpmn.flow("s", "out"), bpmn.flow("into", "u"))))

    assert play.open == ["u"]
    assert play.completed() == ["s", "out", "into"]
    assert play.complete("u").done


def test_a_terminate_end_event_ends_everything():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.user("a"), bpmn.user("b"), bpmn.end("t", bpmn.event("terminate")),
        bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "b"), bpmn.flow("a", "t"))))

    play.complete("a")
    assert play.done
    assert play.happened("b") == ["entered", "cancelled"]
