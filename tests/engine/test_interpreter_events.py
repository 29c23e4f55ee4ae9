"""Events that wait, that throw, and that sit on the edge of activities."""

from __future__ import annotations

import pytest

from engine import errors
from engine.transition import FireTimer, ReceiveMessage
from engine.types import OutcomeKind
from tests.support import bpmn
from tests.support.play import Play, compile_bytes


def on_edge(event, *, interrupting, inner=None, roots="", extra=""):
    """A sub-process (or task) `a` with one boundary event `x` that leads to the task `h`; normal way to `n`."""
    host = inner or bpmn.user("a")
    return bpmn.document(bpmn.process(
        "p", bpmn.start(), host, bpmn.user("h"), bpmn.user("n"), bpmn.boundary("x", "a", event, interrupting=interrupting,
                                                                               extra=extra),
        bpmn.flows("s", "a", "n"), bpmn.flow("x", "h")), roots=roots)


def test_an_interrupting_timer_cancels_its_task():
    play = Play(on_edge(bpmn.timer("PT1H"), interrupting=True))

    assert [t.attached_to for t in play.view.timers] == [play.task("a").token_id]
    play.wait(minutes=59)
    assert play.open == ["a"]
    play.wait(minutes=1)
    assert play.open == ["h"]
    assert play.happened("a") == ["entered", "cancelled"]
    assert play.happened("x") == ["caught", "completed"]
    assert play.complete("h").done


def test_a_non_interrupting_timer_fires_once_and_leaves_its_task():
    play = Play(on_edge(bpmn.timer("PT1H"), interrupting=False)).wait(hours=5)

    assert play.open == ["a", "h"]
    assert play.view.timers == ()
    play.complete("a")
    assert play.open == ["h", "n"]


def test_a_completed_task_takes_its_timer_with_it():
    play = Play(on_edge(bpmn.timer("PT1H"), interrupting=True))
    token_id = play.view.timers[0].token_id
    play.complete("a")

    assert play.view.timers == ()
    with pytest.raises(errors.UnknownElement):
        play.apply(FireTimer(token_id=token_id), play.now.replace(hour=23))


def test_a_timer_fires_at_its_due_instant_and_not_before():
    play = Play(on_edge(bpmn.timer("PT1H"), interrupting=True))
    due = play.due("x")
    assert due is not None
    with pytest.raises(errors.EngineError) as refused:
        play.fire("x", due.replace(microsecond=0) - (due - play.now) / 2)
    assert refused.value.code == "not-due"
    assert play.fire("x", due).open == ["h"]


def test_two_timers_behind_an_event_based_gateway_each_keep_their_own_due():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.element("eventBasedGateway", "g"), bpmn.catch("t10", bpmn.timer("PT10H")),
        bpmn.catch("t1", bpmn.timer("PT1H")), bpmn.user("a"), bpmn.user("b"), bpmn.flows("s", "g", "t10", "a"),
        bpmn.flows("g", "t1", "b"))))

    assert len(play.view.timers) == 2
    play.wait(hours=2)
    assert play.open == ["b"]
    assert play.view.timers == ()
    assert play.complete("b").done


def test_the_first_event_behind_an_event_based_gateway_takes_the_token():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.element("eventBasedGateway", "g"), bpmn.catch("t", bpmn.timer("PT1H")),
        bpmn.catch("m", bpmn.event("message", "Answer")), bpmn.element("receiveTask", "r", messageRef="Other"),
        bpmn.catch("sg", bpmn.event("signal", "Sig")), bpmn.catch("c", bpmn.conditional("n > 3")),
        bpmn.user("a"), bpmn.flow("s", "g"), *(bpmn.flow("g", x) + bpmn.flow(x, "a") for x in ("t", "m", "r", "sg", "c"))),
        roots=bpmn.message("Answer") + bpmn.message("Other") + bpmn.signal("Sig")))

    assert play.view.open_elements == ("g",)
    assert {(s.kind, s.name) for s in play.view.subscriptions} == {("message", "Answer"), ("message", "Other"), ("signal", "Sig")}
    play.send("Answer", v=1)
    assert play.open == ["a"]
    assert play.view.subscriptions == ()
    assert play.variables == {"v": 1}
    assert play.happened("m") == ["entered", "caught", "completed"]
    assert play.happened("t") == []


