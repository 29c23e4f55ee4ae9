"""The same faults, and their sound twins, drawn in unusual ways: links, events at edges, event sub-processes, calls, scopes of their own."""

from __future__ import annotations

import pytest

from tests.support.bpmn import boundary, call, catch, conditional, document, element, end, error, escalation, event, exclusive, flow, flows, link, message, parallel, process, service, signal, start, sub, throw, timer, user
from tests.unit.lint.cases import Files, drawn
from tests.unit.lint.sop_cases import MAIN, NUMBER, form, timed
from tests.unit.lint.test_duties import found

ROOTS = message("M") + message("N") + signal("S") + error("E") + error("F") + escalation("X")
ASKED = form("a", "assessment", is_tpks=(), violence_forms=("sexual", "physical"))
MEDIATES = form("m", "mediation", held=())
ENTERS = form("d", "documentation", simfoni_updated=())
WRITES = {**form("f", risk=("high", "low")), **form("h", risk=("high", "low"))}
INTO, OUT = throw("h", link("L")), catch("k", link("L"))
NOT_SEXUAL = 'is_tpks = false and violence_forms = "physical"'


def sop(*parts: str, **more: bytes) -> Files:
    return {**drawn(*parts, roots=ROOTS), "sop.toml": MAIN, **more}


def aside(*parts: str, starts: str = "", interrupting: bool = True) -> str:
    """An event sub-process x, begun by the signal S or as `starts` says."""
    return element("subProcess", "x", element("startEvent", "xs", starts or event("signal", "S"), isInterrupting=interrupting) + "".join(parts),
                   triggeredByEvent=True)


def mediated(condition: str) -> list[str | None]:
    """A choice before mediation, which a link leads to."""
    parts = (start(), user("t", sop_form="a"), exclusive("g", default="g__e"), INTO, OUT, user("u", sop_form="m"), end(), end("f"),
             flows("s", "t", "g"), flow("g", "h", condition), flow("g", "e"), flows("k", "u", "f"))
    return found("mediation-in-sexual-violence", sop(*parts, **MEDIATES, **ASKED))


def test_a_link_leads_to_mediation() -> None:
    assert mediated("is_tpks = true") == ["u"]
    assert mediated(NOT_SEXUAL) == []


@pytest.mark.parametrize(("parts", "expected"), [
    # entered only where an event leads, as long as the case runs
    ((user("w"), end(), aside(user("u", sop_form="d"), end("xe"), flows("xs", "u", "xe")), flows("t", "w", "e")), ["t"]),
    # entered only where the work took too long
    ((user("w"), boundary("b", "w", timer("P1D")), user("u", sop_form="d"), end(), end("f"), flows("t", "w", "e"), flows("b", "u", "f")), ["e"]),
    # a link leads past the entry
    ((user("w"), exclusive("g", default="g__h"), user("u", sop_form="d"), INTO, OUT, end(), end("f"), flows("t", "w", "g"),
      flow("g", "u", "k = 1"), flow("g", "h"), flow("u", "f"), flow("k", "e")), ["e"]),
    # entered in a sub-process
    ((sub("o", start("s2"), user("u", sop_form="d"), end("e2"), flows("s2", "u", "e2")), end(), flows("t", "o", "e")), []),
])
def test_a_case_that_may_end_without_its_entry(parts: tuple[str, ...], expected: list[str]) -> None:
    assert found("simfoni-missing", sop(start(), NUMBER, flow("s", "t"), *parts, **ENTERS)) == expected


def test_an_answer_with_a_place_inside_is_written_there() -> None:
    def beside(inner: str) -> list[str | None]:
        return found("parallel-write", sop(
            start(), parallel("g"), sub("a", inner, start("s2"), user("u", sop_form="f"), end("e2"), flows("s2", "u", "e2")),
            user("b", sop_form="h"), parallel("j"), end(), flows("s", "g", "a", "j", "e"), flows("g", "b", "j"), **WRITES))

    assert beside("") == ["a", "b"]
    assert beside('<bpmn:dataObject id="d1" name="risk"/>') == []


