"""What an SOP owes: two pairs of eyes, an answer in time, an entry in Simfoni, one writer, kept secrets, measured times."""

from __future__ import annotations

import pytest

from engine.bundle import SopBundle
from engine.lint.run import RULES, lint
from engine.types import Severity
from tests.support.bpmn import boundary, call, document, end, exclusive, flow, flows, instances, parallel, process, service, standard, start, sub, timer, user
from tests.unit.lint.cases import Files, drawn, laned, line
from tests.unit.lint.sop_cases import MAIN, NUMBER, SOP_CASES, WHOLE, form, lane, timed

APPROVAL = form("f", decision=("approved", "returned"))


def found(code: str, files: Files) -> list[str | None]:
    return [hit.element_id for hit in lint(SopBundle.from_files(files)) if hit.code == code]


@pytest.mark.parametrize("code", sorted(code for code in SOP_CASES if RULES[code].severity is Severity.ADVICE))
def test_what_may_be_meant_so_is_advice_and_hinders_nobody(code: str) -> None:
    assert {hit.severity for hit in lint(SopBundle.from_files(SOP_CASES[code])) if hit.code == code} == {Severity.ADVICE}


def approved(lanes: str, *between: str, sheet: str = "") -> list[str | None]:
    steps = between or (flow("t", "u"),)
    return found("one-hand", {**laned(lanes, user("t"), user("u", sop_form="f"), *steps, flow("u", "e")), **APPROVAL,
                              **({"sop.toml": sheet.encode()} if sheet else {})})


def test_nobody_approves_what_their_own_role_did() -> None:
    together, apart = lane("A", "t", "u"), lane("A", "t") + lane("B", "u")
    assert approved(together) == ["u"]
    assert approved(apart) == []
    assert approved(apart, sheet='[lanes]\n"A" = "companion"\n"B" = "companion"') == ["u"], "two lanes, one role"
    assert approved(apart, sheet='[lanes]\n"A" = "termination_proposer"\n"B" = "termination_approver"') == []
    machine = (service("m"), exclusive("x", default="x__u"), flows("t", "m", "x", "u"), flow("x", "t", "a = 1"))
    assert approved(together, *machine) == ["u"], "a machine in between is nobody"
    assert approved(lane("A", "t", "u") + lane("B", "v"), user("v"), flows("t", "v", "u")) == [], "somebody else saw it in between"


def test_only_an_approval_asks_for_another_hand() -> None:
    files = {**laned(lane("A", "t", "u"), user("t"), user("u", sop_form="f"), flows("t", "u", "e")), **form("f", decision=("yes", "no"))}
    assert found("one-hand", files) == []


def answered(*more: str, options: tuple[str, ...] = ("accepted", "rejected"), record: str = "referral", **files: bytes) -> list[str | None]:
    return found("referral-without-deadline", {
        **line(user("t", sop_form="f"), *more), **form("f", record, provider_answer=options), **files})


def test_a_provider_answers_within_a_time() -> None:
    reminder = (end("f"), flow("t_late", "f"))
    assert answered() == ["t"]
    assert answered(timed("t", "working_minutes", "PT40M")) == []
    due = boundary("t_late", "t", timer('=now() + duration(parameters.referral_reply_due)'), interrupting=False)
    assert answered(due, *reminder) == [], "the agency's own time"
    assert answered(boundary("t_late", "t", timer("PT40M"), interrupting=False), *reminder) == ["t"], "whose number is that?"


def test_whoever_may_say_that_the_answer_is_awaited_waits_for_none() -> None:
    assert answered(options=("accepted", "rejected", "awaited")) == []
    assert answered(record="follow_up") == []


def test_a_time_round_the_step_counts() -> None:
    inside = sub("t", start("s2"), user("u", sop_form="f"), end("e2"), flows("s2", "u", "e2"))
    asked = form("f", "referral", provider_answer=("accepted",))
    assert found("referral-without-deadline", {**line(inside), **asked}) == ["u"]
    assert found("referral-without-deadline", {**line(inside, timed("t", "working_days", "P5D")), **asked}) == []


