"""Activities: operations, decisions, sub-processes, called processes, loops and multi-instance, and their scopes."""

from __future__ import annotations

import pytest

from engine import errors
from engine.transition import CompleteTask
from tests.support import bpmn
from tests.support.play import Play, compile_bytes, value


def one(part, *more, after="n", **variables):
    """start -> `a` -> `n`."""
    return Play(bpmn.document(bpmn.process("p", bpmn.start(), part, bpmn.user("n"), *more, bpmn.flows("s", "a", "n"))), **variables)


def test_a_service_task_is_parked_until_its_operation_answers():
    play = one(bpmn.service("a", "letter.issue", arguments={"to": "name", "copies": "n + 1"}), name="Ibu", n=1)

    operation = play.view.operations[0]
    assert (operation.name, operation.element_id, dict(operation.arguments)) == (
        "letter.issue", "a", value({"to": "Ibu", "copies": 2}))
    assert play.answer("a", number="X/1").open == ["n"]
    assert play.variables["number"] == "X/1"


def test_a_send_task_with_an_operation_calls_it():
    play = one(bpmn.element("sendTask", "a", sop_operation="mail.send"))

    assert play.view.operations[0].name == "mail.send"
    assert play.answer("a").open == ["n"]


def test_what_an_operation_asked_for_does_not_change_while_it_waits():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.service("a", arguments={"v": "v"}), bpmn.user("u"), bpmn.flow("s", "f"),
        bpmn.flow("f", "a"), bpmn.flow("f", "u"))), v=1)
    play.complete("u", v=2)

    assert play.view.operations[0].arguments == {"v": 1}


class Table:
    """Stands for a decision table: doubles its input, or has a problem with it."""

    def evaluate(self, decision, inputs, *, now):
        from types import SimpleNamespace
        known = inputs.get("n") is not None
        return SimpleNamespace(value=inputs["n"] * 2 if known else None, rules=(), problems=() if known else ("no input",))


def test_a_business_rule_task_writes_its_result():
    program = compile_bytes(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.element("businessRuleTask", "a", sop_decision="double", sop_result="twice"), bpmn.user("n"),
        bpmn.flows("s", "a", "n"))), {"double": Table()})

    assert Play(program, n=4).variables == {"n": 4, "twice": 8}
    play = Play(program)
    assert play.incidents == [("a", "decision-failed")]
    assert play.retry("a", n=3).variables == {"n": 3, "twice": 6}


def test_a_variable_born_in_a_sub_process_ends_with_it():
    inner = bpmn.sub("a", bpmn.start("is"), bpmn.user("u"), bpmn.flow("is", "u"))
    play = one(inner, outer=1)
    play.complete("u", outer=2, born=3)

    assert play.open == ["n"]
    assert play.variables == {"outer": 2}


def test_parallel_branches_do_not_lose_each_others_updates():
    """Stock SpiffWorkflow lets the branch that never touched a variable overwrite the other at the join."""
    diagram = compile_bytes(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.user("a"), bpmn.user("b"), bpmn.parallel("j"), bpmn.user("n"),
        bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "b"), bpmn.flow("a", "j"), bpmn.flow("b", "j"),
            bpmn.flow("j", "n"))))

    assert Play(diagram, v="old").complete("a", v="new").complete("b").variables == {"v": "new"}
    assert Play(diagram, v="old").complete("b", v="new").complete("a").variables == {"v": "new"}
    assert Play(diagram, v=[1, 2, 3]).complete("a", v=[3, 1]).complete("b").variables == {"v": [3, 1]}


def test_values_share_nothing_with_what_was_handed_in_or_out():
    given = value({"lines": [{"q": 1}]})
    play = one(bpmn.user("a"), reload=False)
    before = play.state
    play.apply(CompleteTask(token_id=play.task("a").token_id, variables=given))
    given["lines"][0]["q"] = "changed"
    play.view.variables["lines"].append("changed")

    assert play.complete("n").variables == value({"lines": [{"q": 1}]})
    assert before is not None
    assert before.scopes[0][2] == {}


