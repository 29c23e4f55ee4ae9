"""Consent by silence, consent asked of nobody, a withdrawal that nobody hears: each is a gate taken away. A new id is none."""

from __future__ import annotations

from engine import consent_gates, definitions
from engine.bundle import SopBundle
from tests.support.bpmn import (
    boundary,
    call,
    conditional,
    document,
    element,
    end,
    event,
    exclusive,
    flow,
    flows,
    message,
    process,
    start,
    sub,
    timer,
    user,
)
from tests.unit.lint.cases import Files
from tests.unit.lint.sop_cases import form

ASK = user("ask", sop_form="consent")
FORMS = {**form("consent", "consent", consent_status=("given", "refused")), **form("take_back", "withdrawal"),
         "sop.toml": b'process = "p"'}
LINE = (start(), user("t", sop_form="first"), exclusive("g", default="g__ask"), ASK, user("serve"), end(),
        flows("s", "t", "g"), flow("g", "serve", 'told = "given"'), flows("g", "ask", "serve", "e"))
FIRST = form("first", told=("given", "not_yet"))


def weakened(old: Files, new: Files) -> list[str]:
    before, after = (definitions.load(SopBundle.from_files({**FORMS, **FIRST, **files})) for files in (old, new))
    return [one.element_id for one in consent_gates.weakened(before, after)]


def drawn(*parts: str, more: str = "", roots: str = "") -> Files:
    return {"x.bpmn": document(process("p", *parts), more, roots=roots)}


def with_edge(*more: str) -> list[str]:
    return weakened(drawn(*LINE), drawn(*LINE, *more))


def test_silence_is_no_answer() -> None:
    for heard in (timer("P2D"), conditional("risk = 1")):
        assert with_edge(boundary("x", "ask", heard), flow("x", "serve")) == ["x"]
    assert with_edge(boundary("x", "ask", timer("P2D")), flow("x", "e")) == []
    assert with_edge(boundary("x", "ask", timer("P2D"), interrupting=False), user("note"), flows("x", "note")) == [], "a reminder"


def held(*more: str, name: str = "hold") -> Files:
    inside = sub(name, start("s2"), ASK, end("e2"), flows("s2", "ask", "e2"), *more)
    return drawn(start(), inside, user("serve"), end(), flows("s", name, "serve", "e"))


def test_an_event_that_ends_what_holds_the_gate_goes_round_it() -> None:
    late = element("subProcess", "late", element("startEvent", "l1", timer("P2D")) + end("l2") + flow("l1", "l2"), triggeredByEvent="true")
    assert weakened(held(), held(late)) == ["l1"]
    called = process("q", start("s2"), ASK, end("e2"), flows("s2", "ask", "e2"))
    calling = (start(), call("c", "q"), user("serve"), end(), flows("s", "c", "serve", "e"))
    assert "x" in weakened(drawn(*calling, more=called),
                           drawn(*calling, boundary("x", "c", timer("P2D")), flow("x", "serve"), more=called))


def test_another_id_of_what_holds_the_gate_takes_nothing_away() -> None:
    assert weakened(held(), held(name="kept")) == []


def test_an_answer_that_led_to_the_question_is_part_of_the_gate() -> None:
    assert weakened(drawn(*LINE), {**drawn(*LINE), **form("first", told=("given",))}) == [""]
    assert weakened(drawn(*LINE), {**drawn(*LINE), **form("first", told=("not_yet",))}) == [], "all are asked now"


def test_a_withdrawal_is_heard_as_before() -> None:
    hears = element("subProcess", "back", element("startEvent", "b1", event("message", "w"), sop_form="take_back") + end("b2")
                    + flow("b1", "b2"), triggeredByEvent="true")
    roots = message("w")
    old = drawn(*LINE, hears, roots=roots)
    assert weakened(old, drawn(*LINE, hears.replace('"back"', '"again"'), roots=roots)) == []
    assert weakened(old, drawn(*LINE, roots=roots)) == ["b1"]


SENDS = user("send", sop_form="refer")
REFERS = {**form("refer", "referral", sent=()), **form("note", "note", consent_status=("given", "refused"))}
GIVEN = 'consent_status = "given"'


def asked(*parts: str, first: tuple[str, ...] = (), between: tuple[str, ...] = (), roots: str = "") -> Files:
    """ask, a choice by the answer, send; with steps `first` and `between` the question and the choice."""
    steps = (start(), *parts, ASK, exclusive("g", default="g__no"), SENDS, end(), end("no"), flows("s", *first, "ask", *between, "g"),
             flow("g", "send", GIVEN), flow("g", "no"), flow("send", "e"))
    return {**drawn(*steps, roots=roots), **REFERS}


def test_what_only_the_gate_led_to_is_sent_nowhere_else() -> None:
    assert weakened(asked(), asked(user("early", sop_form="refer"), first=("early",))) == ["early", "early"], "of the question and of the choice"
    beside = element("subProcess", "x", element("startEvent", "xs", event("signal", "S"), isInterrupting=False) + user("aside", sop_form="refer")
                     + end("xe") + flows("xs", "aside", "xe"), triggeredByEvent=True)
    assert weakened(asked(), asked(beside, roots='<bpmn:signal id="S" name="S"/>')) == ["aside", "aside"]
    assert weakened(asked(), asked(user("early", sop_form="note2"), first=("early",))) == [], "nothing is sent"
    again = asked(user("early", sop_form="refer"), first=("early",))
    more = asked(user("early", sop_form="refer"), user("earlier", sop_form="refer"), first=("earlier", "early"))
    assert weakened(again, more) == [], "it was sent before the question already"


def test_the_answer_on_consent_is_given_by_her_alone() -> None:
    table = element("businessRuleTask", "weigh", sop_decision="way", sop_result="consent_status")
    assert weakened(asked(), asked(user("note", sop_form="note"), between=("note",))) == ["note"]
    assert weakened(asked(), asked(table, between=("weigh",))) == ["weigh"]
    assert weakened(asked(), asked(user("again", sop_form="consent"), between=("again",))) == [], "she is asked once more"