def test_a_case_that_is_registered_is_entered_in_simfoni() -> None:
    entered = (user("u", sop_form="f"), flow("t", "u"), flow("u", "e"))
    step = {**drawn(start(), NUMBER, *entered, end(), flow("s", "t")), "sop.toml": MAIN}
    assert found("simfoni-missing", {**step, **form("f", "documentation", simfoni_updated=())}) == []
    assert found("simfoni-missing", {**step, **form("f", "simfoni", entered_at=("today",))}) == []
    assert found("simfoni-missing", {**step, **form("f", "follow_up", simfoni_updated=())}) == ["t"], "a note of a visit is no entry"
    assert found("simfoni-missing", {**step, **form("f", "documentation", archived=())}) == ["t"]
    assert found("simfoni-missing", {**line(service("t", "do.it")), "sop.toml": MAIN}) == []


def test_no_end_goes_round_the_entry_after_the_same_work() -> None:
    def ends(*more: str) -> list[str | None]:
        parts = (start(), NUMBER, user("w"), exclusive("g", default="g__u"), user("u", sop_form="f"), end(), end("early"),
                 flows("s", "t", "w"), flows("g", "u", "e"), *more)
        return found("simfoni-missing", {**drawn(*parts), "sop.toml": MAIN, **form("f", "documentation", simfoni_updated=())})

    assert ends(flow("w", "g"), flow("g", "early", "a = 1")) == ["early"]
    assert ends(flow("w", "g"), flow("g", "v", "a = 1"), user("v"), flow("v", "early")) == [], "something else was done: a transfer, say"


def test_an_sop_within_a_case_or_for_others_registers_none_of_its_own() -> None:
    assert found("simfoni-missing", {**line(NUMBER), "sop.toml": MAIN + b'\nin_case = "required"'}) == []
    assert found("simfoni-missing", {**line(NUMBER), "sop.toml": MAIN + b'\nagency = "common"'}) == []
    called = {"x.bpmn": document(process("p", start(), call("t", "q"), end(), flows("s", "t", "e")),
                                 process("q", start("s2"), service("n", "case.number"), end("e2"), flows("s2", "n", "e2")))}
    assert found("simfoni-missing", {**called, "sop.toml": MAIN}) == []


def beside(one: str, other: str, *more: str, gateway: str = "") -> list[str | None]:
    parts = (start(), gateway or parallel("g"), one, other, parallel("t"), end(), flows("s", "g", "a", "t", "e"), flows("g", "b", "t"), *more)
    return found("parallel-write", {**drawn(*parts), **form("f", risk=("high", "low")), **form("h", answer=())})


def test_two_branches_write_one_field() -> None:
    write = user("b", sop_form="f")
    assert beside(user("a", sop_form="f"), write) == ["a", "b"]
    assert beside(user("a", sop_form="h"), write) == []
    assert beside(user("a", sop_form="f"), write, gateway=exclusive("g")) == [], "one of the two happens"
    assert beside(sub("a", start("s2"), user("u", sop_form="f"), end("e2"), flows("s2", "u", "e2")), write) == ["a", "b"]
    assert beside(call("a", "q"), write) == [], "what a call writes stays there"
    assert beside(user("a", instances(cardinality="2"), sop_form="h"), write) == []


def test_what_comes_after_the_join_or_as_a_reminder_is_no_branch() -> None:
    joined = drawn(start(), parallel("g"), user("a", sop_form="f"), user("b"), parallel("t"), user("c", sop_form="f"), end(),
                   flows("s", "g", "a", "t", "c", "e"), flows("g", "b", "t"))
    assert found("parallel-write", {**joined, **form("f", risk=())}) == []
    reminded = drawn(start(), user("t", sop_form="f"), boundary("b", "t", timer("PT1H"), interrupting=False), user("c", sop_form="f"), end(),
                     end("z"), flows("s", "t", "e"), flows("b", "c", "z"))
    assert found("parallel-write", {**reminded, **form("f", risk=())}) == ["c"], "the very same form beside itself"
    other = {"x.bpmn": reminded["x.bpmn"].replace(b'id="c" sop:form="f"', b'id="c" sop:form="other"')}
    assert other != reminded
    assert found("parallel-write", {**other, **form("f", risk=()), **form("other", risk=())}) == []