def called(*, inputs=(), outputs=(), activity="", loop=""):
    io = "".join(f'<bpmn:dataInput id="in_{v}" name="{v}"/>' for v in inputs) + "".join(
        f'<bpmn:dataOutput id="out_{v}" name="{v}"/>' for v in outputs)
    return bpmn.document(
        bpmn.process("p", bpmn.start(), bpmn.call("a", "q", activity + loop), bpmn.user("n"), bpmn.flows("s", "a", "n")),
        bpmn.process("q", f'<bpmn:ioSpecification>{io}<bpmn:inputSet id="i"/><bpmn:outputSet id="o"/></bpmn:ioSpecification>',
                     bpmn.start("qs"), bpmn.exclusive("g", default="g__none"), bpmn.user("seen"), bpmn.user("none"),
                     bpmn.flow("qs", "g"), bpmn.flow("g", "seen", "x = 1"), bpmn.flow("g", "none")))


def test_a_called_process_sees_and_returns_only_what_is_mapped():
    play = Play(called(inputs=["x"], outputs=["y"]), x=1, z=9)
    assert play.open == ["seen"]
    play.complete("seen", y=5, z=7, w=8)
    assert play.variables == value({"x": 1, "z": 9, "y": 5})

    assert Play(called(), x=1).open == ["none"]


def test_a_call_activity_may_rename_what_it_hands_over():

    io = ('<bpmn:ioSpecification><bpmn:dataInput id="ci" name="x"/><bpmn:dataOutput id="co" name="y"/>'
          '<bpmn:inputSet id="c1"/><bpmn:outputSet id="c2"/></bpmn:ioSpecification>')
    takes = ("<bpmn:dataInputAssociation><bpmn:sourceRef>mine</bpmn:sourceRef><bpmn:targetRef>ci</bpmn:targetRef>"
             "</bpmn:dataInputAssociation>")
    gives = ("<bpmn:dataOutputAssociation><bpmn:sourceRef>co</bpmn:sourceRef><bpmn:targetRef>got</bpmn:targetRef>"
             "</bpmn:dataOutputAssociation>")
    play = Play(called(inputs=["x"], outputs=["y"], activity=io + takes + gives), mine=1)

    assert play.open == ["seen"]
    assert play.complete("seen", y=5).variables == value({"mine": 1, "got": 5})


def test_a_process_that_calls_itself_for_ever_is_stopped():
    with pytest.raises(errors.RunawayProcess):
        Play(bpmn.document(bpmn.process("p", bpmn.start(), bpmn.call("a", "p"), bpmn.flow("s", "a"))))


def test_a_called_process_without_an_end_event_returns():
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), bpmn.call("a", "q"), bpmn.user("n"), bpmn.flows("s", "a", "n")),
                              bpmn.process("q", bpmn.user("u"))))

    assert play.complete("u").open == ["n"]


def test_terminate_ends_its_own_scope_only():
    inner = bpmn.sub("a", bpmn.start("is"), bpmn.parallel("f"), bpmn.user("u"), bpmn.user("v"),
                     bpmn.end("t", bpmn.event("terminate")),
                     bpmn.flow("is", "f"), bpmn.flow("f", "u"), bpmn.flow("f", "v"), bpmn.flow("u", "t"))
    play = one(inner)

    assert play.complete("u").open == ["n"]
    assert play.happened("v")[-1] == "cancelled"
    assert play.happened("a") == ["entered", "completed"]


# --- multi-instance ------------------------------------------------------------------------------------------------


def test_parallel_instances_return_in_input_order():
    play = one(bpmn.user("a", bpmn.instances(collection='["A", "B", "C"]', collect="r", into="res")))

    assert [t.item for t in play.view.tasks] == ["A", "B", "C"]
    assert play.view.tasks[0].item_name == "item"
    play.complete("a", 2, r="c").complete("a", 0, r="a").complete("a", 0, r="b")
    assert play.open == ["n"]
    assert play.variables == {"res": ["a", "b", "c"]}


