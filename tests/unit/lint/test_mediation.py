"""No drawing leads a case of sexual violence to mediation: walked with tables, conditions and every answer."""

from __future__ import annotations

from engine.bundle import SopBundle
from engine.decisions import read_decisions
from engine.lint.outcomes import outcomes, read_by
from engine.lint.run import lint
from engine.types import Severity
from tests.support.bpmn import boundary, call, document, element, end, exclusive, flow, flows, process, start, sub, timer, user
from tests.unit.lint import sop_cases
from tests.unit.lint.cases import Files
from tests.unit.lint.sop_cases import form

MEETING = user("meet", sop_form="meeting")
FORMS = {**form("meeting", "mediation"), **form("ask", "", venue=("court", "office"))}


SEXUAL = 'is_tpks = true or list contains(if violence_forms = null then [] else violence_forms, "sexual")'
NOT_SEXUAL = f"not({SEXUAL})"


def table(first: str = '"forbidden"', asks: str = SEXUAL) -> bytes:
    """What it `asks` gives `first`; whoever asks for it otherwise gets it."""
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
      <inputData id="i" name="is_tpks"><variable id="iv" name="is_tpks"/></inputData>
      <inputData id="f" name="violence_forms"><variable id="fv" name="violence_forms"/></inputData>
      <inputData id="v" name="venue"><variable id="vv" name="venue"/></inputData>
      <decision id="gate_table" name="gate_table"><variable id="gv" name="gate_table"/>
        <informationRequirement id="r1"><requiredInput href="#i"/></informationRequirement>
        <informationRequirement id="r2"><requiredInput href="#v"/></informationRequirement>
        <informationRequirement id="r3"><requiredInput href="#f"/></informationRequirement>
        <decisionTable id="t" hitPolicy="FIRST"><input id="a"><inputExpression><text>{asks}</text></inputExpression></input>
          <input id="b"><inputExpression><text>venue</text></inputExpression></input><output id="o"/>
          <rule id="k"><inputEntry><text>true</text></inputEntry><inputEntry><text>-</text></inputEntry>
            <outputEntry><text>{first}</text></outputEntry></rule>
          <rule id="l"><inputEntry><text>-</text></inputEntry><inputEntry><text>"court"</text></inputEntry>
            <outputEntry><text>"allowed"</text></outputEntry></rule></decisionTable></decision></definitions>""".encode()


WEIGH = element("businessRuleTask", "weigh", sop_decision="gate_table", sop_result="gate")


def gated(condition: str, *first: str, default: bool = False, more: str = "", dmn: bytes = table()) -> list[tuple[str | None, Severity]]:
    """start -> what comes first -> g -> meet or end."""
    to_meet = flow("g", "meet") if default else flow("g", "meet", condition)
    to_end = flow("g", "e", condition) if default else flow("g", "e")
    parts = (start(), exclusive("g", default="g__meet" if default else "g__e"), MEETING, end(), *(first or (flow("s", "g"),)), to_meet, to_end,
             flow("meet", "e"))
    return found({"x.bpmn": document(process("p", *parts), more), "d.dmn": dmn, **FORMS})


def found(files: Files) -> list[tuple[str | None, Severity]]:
    return [(hit.element_id, hit.severity) for hit in lint(SopBundle.from_files(files)) if hit.code == "mediation-in-sexual-violence"]


SURE = [("meet", Severity.RULE)]
ASKED = (WEIGH, flows("s", "weigh", "g"))


def test_a_condition_keeps_it_away_or_does_not() -> None:
    assert gated(NOT_SEXUAL) == []
    assert gated("is_tpks = true") == SURE
    assert gated('venue = "court"') == SURE, "anybody may answer that"
    assert gated('venue = "court" and ' + NOT_SEXUAL) == []
    assert gated('venue = "beach"') == [], "nobody can answer that"


def test_a_default_is_taken_where_no_condition_surely_holds() -> None:
    assert gated(SEXUAL, default=True) == []
    assert gated('venue = "court"', default=True) == SURE


def test_either_sign_is_enough() -> None:
    forms = {"violence_forms": ("physical", "sexual")}
    for gate in ("is_tpks = true", 'list contains(if violence_forms = null then [] else violence_forms, "sexual")'):
        assert gated(gate, default=True) == SURE
        assert gated('gate = "allowed"', *ASKED, dmn=table(asks=gate)) == SURE
    ticked = form("told", "", **forms)
    assert found_with(ticked, 'violence_forms = ["sexual"] or is_tpks = true') == SURE, "who was hurt in two ways is one, too"
    assert found_with(ticked, SEXUAL) == []


def found_with(forms: Files, keeps_away: str) -> list[tuple[str | None, Severity]]:
    parts = (start(), user("told", sop_form="told"), exclusive("g", default="g__meet"), MEETING, end(), flows("s", "told", "g", "meet", "e"),
             flow("g", "e", keeps_away))
    return found({"x.bpmn": document(process("p", *parts)), **FORMS, **forms})


def mapped(**sources: str) -> str:
    """What a step is handed, by name."""
    return "".join(f"<bpmn:dataInputAssociation><bpmn:targetRef>{name}</bpmn:targetRef><bpmn:transformation>{source}</bpmn:transformation>"
                   "</bpmn:dataInputAssociation>" for name, source in sources.items())


def test_what_is_mapped_into_a_table_is_seen_by_it() -> None:
    def ready(source: str) -> list[tuple[str | None, Severity]]:
        weigh = element("businessRuleTask", "weigh", mapped(ready=source), sop_decision="way", sop_result="gate")
        asked = sop_cases.table(("true", '"allowed"'), ("-", '"wait"'), policy="FIRST", column="ready = true")
        return gated('gate = "allowed"', weigh, flows("s", "weigh", "g"), dmn=asked)

    assert ready("false") == []
    assert ready("true") == SURE
    assert ready("not(is_tpks = true)") == SURE, "of a case that only the forms of violence tell"


def test_a_called_process_knows_what_it_is_handed() -> None:
    def handed(**sources: str) -> list[tuple[str | None, Severity]]:
        called = process("q", start("s2"), exclusive("g", default="g__meet"), MEETING, end("e2"), flows("s2", "g", "meet", "e2"),
                         flow("g", "e2", SEXUAL))
        parts = (start(), call("t", "q", mapped(**sources)), end(), flows("s", "t", "e"))
        return found({"x.bpmn": document(process("p", *parts), called), **FORMS})

    assert handed() == SURE, "what nobody hands it is null"
    assert handed(is_tpks="is_tpks") == SURE
    assert handed(is_tpks="is_tpks", violence_forms="violence_forms") == []


def test_a_table_of_many_questions_is_asked_with_every_answer() -> None:
    """More than 1,000 inputs: answers that a column takes alike are tried once."""
    names = [f"q{number}" for number in range(8)]
    columns = "".join(f"<input><inputExpression><text>{name} = &quot;b&quot;</text></inputExpression></input>" for name in names)
    all_b = "<rule>" + "<inputEntry><text>true</text></inputEntry>" * 8 + "<outputEntry><text>7</text></outputEntry></rule>"
    read = read_decisions(f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:x">
      <decision id="way" name="way"><decisionTable hitPolicy="UNIQUE">{columns}<output name="way"/>{all_b}</decisionTable></decision>
      </definitions>""".encode())
    assert read_by(read, "way") == set(names)
    assert set(outcomes(read, "way", dict.fromkeys(names, (None, "a", "b")))) == {None, 7}


