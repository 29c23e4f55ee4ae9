"""Questions to decision tables as they are answered now: what is otherwise than written, and the file with the answers of today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from engine import errors, scenario_writing, table_scenario, toml_edits, toml_places
from engine.decisions import DecisionOutcome
from engine.scenario_results import Otherwise
from engine.table_scenario import Question, TableScenario, read_questions
from engine.toml_edits import Edit
from engine.toml_places import Entry

Answers = Sequence[DecisionOutcome | None]   # as `table_scenario.answers` gives them


def differences(told: TableScenario, answers: Answers) -> tuple[Otherwise, ...]:
    """What is answered otherwise, by the number of the question."""
    return tuple(each for number, (one, answer) in enumerate(zip(told.questions, answers, strict=True), 1)
                 for each in _differences(number, one, answer))


def written_anew(data: bytes, told: TableScenario, answers: Answers) -> bytes | None:
    """The file with what was answered in the place of what is written, without questions to a decision that is gone; notes and order stay.
    None where it cannot be said so: a table gave no answer, none is left to ask, or the file is written in a way that is not looked for."""
    pairs = [(one, answer) for one, answer in zip(told.questions, answers, strict=True) if answer is not None]
    try:
        text = data.decode("utf-8-sig")
        edited = toml_edits.applied(text, list(_edits(text, told, answers))).encode("utf-8")
        asked = read_questions(edited).questions
        is_so = [one.decision for one in asked] == [one.decision for one, _ in pairs] and all(
            not list(_differences(0, one, answer)) for one, (_, answer) in zip(asked, pairs, strict=True))
    except (KeyError, ValueError, IndexError, TypeError, RecursionError, errors.EngineError):
        return None
    return edited if is_so else None


def _differences(number: int, asked: Question, answer: DecisionOutcome | None) -> Iterator[Otherwise]:
    if answer is None:
        yield Otherwise(step=number, what="table-gone", name=asked.decision)
    elif answer.problems:
        why = answer.problems[0].message
        yield Otherwise(step=number, what="no-answer", name=asked.decision, seen={"id": why.id, "en": why.en, "fields": []})
    else:
        if not table_scenario.has_rules(asked, answer):
            yield Otherwise(step=number, what="rules", name=asked.decision, written=list(asked.rules or ()), seen=list(answer.rules))
        if not table_scenario.has_value(asked, answer):
            yield Otherwise(step=number, what="gives", name=asked.decision, written=asked.gives, seen=_named(answer.value, asked.gives))


def _named(value: Any, written: Any) -> Any:
    """Of a context what is named: the rest of it nobody looked at. A duration as a file says it."""
    if isinstance(value, Mapping) and isinstance(written, Mapping):
        return {name: _named(value.get(name), one) for name, one in written.items()}
    return _as_text(value)


def _as_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_text(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_text(one) for one in value]
    return scenario_writing.duration_text(value) if isinstance(value, timedelta) else value


def _edits(text: str, told: TableScenario, answers: Answers) -> Iterator[Edit]:
    tables = [table.entries for table in toml_places.tables(text) if (table.header, table.is_one_of_many) == ("decide", True)]
    blocks = toml_places.blocks(text, "decide")
    for number, (asked, answer) in enumerate(zip(told.questions, answers, strict=True)):
        if answer is None:
            yield toml_edits.without_block(text, blocks[number])
        else:
            yield from _of_question(text, tables[number], asked, answer)


def _of_question(text: str, entries: Mapping[str, Entry], asked: Question, answer: DecisionOutcome) -> Iterator[Edit]:
    rules = f"rules = [{', '.join(map(str, answer.rules))}]"
    if not table_scenario.has_rules(asked, answer):
        entry = entries["rule" if "rule" in entries else "rules"]
        said = f"rule = {answer.rules[0]}" if "rule" in entries and len(answer.rules) == 1 else rules
        yield Edit(entry.start, entry.value.end, said)
    if table_scenario.has_value(asked, answer):
        return
    entry, value = entries["gives"], _told(_named(answer.value, asked.gives))
    if value not in (None, {}):
        yield toml_edits.set_to(entry.value, value)
    elif asked.rules is None:    # TOML has no word for null: that no rule matches says it
        yield Edit(entry.start, entry.value.end, rules)
    else:
        yield toml_edits.without_line(text, entry)


def _told(value: Any) -> Any:
    """What TOML can say of a value: in a context, null is left out."""
    if isinstance(value, Mapping):
        return {name: told for name, one in value.items() if (told := _told(one)) not in (None, {})}
    return value