def test_a_telling_step_stands_among_restricted_ones() -> None:
    def wrapped(sensitivity: str, name: str = "Kewajiban khusus", others: str = "C3") -> Files:
        inside = start("s2").replace("<bpmn:startEvent", f'<bpmn:startEvent sop:sensitivity="{others}"') + user(
            "u", name="Melaporkan dugaan TPKS", sop_sensitivity=sensitivity)
        return line(sub("t", inside, flow("s2", "u")).replace("<bpmn:subProcess", f'<bpmn:subProcess name="{name}"'))

    assert found("sensitive-not-wrapped", wrapped("C3")) == []
    assert found("sensitive-not-wrapped", wrapped("C2")) == ["u"]
    assert found("sensitive-not-wrapped", wrapped("C3", others="C1")) == ["u"], "its place among the others tells"
    assert found("sensitive-not-wrapped", wrapped("C3", "Kewajiban TPKS")) == ["t"]
    assert found("sensitive-not-wrapped", line(user("t", name="Melaporkan dugaan TPKS", sop_sensitivity="C3"))) == ["t"]
    assert found("sensitive-not-wrapped", line(user("t", name="Menjelaskan pilihan", sop_sensitivity="C3"))) == []
    assert found("sensitive-not-wrapped", {**line(user("t", name="Mencatat", sop_form="f")), **form("f", "hiv_consent")}) == ["t"]


@pytest.mark.parametrize("name", ["Visum et repertum", "Pemeriksaan IMS dan ODHA", "Riwayat skizofrenia", "Pemeriksaan kejiwaan"])
def test_health_is_told_by_many_names(name: str) -> None:
    assert found("sensitive-not-wrapped", line(user("t", name=name))) == ["t"]


def test_what_is_drawn_beside_a_timer_is_its_time_too() -> None:
    drawn = line(user("t"), boundary("b", "t", timer("PT40M"), interrupting=False, extra=standard("working_minutes", text="40 menit")))
    for name, expected in (("30 menit", ["b"]), ("40 menit", []), ("Peringatan pertama", [])):
        named = drawn["x.bpmn"].replace(b'<bpmn:boundaryEvent id="b"', f'<bpmn:boundaryEvent id="b" name="{name}"'.encode())
        assert found("time-contradictory", {"x.bpmn": named}) == expected


def test_a_step_takes_no_longer_than_the_whole() -> None:
    assert found("time-contradictory", WHOLE) == ["u_late"]
    for shorter in (WHOLE["x.bpmn"].replace(b"PT48H", b"PT24H"), WHOLE["x.bpmn"].replace(b'"elapsed"', b'"working_minutes"', 1)):
        assert found("time-contradictory", {"x.bpmn": shorter}) == []
    severities = {hit.code: hit.severity for hit in lint(SopBundle.from_files(WHOLE))}
    assert severities["time-contradictory"] is Severity.RULE
    later = WHOLE["x.bpmn"].replace(b'<sop:standard clock="elapsed"', b'<sop:standard clock="elapsed" from="received_at"')
    assert {hit.severity for hit in lint(SopBundle.from_files({"x.bpmn": later})) if hit.code == "time-contradictory"} == {Severity.ADVICE}


def printed(text: str, *more: str, elements: str = '"t"') -> list[str | None]:
    sheet = f'[[clause]]\nid = "a"\ntext = "{text}"\nkind = "time"\nelements = [{elements}]'
    return found("time-missing", {**line(user("t"), *more), "sop.toml": sheet.encode()})


def test_a_printed_time_is_measured() -> None:
    assert printed("30 menit") == ["t"]
    assert printed("30 menit", timed("t", "working_minutes", "PT30M")) == []
    assert printed("30 menit", timed("t", "working_minutes", "PT30M"), elements='"t_late"') == []
    assert printed("30 menit", boundary("t_late", "t", timer("PT30M"), interrupting=False), elements='"t_late"') == ["t_late"]
    assert printed("sesuai dengan kebutuhan") == []