def test_a_reminder_of_a_sub_process_asks_a_form_of_its_steps() -> None:
    whole = sub("o", start("s2"), user("u", sop_form="f"), end("e2"), flows("s2", "u", "e2"))
    late = boundary("b", "o", timer("P1D"), interrupting=False)
    assert found("parallel-write", sop(start(), whole, late, user("c", sop_form="f"), end(), end("z"), flows("s", "o", "e"), flows("b", "c", "z"), **WRITES)) == ["c"]
    assert found("parallel-write", sop(start(), whole, late, user("c", sop_form="h"), end(), end("z"), flows("s", "o", "e"), flows("b", "c", "z"), **WRITES)) == []


def after(*ends: str) -> list[str | None]:
    """What is named unreachable where a sub-process has these ends."""
    inner = sub("o", start("s2"), user("w"), *ends)
    return found("unreachable", sop(start(), inner, boundary("b", "o", event("error", "E")), user("v"), end(), end("f"), flows("s", "o", "v", "e"), flow("b", "f")))


def test_nothing_follows_on_a_sub_process_that_has_no_end_of_its_own() -> None:
    failed = end("e2", event("error", "E"))
    assert after(failed, flows("s2", "w", "e2")) == ["e", "v"]
    assert after(failed, end("e3"), exclusive("g", default="g__e3"), flows("s2", "w", "g"), flow("g", "e3"), flow("g", "e2", "k = 1")) == []
    assert after(flow("s2", "w")) == [], "a last step without an end event is one"
    rescued = aside(end("xe"), flow("xs", "xe"))
    assert after(failed, flows("s2", "w", "e2"), rescued) == [], "an event may end it"


def test_a_call_of_a_process_without_an_end_leads_nowhere() -> None:
    def following(ending: str) -> list[str | None]:
        called = process("q", start("s2"), user("w"), end("e2", ending), flows("s2", "w", "e2"))
        return found("unreachable", {"x.bpmn": document(process("p", start(), call("c", "q"), user("v"), end(), flows("s", "c", "v", "e")), called,
                                                        roots=ROOTS), "sop.toml": MAIN})

    assert following(event("error", "E")) == ["e", "v"]
    assert following(event("terminate")) == []


def test_a_sub_process_that_only_its_edge_ends_needs_no_flow() -> None:
    rounds = sub("o", start("s2"), user("a"), exclusive("m"), flows("s2", "m", "a", "m"))
    assert found("no-end-event", sop(start(), rounds, boundary("b", "o", timer("P1D")), end(), flow("s", "o"), flow("b", "e"))) == []
    assert found("no-end-event", sop(start(), rounds, end(), flow("s", "o"))) == ["o"]


def thrown(inner: str, edge: str = event("error", "E"), **more: str) -> list[str | None]:
    parts = (start(), sub("o", start("s2"), inner, end("e2")), boundary("b", "o", edge), end(), end("f"), flows("s", "o", "e"), flow("b", "f"))
    return found("event-never-thrown", sop(*parts))


def test_an_edge_waits_for_what_something_inside_throws() -> None:
    assert thrown(user("w") + flows("s2", "w", "e2")) == ["b"], "a person's step raises none"
    assert thrown(service("w") + flows("s2", "w", "e2")) == [], "an operation may"
    for code, expected in (("E", []), ("F", ["b"])):
        assert thrown(end("x2", event("error", code)) + flow("s2", "x2")) == expected
    deeper = sub("p2", start("s3"), end("x3", event("error", "E")), flow("s3", "x3")) + flows("s2", "p2", "e2")
    assert thrown(deeper) == [] and thrown(call("c", "elsewhere") + flows("s2", "c", "e2")) == []
    assert thrown(service("w") + flows("s2", "w", "e2"), event("escalation", "X")) == ["b"]
    assert thrown(throw("w", event("escalation", "X")) + flows("s2", "w", "e2"), event("escalation", "X")) == []
    assert thrown(end("x2", event("error", "F")) + flow("s2", "x2"), "<bpmn:errorEventDefinition/>") == [], "it catches any"