def test_a_table_is_asked() -> None:
    assert gated('gate = "allowed"', *ASKED) == []
    assert gated('gate != "deferred"', *ASKED) == SURE
    assert gated('gate = "allowed"', *ASKED, dmn=table('"allowed"')) == SURE
    assert gated('gate = "allowed"', *ASKED, dmn=table('if venue = "court" then "allowed" else "forbidden"')) == SURE


def test_what_the_check_cannot_know_is_advice() -> None:
    assert gated("weather = 1") == [("meet", Severity.ADVICE)]
    again = user("again", sop_form="gates")
    forms = form("gates", "", gate=("allowed", "forbidden"))
    parts = (start(), WEIGH, again, exclusive("g", default="g__e"), MEETING, end(), flows("s", "weigh", "again", "g"),
             flow("g", "meet", 'gate = "allowed"'), flow("g", "e"), flow("meet", "e"))
    assert found({"x.bpmn": document(process("p", *parts)), "d.dmn": table(), **FORMS, **forms}) == SURE, "a person overrules the table"


def test_sub_processes_edges_and_calls_are_walked() -> None:
    def around(inner: str, *outer: str, more: str = "") -> list[tuple[str | None, Severity]]:
        parts = (start(), exclusive("g", default="g__e"), inner, end(), flow("s", "g"), flow("g", "t", NOT_SEXUAL), flow("g", "e"),
                 flow("t", "e"), *outer)
        return found({"x.bpmn": document(process("p", *parts), more), **FORMS})

    inside = sub("t", start("s2"), MEETING, end("e2"), flows("s2", "meet", "e2"))
    called = process("q", start("s2"), MEETING, end("e2"), flows("s2", "meet", "e2"))
    assert around(inside) == []
    assert around(call("t", "q"), more=called) == []
    assert found({"x.bpmn": document(process("p", start(), call("t", "q"), end(), flows("s", "t", "e")), called), **FORMS}) == SURE
    assert found({"x.bpmn": document(process("p", start(), inside, end(), flows("s", "t", "e"))), **FORMS}) == SURE
    edge = (user("u"), boundary("x", "u", timer("PT1H")), MEETING, flow("g", "u", 'venue = "court"'), flow("u", "e"), flows("x", "meet", "e"))
    assert around(user("t"), *edge) == SURE


def test_a_process_for_others_may_be_kept_by_whoever_calls_it() -> None:
    files = {"x.bpmn": document(process("p", start(), MEETING, end(), flows("s", "meet", "e"))), **FORMS}
    assert found(files) == SURE
    assert found({**files, "sop.toml": b'agency = "common"\nprocess = "p"'}) == [("meet", Severity.ADVICE)]