def test_what_is_collected_without_a_name_stands_in_a_list_of_the_same_name():
    play = one(bpmn.user("a", bpmn.instances(collection="[1, 2]", collect="x y")))
    play.complete("a", 0, x=1, y=2, z=3).complete("a", 0, x=4)

    assert play.variables == value({"x": [1, 4], "y": [2, None]})


def test_several_collected_fields_under_one_name_are_contexts():
    play = one(bpmn.user("a", bpmn.instances(collection="[1]", collect="x y", into="all")))

    assert play.complete("a", x=1, y=2).variables == value({"all": [{"x": 1, "y": 2}]})


@pytest.mark.parametrize("sequential", [True, False])
def test_null_items_and_empty_collections_are_ordinary(sequential):
    diagram = compile_bytes(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.user("a", bpmn.instances(collection="items", collect="r", sequential=sequential)), bpmn.user("n"),
        bpmn.flows("s", "a", "n"))))

    play = Play(diagram, items=["A", None, "C"])
    for answer in (1, 2, 3):
        assert play.open == ["a"] * (1 if sequential else 4 - answer)
        play.complete("a", r=answer)
    assert play.variables["r"] == value([1, 2, 3])

    empty = Play(diagram, items=[])
    assert empty.open == ["n"]
    assert empty.variables["r"] == []
    assert empty.happened("a") == ["entered", "completed"]


@pytest.mark.parametrize("cardinality", ["-1", "1.5", '"two"', "missing"])
@pytest.mark.parametrize("sequential", [True, False])
def test_an_unusable_cardinality_is_an_incident(cardinality, sequential):
    play = one(bpmn.user("a", bpmn.instances(cardinality=cardinality, sequential=sequential)))

    assert play.incidents == [("a", "number-unusable")]
    assert play.view.incidents[0].expression == cardinality


def test_a_collection_that_is_no_list_is_an_incident_that_can_be_mended():
    play = one(bpmn.user("a", bpmn.instances(collection="items")))

    assert play.incidents == [("a", "collection-not-a-list")]
    assert play.retry("a", items=[1, 2]).open == ["a", "a"]


def test_a_completion_condition_cancels_the_rest():
    play = one(bpmn.user("a", bpmn.instances(cardinality="4", completion="numberOfCompletedInstances >= 2 or ok = true")))
    play.complete("a").complete("a")

    assert play.open == ["n"]
    assert play.happened("a").count("cancelled") == 2


def test_a_completion_condition_reads_what_the_instance_wrote():
    play = one(bpmn.user("a", bpmn.instances(cardinality="3", completion="ok = true")))

    assert play.complete("a", ok=False).open == ["a", "a"]
    assert play.complete("a", ok=True).open == ["n"]


def test_a_completion_condition_that_is_neither_is_an_incident():
    play = one(bpmn.user("a", bpmn.instances(cardinality="2", completion="enough")))

    assert play.complete("a").incidents == [("a", "condition-not-boolean")]
    assert play.retry("a", enough=False).open == ["a"]
    play.complete("a", enough=False)
    assert play.open == ["n"]


def test_the_counters_are_readable_inside():
    play = one(bpmn.service("a", arguments={
        "n": "numberOfInstances", "active": "numberOfActiveInstances", "done": "numberOfCompletedInstances", "at": "loopCounter"},
        inner=bpmn.instances(cardinality="2", sequential=True)))

    assert play.view.operations[0].arguments == {"n": 2, "active": 1, "done": 0, "at": 1}
    play.answer("a")
    assert play.view.operations[0].arguments == {"n": 2, "active": 1, "done": 1, "at": 2}


@pytest.mark.parametrize("sequential", [True, False])
def test_a_multi_instance_reached_twice_runs_twice(sequential):
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.exclusive("m"), bpmn.user("a", bpmn.instances(collection='["A","B"]', collect="r",
                                                                                     sequential=sequential)),
        bpmn.user("d"), bpmn.exclusive("x", default="x__e"), bpmn.end(), bpmn.flows("s", "m", "a", "d", "x"),
        bpmn.flow("x", "m", "again"), bpmn.flow("x", "e"))))

    for again in (True, False):
        play.complete("a", r=again).complete("a", r=again)
        assert play.variables["r"] == [again, again]
        play.complete("d", again=again)
    assert play.done


