"""Event sub-processes: when they wait, what they interrupt, whose variables they see, and what ends with what."""

from __future__ import annotations

import pytest

from engine import errors
from engine.spiff import codec
from engine.transition import FireTimer, ReceiveMessage
from engine.types import OutcomeKind
from tests.support import bpmn
from tests.support.play import Play, compile_bytes

ROOTS = (bpmn.message("M") + bpmn.message("N") + bpmn.signal("S") + bpmn.error("E") + bpmn.error("F") + bpmn.escalation("X")
         + bpmn.escalation("Y"))
MESSAGE, SIGNAL, ERROR, ESCALATION = (bpmn.event(kind, name) for kind, name in (
    ("message", "M"), ("signal", "S"), ("error", "E"), ("escalation", "X")))


def on(name, event, *inside, interrupting=True, path=()):
    """An event sub-process `name`: its start event `name_s`, then the task `name_u` unless other elements are given."""
    parts, path = (inside, path) if inside else ((bpmn.user(f"{name}_u"), bpmn.end(f"{name}_e")), (f"{name}_u", f"{name}_e"))
    started = bpmn.element("startEvent", f"{name}_s", event, isInterrupting=interrupting)
    return bpmn.element("subProcess", name, started + "".join(parts) + bpmn.flows(f"{name}_s", *path), triggeredByEvent=True)


def beside(*parts, loop=""):
    """start -> a -> end, and whatever else."""
    return bpmn.document(bpmn.process("p", bpmn.start(), bpmn.user("a", loop), bpmn.end(), bpmn.flows("s", "a", "e"), *parts), roots=ROOTS)


def inside(*parts, before="", edges="", loop=""):
    """start -> sub-process of w -> n, with `parts` in the sub-process and `edges` on it, which lead to the task h."""
    body = bpmn.sub("sub", bpmn.start("s2"), bpmn.user("w"), bpmn.end("e2"), bpmn.flows("s2", "w", "e2"), *parts, loop=loop)
    return bpmn.document(bpmn.process("p", bpmn.start(), before, body, bpmn.user("n"), bpmn.user("h"), bpmn.end(), edges,
                                      bpmn.flows("s", "sub", "n", "e")), roots=ROOTS)


def waits_for(play):
    """Start events that wait, by message, signal or timer."""
    return sorted([s.element_id for s in play.view.subscriptions] + [t.element_id for t in play.view.timers])


# --- interrupting, and not ------------------------------------------------------------------------------------------


def test_an_interrupting_event_sub_process_takes_the_place_of_its_scope():
    play = Play(beside(on("x", MESSAGE)))
    assert (waits_for(play), play.view.open_elements) == (["x_s"], ("a",))
    play.send("M")

    assert (play.open, waits_for(play), play.view.open_elements) == (["x_u"], [], ("x", "x_u"))
    assert [(e.element_id, e.happened.value) for e in play.trace[2:]] == [
        ("a", "entered"), ("x_s", "caught"), ("a", "cancelled"), ("x", "entered"), ("x_s", "entered"), ("x_s", "completed"),
        ("x_u", "entered")]
    assert play.complete("x_u").done
    assert play.happened("x") == ["entered", "completed"]


def test_a_non_interrupting_event_sub_process_runs_beside_its_scope_as_often_as_it_is_started():
    play = Play(beside(on("x", MESSAGE, interrupting=False))).send("M", v=1).send("M", v=2)

    assert play.open == ["a", "x_u", "x_u"]
    assert waits_for(play) == ["x_s"]
    assert [data for _, data in play.last.meaning["scopes"]] == [{"v": 1}, {"v": 2}]
    play.complete("x_u", 1, v=22)
    assert [data for _, data in play.last.meaning["scopes"]] == [{"v": 1}]
    assert not play.complete("a").done
    assert play.complete("x_u").done