@pytest.mark.parametrize("way", ["other", "signal", "time"])
def test_any_event_behind_the_gateway_may_be_first(way):
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.element("eventBasedGateway", "g"), bpmn.catch("t", bpmn.timer("PT1H")),
        bpmn.element("receiveTask", "r", messageRef="Other"), bpmn.catch("sg", bpmn.event("signal", "Sig")),
        bpmn.user("a"), bpmn.user("b"), bpmn.user("c"), bpmn.flow("s", "g"),
        bpmn.flows("g", "t", "a"), bpmn.flows("g", "r", "b"), bpmn.flows("g", "sg", "c")),
        roots=bpmn.message("Other") + bpmn.signal("Sig")))

    match way:
        case "other":
            assert play.send("Other").open == ["b"]
        case "signal":
            assert play.signal("Sig").open == ["c"]
        case "time":
            assert play.wait(hours=1).open == ["a"]
    assert play.complete(play.open[0]).done


def test_a_message_reaches_the_one_token_it_was_sent_to():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.catch("m", bpmn.event("message", "Msg")), bpmn.user("a"), bpmn.flows("s", "m", "a")),
        roots=bpmn.message("Msg")))

    with pytest.raises(errors.UnknownElement):
        play.apply(ReceiveMessage(token_id=play.view.subscriptions[0].token_id, name="Nope"))
    assert play.send("Msg", k={"d": [1, 2]}).open == ["a"]
    assert play.variables == {"k": {"d": [1, 2]}}


def test_a_signal_reaches_everything_that_waits_also_in_the_instance_that_threw_it():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.throw("t", bpmn.event("signal", "Sig")), bpmn.user("after"),
        bpmn.throw("x1"), bpmn.catch("c1", bpmn.event("signal", "Sig")), bpmn.user("a"),
        bpmn.throw("x2"), bpmn.throw("x3"), bpmn.catch("c2", bpmn.event("signal", "Sig")), bpmn.user("b"),
        bpmn.flow("s", "f"), bpmn.flows("f", "t", "after"), bpmn.flows("f", "x1", "c1", "a"), bpmn.flows("f", "x2", "x3",
            "c2", "b")),
        roots=bpmn.signal("Sig")))

    assert play.open == ["a", "after", "b"]
    assert [(t.kind, t.name, t.element_id) for t in play.thrown] == [("signal", "Sig", "t")]


def test_a_signal_end_event_throws():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.end("e", bpmn.event("signal", "Sig")), bpmn.flow("s", "e")), roots=bpmn.signal("Sig")))

    assert play.done
    assert [t.name for t in play.thrown] == ["Sig"]
    assert play.happened("e") == ["entered", "thrown", "completed"]


@pytest.mark.parametrize("part", [
    bpmn.throw("t", bpmn.event("message", "Msg")),
    bpmn.end("t", bpmn.event("message", "Msg")),
    bpmn.element("sendTask", "t", messageRef="Msg"),
])
def test_a_thrown_message_leaves_the_instance(part):
    play = Play(bpmn.document(bpmn.process("p", bpmn.start(), part, bpmn.flow("s", "t")), roots=bpmn.message("Msg")), n=4)

    assert [(t.kind, t.name, t.element_id) for t in play.thrown] == [("message", "Msg", "t")]
    assert play.done


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("inner", ["task", "sub"])
def test_a_message_on_the_edge(interrupting, inner):
    host = None if inner == "task" else bpmn.sub("a", bpmn.start("is"), bpmn.user("u"), bpmn.flow("is", "u"))
    work = "a" if inner == "task" else "u"
    play = Play(on_edge(bpmn.event("message", "Msg"), interrupting=interrupting, inner=host, roots=bpmn.message("Msg")))

    play.send("Msg")
    assert play.open == (["h"] if interrupting else sorted(["h", work]))
    if not interrupting:
        play.send("Msg")
        assert play.open == sorted(["h", "h", work])
        play.complete(work)
        assert play.view.subscriptions == ()


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_signal_on_the_edge_of_a_sub_process_thrown_inside_it(interrupting):
    inner = bpmn.sub("a", bpmn.start("is"), bpmn.throw("t", bpmn.event("signal", "Sig")), bpmn.user("u"),
        bpmn.flows("is", "t", "u"))
    play = Play(on_edge(bpmn.event("signal", "Sig"), interrupting=interrupting, inner=inner, roots=bpmn.signal("Sig")))

    assert play.open == (["h"] if interrupting else ["h", "u"])


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_from_inside(interrupting):
    inner = bpmn.sub("a", bpmn.start("is"), bpmn.throw("t", bpmn.event("escalation", "E")), bpmn.user("u"),
        bpmn.flows("is", "t", "u"))
    play = Play(on_edge(bpmn.event("escalation", "E"), interrupting=interrupting, inner=inner, roots=bpmn.escalation("E")))

    assert play.open == (["h"] if interrupting else ["h", "u"])
    assert play.outcome.kind is OutcomeKind.NONE