def test_an_interrupting_timer_takes_a_multi_instance_call_away_for_good():
    """Stock SpiffWorkflow raises TaskNotFoundException on every later step of such an instance."""
    play = Play(bpmn.document(
        bpmn.process("p", bpmn.start(), bpmn.call("a", "q", bpmn.instances(cardinality="2")), bpmn.user("h"), bpmn.user("n"),
                     bpmn.boundary("x", "a", bpmn.timer("PT1H")), bpmn.flows("s", "a", "n"), bpmn.flow("x", "h")),
        bpmn.process("q", bpmn.start("qs"), bpmn.user("u"), bpmn.flow("qs", "u"), bpmn.user("late"),
                     bpmn.boundary("y", "u", bpmn.timer("PT5H")), bpmn.flow("y", "late"))))

    assert play.open == ["u", "u"]
    play.wait(hours=1)
    assert play.open == ["h"]
    assert play.view.timers == ()
    assert play.last.meaning["scopes"] == []
    assert play.complete("h").done


def test_the_loop_item_reaches_into_sub_processes_and_called_processes():
    inner = bpmn.sub("a", bpmn.start("is"), bpmn.user("u"), bpmn.flow("is", "u"),
        loop=bpmn.instances(collection='["A","B"]', collect="r"))
    play = one(inner)

    assert [t.item for t in play.view.tasks] == ["A", "B"]
    play.complete("u", 1, r=2).complete("u", 0, r=1)
    assert play.variables == value({"r": [1, 2]})

    play = Play(called(inputs=["x"], loop=bpmn.instances(collection="[1, 2]", item="x", collect="r")))
    assert play.open == ["none", "seen"]
    play.complete("none", r="b").complete("seen", r="a")
    assert play.variables == {"r": ["a", "b"]}


@pytest.mark.parametrize(("handed", "items"), [(["x"], [1, 2]), ([], [None, None])])
def test_the_loop_item_reaches_through_a_call_inside_the_loop_only_where_it_is_handed_over(handed, items):
    io = "".join(f'<bpmn:dataInput id="in_{v}" name="{v}"/>' for v in handed)
    diagram = bpmn.document(
        bpmn.process("p", bpmn.start(), bpmn.sub("a", bpmn.start("is"), bpmn.call("c", "q"), bpmn.flow("is", "c"),
                                                 loop=bpmn.instances(collection="[1, 2]", item="x")), bpmn.flow("s", "a")),
        bpmn.process("q", f'<bpmn:ioSpecification>{io}<bpmn:inputSet id="i"/><bpmn:outputSet id="o"/></bpmn:ioSpecification>',
                     bpmn.start("qs"), bpmn.user("u"), bpmn.flow("qs", "u")))

    assert [t.item for t in Play(diagram).view.tasks] == items


def test_loop_data_of_standard_bpmn_is_understood():
    marker = ('<bpmn:ioSpecification><bpmn:dataInput id="din" name="names"/><bpmn:dataOutput id="dout" name="answers"/>'
              '<bpmn:inputSet id="c1"/><bpmn:outputSet id="c2"/></bpmn:ioSpecification>'
              '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>din</bpmn:loopDataInputRef>'
              '<bpmn:loopDataOutputRef>dout</bpmn:loopDataOutputRef><bpmn:inputDataItem id="i" name="name"/>'
              '<bpmn:outputDataItem id="o" name="answer"/></bpmn:multiInstanceLoopCharacteristics>')
    play = one(bpmn.user("a", marker), names=["A", "B"])

    assert [t.item for t in play.view.tasks] == ["A", "B"]
    play.complete("a", 1, answer="b").complete("a", 0, answer="a")
    assert play.variables["answers"] == ["a", "b"]