def test_a_scope_ends_when_its_tokens_and_what_was_started_beside_them_are_done():
    play = Play(inside(on("x", MESSAGE, interrupting=False))).send("M").complete("w")

    assert (play.open, waits_for(play)) == (["x_u"], ["x_s"])     # the scope is alive: it may be started once more
    play.send("M").complete("x_u")
    assert play.open == ["x_u"]
    assert (play.complete("x_u").open, waits_for(play)) == (["n"], [])


def test_a_scope_that_ends_closes_what_waited_in_it():
    play = Play(inside(on("x", MESSAGE), on("y", bpmn.timer("PT1H"), interrupting=False)))
    message, timer = play.view.subscriptions[0].token_id, play.view.timers[0].token_id
    play.complete("w")

    assert waits_for(play) == []
    with pytest.raises(errors.UnknownElement):
        play.apply(ReceiveMessage(token_id=message, name="M"))
    with pytest.raises(errors.UnknownElement):
        play.apply(FireTimer(token_id=timer), play.now.replace(hour=23))


def test_several_wait_at_once_and_an_interrupting_one_ends_the_others_that_run():
    play = Play(beside(on("x", bpmn.event("message", "N")), on("y", MESSAGE, interrupting=False),
                       on("z", bpmn.timer("PT1H"), interrupting=False)))
    assert waits_for(play) == ["x_s", "y_s", "z_s"]
    play.send("M").wait(hours=1)
    assert play.open == ["a", "y_u", "z_u"]
    play.send("N")

    assert (play.open, waits_for(play)) == (["x_u"], [])
    assert [play.happened(name)[-1] for name in ("a", "y", "y_u", "z", "z_u")] == ["cancelled"] * 5
    assert play.complete("x_u").done


def test_interrupting_one_scope_leaves_the_scope_round_it_alone():
    play = Play(inside(on("x", MESSAGE), edges=bpmn.boundary("b", "sub", bpmn.timer("PT5H")) + bpmn.flow("b", "h"))).send("M")

    assert (play.open, waits_for(play)) == (["x_u"], ["b"])
    assert play.complete("x_u").open == ["n"]


def test_the_edge_of_a_scope_cancels_its_event_sub_processes_too():
    play = Play(inside(on("x", MESSAGE, interrupting=False), edges=bpmn.boundary("b", "sub", bpmn.timer("PT5H")) + bpmn.flow("b", "h")))
    play.send("M").wait(hours=5)

    assert (play.open, waits_for(play)) == (["h"], [])
    assert play.happened("x_u") == ["entered", "cancelled"]


def test_terminate_ends_the_scope_it_stands_in():
    ending = (bpmn.user("t"), bpmn.end("te", bpmn.event("terminate")))
    inner = Play(beside(on("x", MESSAGE, *ending, interrupting=False, path=("t", "te")))).send("M").send("M").complete("t")
    assert inner.open == ["a", "t"]

    outer = Play(beside(on("x", MESSAGE, interrupting=False), bpmn.end("stop", bpmn.event("terminate")), bpmn.flow("a", "stop")))
    assert outer.send("M").complete("a").done
    assert outer.happened("x_u") == ["entered", "cancelled"]


def test_a_scope_with_nothing_but_an_event_sub_process_begins_nowhere():
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), bpmn.sub("sub", on("x", MESSAGE)), bpmn.flow("s", "sub")), roots=ROOTS))

    assert play.incidents == [("sub", "no-start-event")]


# --- what starts them -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("event", "dues"), [
    (bpmn.timer("PT1H"), [1]), (bpmn.timer("2026-11-10T07:00:00Z", "timeDate"), [2]), (bpmn.timer("R/PT2H", "timeCycle"), [2, 4, 6]),
    (bpmn.timer("R2/PT1H", "timeCycle"), [1, 2]), (bpmn.timer('=duration("PT" + string(hours) + "H")'), [3])])