def test_an_escalation_nobody_catches_is_noted_and_the_instance_goes_on():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.throw("t", bpmn.event("escalation", "E")), bpmn.user("u"), bpmn.flows("s", "t", "u")),
        roots=bpmn.escalation("E")))

    assert play.open == ["u"]
    assert (play.outcome.status.value, play.outcome.kind, play.outcome.code) == ("active", OutcomeKind.ESCALATION, "E")
    play.complete("u")
    assert (play.outcome.status.value, play.outcome.kind, play.outcome.code) == ("completed", OutcomeKind.ESCALATION, "E")


def throws_error(code):
    return bpmn.sub("a", bpmn.start("is"), bpmn.parallel("f"), bpmn.user("u"), bpmn.user("v"),
                    bpmn.end("x_end", bpmn.event("error", code)), bpmn.flow("is", "f"), bpmn.flow("f", "u"), bpmn.flow("f", "v"),
                    bpmn.flow("u", "x_end"))


def test_an_error_end_event_is_caught_on_the_edge_and_cancels_all_inside():
    play = Play(on_edge(bpmn.event("error", "E"), interrupting=True, inner=throws_error("E"), roots=bpmn.error("E")))

    assert play.complete("u").open == ["h"]
    assert play.happened("v") == ["entered", "cancelled"]


def test_an_error_passes_an_edge_that_catches_another_code():
    play = Play(on_edge(bpmn.event("error", "Other"), interrupting=True, inner=throws_error("E"),
                        roots=bpmn.error("E") + bpmn.error("Other")))
    play.complete("u")

    assert (play.outcome.status.value, play.outcome.kind, play.outcome.code) == ("completed", OutcomeKind.ERROR, "E")
    assert play.open == []


def test_the_edge_with_the_code_comes_before_the_one_that_catches_all():
    inner = throws_error("E")
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), inner, bpmn.user("h"), bpmn.user("all"), bpmn.boundary("y", "a", bpmn.event("error")),
        bpmn.boundary("x", "a", bpmn.event("error", "E")), bpmn.flow("s", "a"), bpmn.flow("x", "h"), bpmn.flow("y", "all")),
        roots=bpmn.error("E")))

    assert play.complete("u").open == ["h"]


def test_a_failed_operation_is_a_bpmn_error_through_every_level():
    """The service task stands in a sub-process of a called process; the call activity's edge catches."""
    play = Play(bpmn.document(
        bpmn.process("p", bpmn.start(), bpmn.call("a", "q"), bpmn.user("h"), bpmn.boundary("x", "a", bpmn.event("error")),
                     bpmn.flow("s", "a"), bpmn.flow("x", "h")),
        bpmn.process("q", bpmn.start("s2"), bpmn.sub("w", bpmn.start("s3"), bpmn.service("svc"), bpmn.flow("s3", "svc")),
                     bpmn.flow("s2", "w"))))

    assert [o.name for o in play.view.operations] == ["do.it"]
    play.fail("svc", "PROVIDER_CLOSED")
    assert play.open == ["h"]
    assert play.happened("svc") == ["entered", "failed"]
    assert play.happened("x") == ["caught", "completed"]


def test_a_failed_operation_nobody_catches_ends_the_instance():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.service("svc"), bpmn.user("u"), bpmn.flow("s", "f"), bpmn.flow("f", "svc"),
        bpmn.flow("f", "u"))))
    play.fail("svc", "GONE")

    assert (play.outcome.status.value, play.outcome.kind, play.outcome.code) == ("completed", OutcomeKind.ERROR, "GONE")
    assert play.open == []
    with pytest.raises(errors.InstanceNotActive):
        play.cancel()


def test_a_conditional_boundary_event_fires_when_variables_make_it_true():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.user("a"), bpmn.user("w"), bpmn.user("w2"), bpmn.user("h"),
        bpmn.boundary("x", "a", bpmn.conditional("n > 3")), bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "w"),
        bpmn.flow("w", "w2"), bpmn.flow("x", "h"))))

    assert play.complete("w", n=1).open == ["a", "w2"]
    assert play.complete("w2", n=4).open == ["h"]


def test_a_condition_that_holds_already_fires_before_the_work_begins():
    inner = bpmn.sub("a", bpmn.start("is"), bpmn.service("svc"), bpmn.flow("is", "svc"))
    play = Play(on_edge(bpmn.conditional('contains(test, "a")'), interrupting=True, inner=inner), test="a")

    assert play.open == ["h"]
    assert play.happened("svc") == []


def test_a_non_interrupting_condition_fires_each_time_it_becomes_true():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.user("a"), bpmn.user("h"), bpmn.boundary("x", "a", bpmn.conditional("n > 3"), interrupting=False),
        bpmn.user("w"), bpmn.exclusive("m"), bpmn.parallel("f"), bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "m"),
        bpmn.flows("m", "w", "m"), bpmn.flow("x", "h"))))

    for n, hits in ((1, 0), (4, 1), (5, 1), (2, 1), (9, 2)):
        play.complete("w", n=n)
        assert play.open == ["a"] + ["h"] * hits + ["w"]


