"""States as bytes: every value survives, nothing corrupt is read, and nothing depends on the machine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine import errors, interpreter
from engine.feel import MonthsDuration
from engine.spiff import codec
from engine.transition import CompleteTask, FireTimer, Start
from tests.support import bpmn
from tests.support.play import NOON, Play, compile_bytes

ROOT = Path(__file__).resolve().parents[2]


def a_process():
    return bpmn.document(
        bpmn.process("p", bpmn.start(), bpmn.parallel("f"), bpmn.user("a", bpmn.instances(collection="[1, null]", collect="r")),
                     bpmn.call("c", "q"), bpmn.sub("sp", bpmn.start("is"), bpmn.user("u"), bpmn.flow("is", "u")),
                     bpmn.boundary("x", "a", bpmn.timer("R/PT1H", "timeCycle"), interrupting=False), bpmn.user("h"),
                     bpmn.flow("s", "f"), bpmn.flow("f", "a"), bpmn.flow("f", "c"), bpmn.flow("f", "sp"), bpmn.flow("x", "h")),
        bpmn.process("q", bpmn.start("qs"), bpmn.catch("m", bpmn.event("message", "M")), bpmn.flow("qs", "m")),
        roots=bpmn.message("M"))


VALUES = {
    "null": None, "true": True, "text": "Ibu \u00e9\u4e2d", "number": Decimal("1.10"), "large": Decimal("1E+6000"),
    "negative": Decimal("-0.5"), "date": date(2026, 2, 28), "time": time(8, 30, 15, 7),
    "zoned_time": time(8, 30, tzinfo=ZoneInfo("Asia/Jakarta")),
    "offset_time": time(8, 30, tzinfo=timezone(timedelta(hours=7))), "naive": datetime(2026, 1, 1, 9),
    "instant": datetime(2026, 1, 1, 9, tzinfo=UTC),
    "zoned": datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1),
    "duration": timedelta(days=-1, seconds=5, microseconds=3),
    "months": MonthsDuration(-14), "list": [Decimal(1), [None, {"a": date(2026, 1, 1)}]], "context": {"typename": "x", "": [], "a b": {}},
}


def test_every_kind_of_value_reads_back_as_itself():
    play = Play(bpmn.document(bpmn.process("p", bpmn.user("u"))), reload=False)
    after = play.apply(CompleteTask(token_id=play.task("u").token_id, variables=VALUES))
    read = codec.load(play.program, codec.dump(after.state))

    found = read.scopes[0][2]
    assert found == VALUES
    assert {name: type(value) for name, value in found.items()} == {name: type(value) for name, value in VALUES.items()}
    assert str(found["number"]) == "1.10"
    assert (found["zoned"].tzinfo.key, found["zoned"].fold) == ("America/New_York", 1)
    assert codec.dump(read) == codec.dump(after.state)


def test_a_value_no_variable_can_hold_is_refused():
    play = Play(bpmn.document(bpmn.process("p", bpmn.user("u"))))
    with pytest.raises(errors.InvalidValue):
        play.apply(CompleteTask(token_id=play.task("u").token_id, variables={"x": 1.5}))


def test_every_changed_byte_is_found():
    play = Play(a_process())
    assert play.state is not None
    data = codec.dump(play.state)
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1 << (position % 8)
        with pytest.raises(errors.StateCorrupt):
            codec.load(play.program, bytes(changed))
    for cut in (b"", data[:3], data[:-1], data[: len(data) // 2], b"\x00" * 40):
        with pytest.raises(errors.StateCorrupt):
            codec.load(play.program, cut)


def test_a_state_of_another_program_is_refused():
    play = Play(a_process())
    other = compile_bytes(bpmn.document(bpmn.process("p", bpmn.user("u"))))
    assert play.state is not None
    with pytest.raises(errors.StateCorrupt):
        codec.load(other, codec.dump(play.state))
    with pytest.raises(errors.StateCorrupt):
        interpreter.apply(other, play.state, CompleteTask(token_id="i.1"), NOON, {})


def test_apply_leaves_the_state_as_it_was():
    play = Play(a_process(), reload=False)
    before = play.state
    assert before is not None
    data = codec.dump(before)
    for stimulus in (CompleteTask(token_id=play.task("a").token_id, variables={"r": [Decimal(1)]}),
                     CompleteTask(token_id=play.task("u").token_id, variables={"n": Decimal(2)}),
                     FireTimer(token_id=play.view.timers[0].token_id)):
        late = NOON + timedelta(hours=5)
        first = interpreter.apply(play.program, before, stimulus, late, {})
        again = interpreter.apply(play.program, before, stimulus, late, {})
        assert codec.dump(before) == data
        assert (first.meaning, first.trace, first.view) == (again.meaning, again.trace, again.view)
        assert codec.dump(first.state) == codec.dump(again.state)


def test_many_threads_may_dump_and_load():
    plays = [Play(a_process(), text="x" * 500 * n) for n in range(6)]
    wrong: list[int] = []

    def work(n):
        for _ in range(60):
            state = plays[n].state
            if codec.load(plays[n].program, codec.dump(state)) != state:
                wrong.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


SCRIPT = """
import hashlib
from tests.engine.test_spiff_codec import a_process
from tests.support.play import Play
from engine.spiff import codec
play = Play(a_process(), v=1, w="x")
play.wait(hours=2).complete("a", 1, r=1).complete("u", z=1, y=2).send("M", k=1)
print(hashlib.sha256(codec.dump(play.state)).hexdigest(), repr(play.last.meaning))
"""


def test_states_are_the_same_under_every_hash_seed_and_time_zone():
    answers = set()
    for seed, zone in (("0", "UTC"), ("1", "Asia/Jakarta"), ("12345", "America/New_York")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
        answers.add(subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True,
                                   check=True).stdout)
    assert len(answers) == 1
    assert len(next(iter(answers))) > 100


def test_two_thousand_rounds_keep_the_state_as_small_as_the_first():
    play = Play(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.exclusive("m"), bpmn.user("a"), bpmn.user("b"), bpmn.boundary("x", "a", bpmn.timer("P1D")),
        bpmn.user("h"), bpmn.exclusive("g", default="g__e"), bpmn.end(), bpmn.flows("s", "m", "a", "b", "g"), bpmn.flow("x", "h"),
        bpmn.flow("g", "m", "again"), bpmn.flow("g", "e"))))
    tokens, sizes = set(), []
    for _ in range(2_000):
        play.complete("a").complete("b", again=True)
        assert play.open == ["a"]
        assert play.state is not None
        tokens.add(len(play.state.scopes[0][3]))
        sizes.append(len(codec.dump(play.state)))
    assert tokens == {2}
    assert max(sizes) < 400
    assert play.complete("a").complete("b", again=False).done


def test_token_ids_come_from_the_instance_and_its_history_only():
    diagram = compile_bytes(a_process())
    one = interpreter.apply(diagram, None, Start(process_id="p", instance_id="one"), NOON, {})
    two = interpreter.apply(diagram, None, Start(process_id="p", instance_id="two"), NOON + timedelta(days=9), {})

    assert [t.token_id.replace("one", "two") for t in one.view.tasks] == [t.token_id for t in two.view.tasks]
    assert len({t.token_id for t in one.view.tasks}) == len(one.view.tasks)