def test_a_timer_starts_it_each_time_it_is_due(event, dues):
    play = Play(beside(on("x", event, interrupting=False)), hours=3)

    for hour in range(1, 7):
        play.wait(hours=1)
        assert play.open == ["a"] + ["x_u"] * sum(due <= hour for due in dues)


def test_a_condition_starts_it_each_time_it_turns_true():
    play = Play(beside(on("x", bpmn.conditional("v > 1"), interrupting=False), loop=bpmn.standard_loop("go")), v=0, go=True)

    for v, started in ((2, 1), (3, 1), (0, 1), (5, 2), (None, 2), (7, 3)):
        play.complete("a", v=v)
        assert play.open == ["a"] + ["x_u"] * started


def test_a_condition_that_holds_when_the_scope_begins_starts_it_first():
    beside_it = Play(beside(on("x", bpmn.conditional("v > 1"), interrupting=False)), v=2)
    assert beside_it.open == ["a", "x_u"]

    instead = Play(beside(on("x", bpmn.conditional("v > 1")), on("y", MESSAGE)), v=2)
    assert (instead.open, waits_for(instead), instead.happened("a")) == (["x_u"], [], [])
    assert instead.complete("x_u").done


def test_a_condition_sees_the_variables_of_its_own_scope():
    play = Play(inside(on("x", bpmn.conditional("own = 1"), interrupting=False), bpmn.user("w2"), bpmn.flow("w", "w2")))

    assert play.complete("w", own=1).open == ["w2", "x_u"]


def test_a_signal_starts_every_one_that_waits_for_it():
    play = Play(inside(on("x", SIGNAL, interrupting=False), before=on("top", SIGNAL, interrupting=False))).signal("S").signal("S")

    assert play.open == ["top_u", "top_u", "w", "x_u", "x_u"]


def test_a_signal_from_inside_the_scope_starts_it():
    throwing = bpmn.throw("t", SIGNAL) + bpmn.flow("w", "t") + bpmn.user("w2") + bpmn.flow("t", "w2")
    play = Play(inside(on("x", SIGNAL, interrupting=False), throwing)).complete("w")

    assert play.open == ["w2", "x_u"]
    assert Play(inside(on("x", SIGNAL), throwing)).complete("w").open == ["x_u"]


# --- errors and escalations ------------------------------------------------------------------------------------------


def failing(code="E"):
    return bpmn.end("err", bpmn.event("error", code)) + bpmn.flow("w", "err")


def test_an_error_is_caught_inside_before_the_edge_of_the_scope():
    edge = bpmn.boundary("b", "sub", bpmn.event("error", "E")) + bpmn.flow("b", "h")
    play = Play(inside(on("x", ERROR), failing(), edges=edge)).complete("w")

    assert play.open == ["x_u"]
    assert play.complete("x_u").open == ["n"]


def test_the_edge_of_the_activity_that_failed_comes_first():
    parts = bpmn.service("o"), bpmn.boundary("b2", "o", bpmn.event("error", "E")), bpmn.user("h2"), bpmn.flows("w", "o", "e2"), \
        bpmn.flow("b2", "h2")
    assert Play(inside(on("x", ERROR), *parts)).complete("w").fail("o", "E").open == ["h2"]
    assert Play(inside(on("x", bpmn.event("error", "F")), *parts)).complete("w").fail("o", "F").open == ["x_u"]


def test_an_error_goes_to_who_names_it_before_who_catches_all():
    play = Play(inside(on("all", bpmn.event("error")), on("x", ERROR), failing())).complete("w")

    assert play.open == ["x_u"]
    assert Play(inside(on("all", bpmn.event("error")), on("x", ERROR), failing("F"))).complete("w").open == ["all_u"]