def test_an_intermediate_condition_waits_until_it_holds():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.catch("c", bpmn.conditional("ok = true")), bpmn.user("a"), bpmn.user("w"),
        bpmn.flow("s", "f"), bpmn.flows("f", "c", "a"), bpmn.flow("f", "w"))))

    assert play.open == ["w"]
    assert play.complete("w", ok=True).open == ["a"]


def transaction(loop=""):
    return bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.sub("a", bpmn.start("is"), bpmn.user("u"), bpmn.exclusive("g", default="g__ok"), bpmn.end("ok"),
                                    bpmn.end("c", bpmn.event("cancel")), bpmn.flows("is", "u", "g"), bpmn.flow("g", "ok"),
                                    bpmn.flow("g", "c", "undo"), tag="transaction", loop=loop),
        bpmn.user("h"), bpmn.user("n"), bpmn.boundary("x", "a", bpmn.event("cancel")), bpmn.flows("s", "a", "n"),
        bpmn.flow("x", "h")))


def test_a_cancelled_transaction_leaves_by_its_cancel_edge():
    diagram = compile_bytes(transaction())

    assert Play(diagram).complete("u", undo=True).open == ["h"]
    assert Play(diagram).complete("u", undo=False).open == ["n"]


def test_a_receive_task_may_carry_a_timer():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.element("receiveTask", "r", messageRef="Msg"), bpmn.user("late"), bpmn.user("n"),
        bpmn.boundary("x", "r", bpmn.timer("P1D")), bpmn.flows("s", "r", "n"), bpmn.flow("x", "late")), roots=bpmn.message("Msg")))

    assert play.view.timers[0].element_id == "x"
    assert play.wait(days=1).open == ["late"]
    assert play.view.subscriptions == ()


@pytest.mark.parametrize(("kind", "ref"), [("message", "M"), ("signal", "S")])
def test_a_process_may_start_by_an_event(kind, ref):
    diagram = bpmn.document(bpmn.process(
        "p", bpmn.start("s"), bpmn.start("es", bpmn.event(kind, ref)), bpmn.user("a"), bpmn.user("b"), bpmn.flow("s", "a"),
        bpmn.flow("es", "b")), roots=bpmn.message("M") + bpmn.signal("S"))

    assert Play(diagram).open == ["a"]
    play = Play(diagram, start={"start_element": "es"})
    assert play.open == ["b"]
    assert play.happened("es") == ["entered", "caught", "completed"]
    with pytest.raises(errors.EngineError):
        Play(diagram, start={"start_element": "a"})


def test_correlation_keys_stand_on_subscriptions_and_thrown_messages():
    roots = (bpmn.message("Ask") + bpmn.message("Reply")
             + '<bpmn:correlationProperty id="cp" name="case_no">'
               '<bpmn:correlationPropertyRetrievalExpression messageRef="Reply"><bpmn:messagePath>number</bpmn:messagePath>'
               "</bpmn:correlationPropertyRetrievalExpression>"
               '<bpmn:correlationPropertyRetrievalExpression messageRef="Ask"><bpmn:messagePath>number</bpmn:messagePath>'
               "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>")
    subscription = ('<bpmn:correlationSubscription id="cs" correlationKeyRef="k"><bpmn:correlationPropertyBinding id="b" '
                    'correlationPropertyRef="cp"><bpmn:dataPath>number</bpmn:dataPath></bpmn:correlationPropertyBinding>'
                    "</bpmn:correlationSubscription>")
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.throw("t", bpmn.event("message", "Ask")), bpmn.catch("c", bpmn.event("message", "Reply")),
        bpmn.flows("s", "t", "c"), subscription), roots=roots), number=7)

    assert play.thrown[0].keys == {"case_no": 7}
    assert play.view.subscriptions[0].keys == {"case_no": 7}


def test_correlation_keys_follow_the_variables():
    roots = bpmn.message("Reply") + '<bpmn:correlationProperty id="cp" name="case_no"/>'
    subscription = ('<bpmn:correlationSubscription id="cs" correlationKeyRef="k"><bpmn:correlationPropertyBinding id="b" '
                    'correlationPropertyRef="cp"><bpmn:dataPath>file_no</bpmn:dataPath></bpmn:correlationPropertyBinding>'
                    "</bpmn:correlationSubscription>")
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.parallel("f"), bpmn.catch("c", bpmn.event("message", "Reply")), bpmn.user("u"),
        bpmn.flow("s", "f"), bpmn.flow("f", "c"), bpmn.flow("f", "u"), subscription), roots=roots))

    assert play.view.subscriptions[0].keys == {}
    assert play.complete("u", file_no=8).view.subscriptions[0].keys == {"case_no": 8}
