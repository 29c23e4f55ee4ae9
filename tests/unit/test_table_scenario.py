"""Scenario files that ask tables: what they may say, and that a wrong expectation is told."""

from __future__ import annotations

import pytest

from engine import table_scenario_anew
from engine.bundle import SopBundle
from engine.scenario_file import ScenarioUnreadable, read_scenario
from engine.table_scenario import answers, ask_tables, asks_tables, read_questions

TABLE = b"""<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
  <inputData id="i" name="level"><variable id="iv" name="level" typeRef="string" /></inputData>
  <decision id="wait" name="wait">
    <variable id="wv" name="wait" />
    <informationRequirement id="r"><requiredInput href="#i" /></informationRequirement>
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="c"><inputExpression typeRef="string"><text>level</text></inputExpression></input>
      <output id="o1" name="within" typeRef="dayTimeDuration" /><output id="o2" name="times" typeRef="number" />
      <rule id="r1"><inputEntry><text>"high"</text></inputEntry>
        <outputEntry><text>duration("PT48H")</text></outputEntry><outputEntry><text>2</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""
HEAD = "at = 2026-11-10T08:30:00+07:00\n"
ASK = HEAD + '[[decide]]\ndecision = "wait"\ngiven = { level = "high" }\n'


def problems(text: str) -> tuple[str, ...]:
    return ask_tables(SopBundle.from_files({"d.dmn": TABLE}), read_questions(text.encode()))


@pytest.mark.parametrize("said", ["rule = 1", "rules = [1]", 'gives = { within = "P2D" }', "gives = { times = 2 }",
                                  'rule = 1\ngives = { within = "PT48H", times = 2 }'])
def test_what_is_true_is_no_problem(said: str) -> None:
    assert problems(ASK + said) == ()


@pytest.mark.parametrize("said", ["rule = 2", "rules = []", "rules = [1, 2]", 'gives = { within = "PT24H" }', 'gives = { within = "soon" }',
                                  "gives = { times = true }", "gives = { unknown = 2 }", "gives = [2]", "gives = 2"])
def test_what_is_not_true_is_told(said: str) -> None:
    (problem,) = problems(ASK + said)
    assert problem.startswith("question 1: wait: ")


def test_no_row_no_table_and_a_wrong_type_are_told() -> None:
    assert problems(ASK.replace("high", "low") + "rules = []") == ()
    assert problems(ASK.replace("wait", "weight") + "rule = 1") == ("question 1: weight is not here",)
    (problem,) = problems(ASK.replace('"high"', "4") + "rule = 1")
    assert "input-type" in problem


@pytest.mark.parametrize("text", [
    HEAD, HEAD + "decide = []", ASK, ASK + "rule = 1\nrules = [1]", ASK + 'rule = 1\ngive = "a"', ASK + "rule = 1\n[start]",
    ASK.replace("+07:00", "") + "rule = 1", ASK.replace(HEAD, "") + "rule = 1", HEAD + "decide = 4", "[[",
])
def test_what_nobody_would_look_at_is_refused(text: str) -> None:
    with pytest.raises(ScenarioUnreadable):
        read_questions(text.encode())


def test_a_file_tells_a_story_or_asks() -> None:
    asking = (ASK + "rule = 1").encode()
    assert asks_tables(asking)
    assert not asks_tables(b"[[") and not asks_tables(b"[start]")
    with pytest.raises(ScenarioUnreadable):
        read_scenario(asking)


def anew(text: str, table: bytes = TABLE) -> tuple[list[str], str | None]:
    """What differs, and the file as the tables answer now."""
    told = read_questions(text.encode())
    given = answers(SopBundle.from_files({"d.dmn": table}), told)
    data = table_scenario_anew.written_anew(text.encode(), told, given)
    return [one.what for one in table_scenario_anew.differences(told, given)], None if data is None else data.decode()


NO_MATCH = ASK.replace("high", "low")


@pytest.mark.parametrize(("asked", "what", "written"), [
    (ASK + "rule = 2   # ya", ["rules"], ASK + "rule = 1   # ya"),
    (ASK + "rules = [2, 3]", ["rules"], ASK + "rules = [1]"),
    (NO_MATCH + "rule = 1", ["rules"], NO_MATCH + "rules = []"),
    (ASK + "rule = 1\ngives = { times = 3 }\n# akhir\n", ["gives"], ASK + "rule = 1\ngives = { times = 2 }\n# akhir\n"),
    (ASK + 'gives = { within = "PT24H", times = 2 }', ["gives"], ASK + 'gives = { within = "PT48H", times = 2 }'),
    (NO_MATCH + "gives = { times = 2 }", ["gives"], NO_MATCH + "rules = []"),
    (NO_MATCH + "rules = []\ngives = { times = 2 }\n", ["gives"], NO_MATCH + "rules = []\n"),
    (ASK + "gives = 4", ["gives"], ASK + 'gives = { within = "PT48H", times = 2 }'),
    (ASK + "rule = 1\n\n# dua\n[[decide]]\ndecision = \"gone\"\nrule = 1\n", ["table-gone"], ASK + "rule = 1\n\n"),
])
def test_what_is_answered_takes_the_place_of_what_is_written_and_nothing_else_moves(asked: str, what: list[str], written: str) -> None:
    assert anew(asked) == (what, written)
    assert problems(written) == ()


@pytest.mark.parametrize(("asked", "what"), [
    (ASK.replace("wait", "gone") + "rule = 1", ["table-gone"]),                       # none is left to ask
    (ASK.replace('"high"', "4") + "rule = 1", ["no-answer"]),
    (HEAD + "decide = [{ decision = 'wait', given = { level = 'high' }, rule = 2 }]", ["rules"]),   # written otherwise than people do
])
def test_what_cannot_be_written_anew_is_only_told(asked: str, what: list[str]) -> None:
    assert anew(asked) == (what, None)