def test_an_event_sub_process_hears_what_stands_beside_it_not_itself() -> None:
    itself = aside(end("xe", event("error", "E")), flow("xs", "xe"), starts=event("error", "E"))
    assert found("event-never-thrown", sop(start(), user("t"), end(), flows("s", "t", "e"), itself)) == ["xs"]
    assert found("event-never-thrown", sop(start(), service("t"), end(), flows("s", "t", "e"), itself)) == []


def test_an_action_that_nobody_may_do_stands_in_no_lane() -> None:
    lanes = '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="A"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'

    def outside(**form_of_it: str) -> list[str | None]:
        waits = element("intermediateCatchEvent", "w", event("message", "M"), **form_of_it)
        return found("outside-lane", sop(lanes, start(), user("t"), waits, end(), flows("s", "t", "w", "e")))

    assert outside(sop_form="f") == ["w"]
    assert outside() == [], "a message that no officer writes down is nobody's"


@pytest.mark.parametrize("telling", [
    element("exclusiveGateway", "x", name="Status HIV positif?"), element("intermediateThrowEvent", "x", name="Kasus TPPO dicatat"),
    sub("x", start("s2"), tag="transaction").replace("<bpmn:transaction", '<bpmn:transaction name="Visum"'),
    element("businessRuleTask", "x", name="Menilai gangguan jiwa"),
])
def test_whatever_has_a_name_may_tell(telling: str) -> None:
    assert found("sensitive-not-wrapped", sop(start(), telling, end(), flows("s", "x", "e"))) == ["x"]


def test_a_way_and_a_lane_tell_too() -> None:
    way = flow("g", "u", "k = 1").replace("<bpmn:sequenceFlow", '<bpmn:sequenceFlow name="Korban perkosaan"')
    parts = (exclusive("g", default="g__e"), user("u"), flow("g", "e"), flow("u", "e"), way)
    assert found("sensitive-not-wrapped", sop(start(), *parts, end(), flow("s", "g"))) == ["g__u"]
    lanes = '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="Konselor VCT"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    assert found("sensitive-not-wrapped", sop(lanes, start(), user("t"), end(), flows("s", "t", "e"))) == ["l"]
    assert found("sensitive-not-wrapped", sop(lanes, start(), user("t", sop_sensitivity="C3"), end(), flows("s", "t", "e"))) == []


REFERRAL = form("f", "referral", provider_answer=("accepted", "rejected"))
ANSWER = element("intermediateCatchEvent", "w", event("message", "M"), sop_form="f")
OF_AGENCY = timer("=duration(parameters.referral_reply_due)")


def choice(other: str) -> list[str | None]:
    """What is without a deadline where an event-based gateway waits for the answer or something else."""
    parts = (start(), element("eventBasedGateway", "g"), ANSWER, catch("o", other), end(), flows("s", "g", "w", "e"), flows("g", "o", "e"))
    return found("referral-without-deadline", sop(*parts, **REFERRAL))


def test_an_answer_that_an_event_waits_for_has_a_time_beside_it() -> None:
    assert found("referral-without-deadline", sop(start(), ANSWER, end(), flows("s", "w", "e"), **REFERRAL)) == ["w"]
    assert choice(event("message", "N")) == ["w"]
    assert choice(timer("P3D")) == ["w"], "whose number is that?"
    assert choice(OF_AGENCY) == []