def test_what_is_thrown_while_it_is_handled_goes_further_out():
    again = (bpmn.user("r"), bpmn.end("re", bpmn.event("error", "E")))
    edge = bpmn.boundary("b", "sub", bpmn.event("error", "E")) + bpmn.flow("b", "h")
    play = Play(inside(on("x", ERROR, *again, path=("r", "re")), failing(), edges=edge)).complete("w").complete("r")
    assert play.open == ["h"]

    uncaught = Play(inside(on("x", ERROR, *again, path=("r", "re")), failing())).complete("w").complete("r")
    assert (uncaught.done, uncaught.outcome.kind, uncaught.outcome.code) == (True, OutcomeKind.ERROR, "E")


def test_an_error_of_one_that_runs_beside_the_scope_is_caught_in_the_scope():
    ending = (bpmn.user("t"), bpmn.end("te", ERROR))
    play = Play(inside(on("x", MESSAGE, *ending, interrupting=False, path=("t", "te")), on("y", ERROR))).send("M").complete("t")

    assert play.open == ["y_u"]
    assert play.happened("w")[-1] == "cancelled"


def test_an_error_that_nothing_inside_catches_passes_the_event_sub_processes():
    play = Play(inside(on("x", ERROR), failing("F"), before=on("top", bpmn.event("error", "F")))).complete("w")

    assert play.open == ["top_u"]


def escalating(code="X"):
    return bpmn.throw("esc", bpmn.event("escalation", code)) + bpmn.user("w2") + bpmn.flows("w", "esc", "w2")


def test_an_escalation_starts_it_beside_who_threw():
    edge = bpmn.boundary("b", "sub", ESCALATION) + bpmn.flow("b", "h")
    play = Play(inside(on("x", ESCALATION, interrupting=False), escalating(), edges=edge)).complete("w")

    assert play.open == ["w2", "x_u"]
    assert Play(inside(on("x", ESCALATION), escalating(), edges=edge)).complete("w").open == ["x_u"]
    assert Play(inside(on("x", ESCALATION), escalating("Y"), edges=edge)).complete("w").open == ["w2"]


def test_an_escalation_never_starts_what_threw_it():
    again = (bpmn.user("r"), bpmn.end("re", ESCALATION))
    edge = bpmn.boundary("b", "sub", ESCALATION, interrupting=False) + bpmn.flow("b", "h")
    play = Play(inside(on("x", ESCALATION, *again, interrupting=False, path=("r", "re")), escalating(), edges=edge))

    assert play.complete("w").complete("r").open == ["h", "w2"]


# --- variables, incidents, gateways ------------------------------------------------------------------------------------


def test_what_a_message_brings_stands_where_its_names_live():
    play = Play(inside(on("x", MESSAGE, interrupting=False)), v=0).send("M", v=1, new=2)

    assert play.variables == {"v": 1}
    assert [data for _, data in play.last.meaning["scopes"]] == [{}, {"new": 2}]
    play.complete("x_u", new=3)
    assert play.variables == {"v": 1}


def test_its_data_associations_rename_what_came():
    mapping = ('<bpmn:dataOutput id="do" name="what"/><bpmn:dataOutputAssociation id="da"><bpmn:sourceRef>do</bpmn:sourceRef>'
               "<bpmn:targetRef>told</bpmn:targetRef></bpmn:dataOutputAssociation>")
    play = Play(beside('<bpmn:dataObject id="told"/>', on("x", mapping + MESSAGE, interrupting=False))).send("M", what="yes")

    assert play.variables == {"told": "yes"}


def test_what_cannot_be_written_waits_for_a_person_with_what_came():
    mapping = ("<bpmn:dataOutputAssociation id='da'><bpmn:targetRef>v</bpmn:targetRef><bpmn:assignment><bpmn:from>if ready then new "
               "else [1..2]</bpmn:from><bpmn:to>v</bpmn:to></bpmn:assignment></bpmn:dataOutputAssociation>")
    play = Play(beside(on("x", mapping + MESSAGE, interrupting=False)), v=0, ready=False).send("M", new=7)

    assert (play.incidents, play.open) == ([("x_s", "value-not-storable")], ["a"])
    play.retry("x_s", ready=True)
    assert (play.incidents, play.open, play.variables["v"]) == ([], ["a", "x_u"], 7)