@pytest.mark.parametrize("sequential", [True, False])
def test_instances_of_an_automatic_element_all_run(sequential):
    play = one(bpmn.service("a", arguments={"item": "item"}, inner=bpmn.instances(
        collection="[1, 2, 3]", collect="out", sequential=sequential)))

    for n in (1, 2, 3):
        assert play.view.operations[0].arguments == {"item": n}
        play.answer("a", 0, out=n * 10)
    assert play.variables == value({"out": [10, 20, 30]})


# --- standard loops ------------------------------------------------------------------------------------------------


def test_a_standard_loop_runs_again_while_its_condition_holds():
    play = one(bpmn.user("a", bpmn.standard_loop("n < 3")), n=0)

    for n in (1, 2):
        assert play.complete("a", n=n).open == ["a"]
    assert play.complete("a", n=3).open == ["n"]
    assert play.happened("a").count("completed") == 3


def test_a_loop_that_tests_first_may_not_run_at_all():
    assert one(bpmn.user("a", bpmn.standard_loop("n < 3", test_before=True)), n=5).open == ["n"]
    assert one(bpmn.user("a", bpmn.standard_loop("n < 3", test_before=True)), n=2).open == ["a"]


def test_a_loop_stops_at_its_maximum():
    play = one(bpmn.user("a", bpmn.standard_loop("true", maximum=2)))

    assert play.complete("a").open == ["a"]
    assert play.complete("a").open == ["n"]


def test_an_automatic_loop_without_end_is_stopped():
    program = compile_bytes(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.sub("a", bpmn.start("is"), bpmn.end("ie"), bpmn.flow("is", "ie"), loop=bpmn.standard_loop("true")),
        bpmn.flow("s", "a"))))
    with pytest.raises(errors.RunawayProcess):
        Play(program)


def test_nested_instances_keep_their_own_items():
    inner = bpmn.sub("a", bpmn.start("is"), bpmn.user("u", bpmn.instances(collection="item", item="one", collect="r", into="rs")),
                     bpmn.flow("is", "u"), loop=bpmn.instances(collection="[[1, 2], [3]]", collect="rs"))
    play = one(inner)

    assert [t.item for t in play.view.tasks] == [1, 2, 3]
    play.complete("u", 2, r="c").complete("u", 0, r="a").complete("u", 0, r="b")
    assert play.variables == {"rs": [["a", "b"], ["c"]]}


def test_a_cancelled_instance_is_over_for_good():
    play = one(bpmn.sub("a", bpmn.start("is"), bpmn.user("u"), bpmn.flow("is", "u")))
    play.cancel()

    assert play.outcome.status.value == "cancelled"
    assert play.open == []
    assert play.happened("u") == ["entered", "cancelled"]
    with pytest.raises(errors.InstanceNotActive):
        play.cancel()


def test_sixty_scopes_that_end_together_end():
    parts = bpmn.user("u")
    for n in range(55):
        parts = bpmn.sub(f"sp{n}", parts, loop=bpmn.instances(cardinality="1"))
    play = Play(bpmn.document(bpmn.process("p", parts)))

    assert play.open == ["u"]
    assert play.complete("u").done


@pytest.mark.parametrize(("calls", "stopped"), [(20, False), (21, True)])
def test_called_processes_nest_twenty_deep(calls, stopped):
    program = compile_bytes(bpmn.document(
        bpmn.process("p", bpmn.call("c0", "q1")), *(bpmn.process(f"q{n}", bpmn.call(f"c{n}", f"q{n + 1}")) for n in range(1, calls)),
        bpmn.process(f"q{calls}", bpmn.user("u"))))
    if stopped:
        with pytest.raises(errors.RunawayProcess):
            Play(program)
    else:
        assert Play(program).complete("u").done


def test_a_called_process_without_a_plain_start_is_an_incident():
    play = Play(bpmn.document(
        bpmn.process("p", bpmn.start(), bpmn.call("a", "q"), bpmn.flow("s", "a")),
        bpmn.process("q", bpmn.start("ms", bpmn.event("message", "M")), bpmn.user("u"), bpmn.flow("ms", "u")),
        roots=bpmn.message("M")))

    assert play.incidents == [("a", "no-start-event")]