def test_the_time_of_a_referral_may_run_round_it() -> None:
    asks, called = user("u", sop_form="f"), process("q", start("s2"), user("u", sop_form="f"), end("e2"), flows("s2", "u", "e2"))

    def calling(*more: str) -> list[str | None]:
        whole = process("p", start(), call("c", "q"), end(), flows("s", "c", "e"), *more)
        return found("referral-without-deadline", {"x.bpmn": document(whole, called), **REFERRAL})

    assert calling() == ["u"]
    assert calling(boundary("b", "c", OF_AGENCY, interrupting=False)) == []
    assert calling(boundary("b", "c", OF_AGENCY, interrupting=False), call("c2", "q"), flows("c2", "e")) == ["u"], "not each time"
    beside = aside(end("xe"), flow("xs", "xe"), starts=OF_AGENCY, interrupting=False)
    assert found("referral-without-deadline", sop(start(), asks, end(), flows("s", "u", "e"), beside, **REFERRAL)) == []


def test_a_step_of_a_called_process_takes_no_longer_than_the_call() -> None:
    called = process("q", start("s2"), user("u"), end("e2"), timed("u", "elapsed", "PT48H"), flows("s2", "u", "e2"))

    def inside(*edges: str) -> list[str | None]:
        whole = process("p", start(), call("c", "q"), end(), flows("s", "c", "e"), *edges)
        return found("time-contradictory", {"x.bpmn": document(whole, called)})

    assert inside() == []
    assert inside(timed("c", "elapsed", "PT24H")) == ["u_late"]
    assert inside(timed("c", "elapsed", "PT72H")) == inside(timed("c", "working_days", "P1D")) == []


def woken(*parts: str, starts: str = event("signal", "S"), interrupting: bool = False) -> list[str | None]:
    """An event sub-process of these parts beside a plain line."""
    return found("wakes-itself", sop(start(), user("t"), end(), flows("s", "t", "e"), aside(*parts, end("xe"), starts=starts, interrupting=interrupting)))


def test_nothing_begins_itself_again_at_once() -> None:
    again = (throw("w", event("signal", "S")), flows("xs", "w", "xe"))
    assert woken(*again) == ["xs"]
    assert woken(throw("w", event("message", "M")), flows("xs", "w", "xe"), starts=event("message", "M")) == ["xs"]
    assert woken(user("p"), throw("w", event("signal", "S")), flows("xs", "p", "w", "xe")) == [], "a person comes between"
    assert woken(*again, interrupting=True) == [], "it runs itself: nothing is left to begin it"
    assert woken(throw("w", event("message", "N")), flows("xs", "w", "xe"), starts=event("message", "M")) == []


def test_processes_that_begin_each_other() -> None:
    def begins(heard: str, sent: str, *between: str) -> str:
        key = heard.lower()
        return process(key, start(f"s{key}", event("message", heard)), *between, end(f"e{key}", event("message", sent)),
                       flows(f"s{key}", *(["u"] if between else []), f"e{key}"))

    def named(*processes: str) -> list[str | None]:
        return found("wakes-itself", {"x.bpmn": document(*processes, roots=ROOTS)})

    assert named(begins("M", "N"), begins("N", "M")) == ["sm", "sn"]
    assert named(begins("M", "N"), begins("N", "M", user("u"))) == []
    box = '<bpmn:extensionElements><sop:argument name="agency" value="receiving_code"/></bpmn:extensionElements>'
    assert named(begins("M", "M")) == ["sm"] and named(begins("M", "M").replace('id="em">', f'id="em">{box}')) == [], "it leaves the agency"


def test_a_condition_that_holds_anyway_holds_up_nobody() -> None:
    def round_of(condition: str) -> list[str | None]:
        waits = catch("k", conditional(condition))
        return found("runaway-loop", sop(start(), exclusive("m"), waits, exclusive("g", default="g__e"), end(), flows("s", "m", "k", "g"),
                                         flow("g", "m", "k = 1"), flow("g", "e")))

    assert round_of("1 = 1") == ["g"]
    assert round_of("risk = 1") == round_of("now() > now()") == round_of("1 = 2") == []