def test_a_start_event_that_cannot_be_worked_out_does_not_hold_its_scope():
    play = Play(beside(on("x", bpmn.timer("=later"), interrupting=False)))
    assert play.incidents == [("x_s", "timer-unusable")]

    assert play.complete("a").done
    mended = Play(beside(on("x", bpmn.timer("=later"), interrupting=False))).retry("x_s", later="PT1H")
    assert mended.wait(hours=1).open == ["a", "x_u"]


def test_an_inclusive_gateway_inside_joins_what_it_started():
    parts = (bpmn.inclusive("g", "g__c"), bpmn.user("b"), bpmn.user("c"), bpmn.user("d"), bpmn.inclusive("j"), bpmn.user("z"),
             bpmn.flow("g", "b", "v > 0"), bpmn.flow("g", "c"), bpmn.flow("g", "d", "v > 1"), bpmn.flow("b", "j"),
             bpmn.flow("c", "j"), bpmn.flow("d", "j"), bpmn.flow("j", "z"))
    play = Play(beside(on("x", MESSAGE, *parts, interrupting=False, path=("g",))), v=0).send("M", v=2).send("M", v=0)

    assert play.open == ["a", "b", "c", "d"]
    play.complete("c").complete("b")
    assert play.open == ["a", "d", "z"]
    assert play.complete("d").open == ["a", "z", "z"]


def test_an_inclusive_join_beside_it_does_not_wait_for_it():
    split = (bpmn.inclusive("g", "g__b"), bpmn.user("b"), bpmn.user("c"), bpmn.inclusive("j"), bpmn.user("z"), bpmn.flow("s", "g"),
             bpmn.flow("g", "b"), bpmn.flow("g", "c", "true"), bpmn.flow("b", "j"), bpmn.flow("c", "j"), bpmn.flow("j", "z"))
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), *split, on("x", MESSAGE, interrupting=False)), roots=ROOTS))

    assert play.send("M").complete("c").open == ["x_u", "z"]


def test_an_event_based_gateway_inside_waits_for_several_timers_and_messages():
    parts = (bpmn.element("eventBasedGateway", "g"), bpmn.catch("t1", bpmn.timer("PT1H")), bpmn.catch("t9", bpmn.timer("PT9H")),
             bpmn.catch("m", MESSAGE), bpmn.catch("n", bpmn.event("message", "N")), *(bpmn.flow("g", each) for each in ("t1", "t9", "m", "n")),
             *(bpmn.user(f"u_{each}") + bpmn.flow(each, f"u_{each}") for each in ("t1", "t9", "m", "n")))
    data = beside(on("x", SIGNAL, *parts, interrupting=False, path=("g",)))
    play = Play(data).signal("S").wait(minutes=30).signal("S")

    assert sorted(waits_for(play)) == ["m", "m", "n", "n", "t1", "t1", "t9", "t9", "x_s"]
    assert play.wait(minutes=30).open == ["a", "u_t1"]
    assert play.send("N").open == ["a", "u_n", "u_t1"]
    assert waits_for(play) == ["x_s"]


# --- where they stand ---------------------------------------------------------------------------------------------------


def test_each_instance_of_a_multi_instance_sub_process_has_its_own():
    data = inside(on("x", MESSAGE), on("y", bpmn.event("message", "N"), interrupting=False), loop=bpmn.instances(collection="[1, 2, 3]"))
    play = Play(data)

    assert waits_for(play) == ["x_s"] * 3 + ["y_s"] * 3
    play.send("M").send("N")
    assert play.open == ["w", "w", "x_u", "y_u"]
    assert [(t.element_id, t.item) for t in play.view.tasks] == [("w", 2), ("w", 3), ("x_u", 1), ("y_u", 2)]
    play.complete("x_u").complete("w").complete("w")
    assert play.open == ["y_u"]
    assert (play.complete("y_u").open, waits_for(play)) == (["n"], [])


def test_a_called_process_has_its_own_and_sees_only_its_own_variables():
    called = bpmn.process("q", bpmn.start("qs"), bpmn.user("w"), bpmn.flow("qs", "w"), on("x", MESSAGE, interrupting=False), failing(),
                          on("y", ERROR))
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), bpmn.call("c", "q"), bpmn.user("n"), bpmn.flows("s", "c", "n"),
                                           on("top", ERROR)), called, roots=ROOTS), v=0)
    play.send("M", v=5)

    assert (play.open, play.variables) == (["w", "x_u"], {"v": 0})
    assert play.complete("w").open == ["y_u"]
    assert play.complete("y_u").open == ["n"]


def test_one_inside_another_waits_only_while_the_other_runs():
    inner = on("in", bpmn.event("message", "N"), interrupting=False)
    play = Play(beside(on("x", MESSAGE, bpmn.user("x_u"), inner, interrupting=False, path=("x_u",))))
    assert waits_for(play) == ["x_s"]
    play.send("M").send("M")

    assert waits_for(play) == ["in_s", "in_s", "x_s"]
    play.send("N").complete("x_u")
    assert (play.open, waits_for(play)) == (["a", "in_u", "x_u"], ["in_s", "in_s", "x_s"])
    assert waits_for(play.complete("in_u")) == ["in_s", "x_s"]


def test_what_came_is_written_before_one_inside_looks_at_it():
    inner = on("in", bpmn.conditional("v = 1"))
    play = Play(beside(on("x", MESSAGE, bpmn.user("x_u"), inner, path=("x_u",)))).send("M", v=1)

    assert play.open == ["in_u"]
    assert [data for _, data in play.last.meaning["scopes"]] == [{"v": 1}, {}]


def test_a_cancelled_transaction_takes_them_with_it():
    body = bpmn.sub("t", bpmn.start("s2"), bpmn.user("w"), bpmn.end("c", bpmn.event("cancel")), bpmn.flows("s2", "w", "c"),
                    on("x", MESSAGE, interrupting=False), tag="transaction")
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), body, bpmn.user("h"), bpmn.flow("s", "t"),
                                           bpmn.boundary("b", "t", bpmn.event("cancel")), bpmn.flow("b", "h")), roots=ROOTS))

    play.send("M").complete("w")
    assert (play.open, waits_for(play)) == (["h"], [])


@pytest.mark.parametrize(("interrupting", "after"), [(False, ["a", "h", "x_u"]), (True, ["a", "h"])])
def test_an_event_on_its_own_edge_leads_on_in_the_scope_round_it(interrupting, after):
    edge = bpmn.boundary("b", "x", bpmn.timer("PT2H"), interrupting=interrupting) + bpmn.user("h") + bpmn.flow("b", "h")
    play = Play(beside(on("x", MESSAGE, interrupting=False), edge)).send("M").wait(hours=2)

    assert play.open == after
    for element in after:
        play.complete(element)
    assert play.done


def test_what_has_ended_leaves_nothing_behind():
    play = Play(beside(on("x", MESSAGE, interrupting=False)))
    sizes = []
    for _ in range(40):
        play.send("M", new="value").complete("x_u")
        sizes.append(len(codec.dump(play.state)))

    assert max(sizes) <= min(sizes) + 8      # token and trace numbers grow by a digit
    assert len(play.state.scopes) == 1


def test_programs_with_and_without_them_do_not_share_states():
    with_one, without = compile_bytes(beside(on("x", MESSAGE))), compile_bytes(beside())

    assert with_one.fingerprint != without.fingerprint
    with pytest.raises(errors.StateCorrupt):
        codec.load(without, codec.dump(Play(with_one).state))
