"""Time, messages and operations through the front door: exact instants, one order, one key for every retry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine import EngineError, OperationCall, PermanentFailure, TransientFailure, Trial, WorkCalendar
from tests.blackbox.drawing import HOUR, NOW, Play, boundary, bundle, flows, for_each, node, plain, process, service, timer, users

INSTANT = timedelta(microseconds=1)
EVENTS = '<message id="M" name="Msg"/><message id="M2" name="Msg2"/><signal id="S" name="Sig"/>'
MESSAGE, SIGNAL = '<messageEventDefinition messageRef="M"/>', '<signalEventDefinition signalRef="S"/>'
OFFICE = WorkCalendar(
    ZoneInfo("Asia/Jakarta"),
    {**{day: ((time(7, 30), time(12)), (time(13), time(16))) for day in range(4)}, 4: ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))},
    frozenset({date(2026, 1, 16)}))
CORRELATED = (
    '<correlationProperty id="cp" name="case"><correlationPropertyRetrievalExpression messageRef="M"><messagePath xsi:type="tFormalExpression">'
    "number</messagePath></correlationPropertyRetrievalExpression></correlationProperty>")
KEY = ('<collaboration id="col"><participant id="pp" processRef="p"/><correlationKey id="ck" name="K"><correlationPropertyRef>cp'
       "</correlationPropertyRef></correlationKey></collaboration>")
SUBSCRIBED = ('<correlationSubscription correlationKeyRef="ck"><correlationPropertyBinding correlationPropertyRef="cp"><dataPath '
              'xsi:type="tFormalExpression">own_number</dataPath></correlationPropertyBinding></correlationSubscription>')


def catch(id: str) -> str:
    return node("intermediateCatchEvent", id, MESSAGE)


@pytest.mark.parametrize(("kind", "text", "due"), [
    ("timeDuration", "PT1H", NOW + HOUR),
    ("timeDuration", "P1W", NOW + 168 * HOUR),
    ("timeDuration", "P1M", datetime(2026, 2, 5, 2, tzinfo=UTC)),
    ("timeDuration", '= duration("PT1H")', NOW + HOUR),
    ("timeDuration", '= "PT" + string(1 + 1) + "H"', NOW + 2 * HOUR),
    ("timeDate", "2026-01-05T10:00:00+07:00", NOW + HOUR),
    ("timeDate", '= now() + duration("PT90M")', NOW + timedelta(minutes=90)),
    ("timeCycle", "R3/PT1H", NOW + HOUR),
])
def test_a_timer_fires_at_its_instant_and_not_before(kind: str, text: str, due: datetime) -> None:
    play = Play(plain(node("intermediateCatchEvent", "t", timer(text, kind)) + users("a"), "s>t>a>e"), reloads=True).start()
    play.trial.advance(due - NOW - INSTANT)
    assert play.open() == []
    play.trial.advance(INSTANT)
    assert play.open() == ["a"]
    assert {entry.at for entry in play.trial.trace(play.id) if entry.happened == "caught"} == {due}


@pytest.mark.parametrize(("text", "hits"), [
    ("R3/PT1H", [1, 2, 3]), ("R/PT1H", [1, 2, 3, 4, 5, 6]), ("R1/PT1H", [1]), ("R2/2026-01-05T02:30:00Z/PT1H", [0.5, 1.5]),
    ('= "R2/PT2H"', [2, 4]),
])
def test_a_cycle_hits_at_each_of_its_instants_however_time_is_advanced(text: str, hits: list[float]) -> None:
    told = []
    for steps in ([6 * HOUR], [HOUR / 2] * 12, [HOUR * 2] * 3):
        play = Play(plain(users("a r") + boundary("b", "a", timer(text, "timeCycle"), cancels=False), "s>a>e;b>r")).start()
        for step in steps:
            play.trial.advance(step)
        told.append([entry.at for entry in play.trial.trace(play.id) if entry.happened == "caught"])
    assert told == [[NOW + HOUR * hit for hit in hits]] * 3


@pytest.mark.parametrize(("clock", "duration", "calendar", "due"), [
    ("elapsed", "PT40M", OFFICE, NOW + timedelta(minutes=40)),
    ("working_minutes", "PT4H", OFFICE, datetime(2026, 1, 5, 7, tzinfo=UTC)),  # 09:00 WIB, an hour's break, 14:00
    ("working_days", "P5D", OFFICE, datetime(2026, 1, 12, 9, tzinfo=UTC)),  # Monday to the next Monday 16:00
    ("same_day", "P1D", OFFICE, datetime(2026, 1, 5, 17, tzinfo=UTC)),  # 24:00 WIB
    ("same_day", "P1D", None, datetime(2026, 1, 6, tzinfo=UTC)),  # without a calendar a day still ends at 24:00, of UTC
    ("working_minutes", "PT40M", None, NOW + timedelta(minutes=40)),
])
def test_a_standard_falls_due_on_its_own_clock(clock: str, duration: str, calendar: WorkCalendar | None, due: datetime) -> None:
    standard = f'<extensionElements><sop:standard clock="{clock}" text="-"/></extensionElements>'
    play = Play(plain(users("a x") + boundary("b", "a", standard + timer(duration), cancels=False), "s>a>e;b>x"), calendar=calendar).start()
    [task] = play.trial.open_tasks()
    assert task.due_at == due and task.standard is not None and task.standard.clock == clock
    play.trial.advance(due - NOW)
    assert play.open() == ["a", "x"]


def test_operations_begun_at_one_instant_are_asked_in_that_order() -> None:
    asked: list[Any] = []

    def ask(call: OperationCall) -> Mapping[str, Any]:
        asked.append(call.arguments.get("v", call.element_id))
        return {"res": 1}

    ids = [f"o{number}" for number in range(12)]
    Play(plain(node("parallelGateway", "f") + "".join(service(id, "op") for id in ids), "s>f;" + ";".join(f"f>{id}>e" for id in ids)),
         operations={"op": ask}).start()
    each = '<extensionElements><sop:argument name="v" value="it"/></extensionElements>' + for_each("items", "it", "res")
    Play(plain(node("serviceTask", "o", each, sop__operation="op"), "s>o>e"), operations={"op": ask}).start({"items": list("ABCDEFGHIJKL")})
    assert asked == ids + list("ABCDEFGHIJKL")


def test_tasks_of_several_instances_stand_in_the_order_of_their_items() -> None:
    play = Play(plain(node("userTask", "a", for_each("items", "it", "res")), "s>a>e")).start({"items": list(range(12))})
    assert [task.item for task in play.trial.open_tasks()] == list(range(12))


def test_the_instance_that_waited_first_takes_the_message() -> None:
    play = Play(EVENTS, plain(catch("c") + users("b"), "s>c>b>e"))
    waiting = [play.trial.start() for _ in range(5)]
    assert [play.trial.send_message("Msg") for _ in waiting] == [[instance] for instance in waiting]


def test_messages_that_came_too_early_are_taken_in_the_order_they_came() -> None:
    play = Play(EVENTS, plain(users("a") + catch("c1") + users("b") + catch("c2") + users("c"), "s>a>c1>b>c2>c>e"), reloads=True).start()
    for number in (1, 2):
        assert play.trial.send_message("Msg", {"n": number}) == []
    assert play.do("a").variables() == {"n": 1}
    assert play.do("b").variables() == {"n": 2}
    assert play.open() == ["c"]


def test_a_signal_reaches_everybody_and_is_never_kept() -> None:
    play = Play(EVENTS, plain(users("a") + node("intermediateCatchEvent", "c", SIGNAL) + users("b"), "s>a>c>b>e"),
                process(node("startEvent", "ss", SIGNAL) + users("z") + flows("ss>z"), "q")).start({}, "p")
    assert len(play.trial.send_signal("Sig")) == 1  # the process that a signal starts
    play.do("a")
    assert play.open() == []
    second = play.trial.start("p")
    play.trial.complete(play.trial.open_tasks(second)[0].id)
    assert play.trial.send_signal("Sig")[:2] == [play.id, second]


@pytest.mark.parametrize(("variables", "keys", "reached"), [
    ({"number": "B"}, {}, [1]), ({}, {"case": "A"}, [0]), ({"number": "A"}, {"case": "B"}, [1]), ({"number": "Q"}, {}, []), ({}, {}, []),
])
def test_a_message_is_correlated_by_its_keys_or_by_what_the_diagram_reads_out_of_it(
    variables: dict[str, str], keys: dict[str, str], reached: list[int],
) -> None:
    play = Play(EVENTS, CORRELATED, process(node("startEvent", "s") + catch("c") + users("b") + flows("s>c>b") + SUBSCRIBED), KEY)
    waiting = [play.trial.start(None, {"own_number": number}) for number in "AB"]
    assert [waiting.index(each) for each in play.trial.send_message("Msg", variables, keys=keys)] == reached


@pytest.mark.parametrize(("failure", "calls"), [(TransientFailure("-"), [0, 1, 6, 36]), (PermanentFailure("-"), [0]), (RuntimeError("-"), [0])])
def test_an_operation_is_tried_again_with_one_key_and_then_waits_for_a_person(failure: Exception, calls: list[int]) -> None:
    asked: list[OperationCall] = []

    def fail(call: OperationCall) -> Mapping[str, Any]:
        asked.append(call)
        raise failure

    play = Play(plain(node("parallelGateway", "f") + service("o", "op", a="x + 1") + users("b"), "s>f>o>e;f>b>e"),
                operations={"op": fail}, reloads=True).start({"x": 1}, business_key="BK").wait(days=2)
    assert [call.now - NOW for call in asked] == [timedelta(minutes=minute) for minute in calls]
    assert len({call.idempotency_key for call in asked}) == 1
    assert {(call.name, call.element_id, call.business_key, call.arguments["a"]) for call in asked} == {("op", "o", "BK", 2)}
    assert (play.status, play.open()) == ("incident", ["b"])


def test_trials_of_one_database_see_nothing_of_each_other(tmp_path: Any) -> None:
    drawn = bundle(EVENTS, plain(catch("c") + users("b"), "s>c>b>e"))
    one, other = (Trial.open(drawn, now=NOW, database_url=f"sqlite:///{tmp_path}/trials.db") for _ in range(2))
    mine, theirs = one.start(), other.start()
    assert one.send_message("Msg") == [mine]
    assert other.open_tasks() == []
    with pytest.raises(EngineError):
        one.variables(theirs)


ODD: dict[str, Callable[[Play], Any]] = {
    "a float": lambda play: play.trial.start(None, {"x": 1.5}),
    "a float inside": lambda play: play.trial.start(None, {"x": [{"y": 1.5}]}),
    "bytes": lambda play: play.trial.start(None, {"x": b""}),
    "half a surrogate pair": lambda play: play.trial.start(None, {"x": "\ud800"}),
    "half a surrogate pair as a name": lambda play: play.trial.start(None, {"x": {"\ud800": 1}}),
    "a number as a name": lambda play: play.trial.start(None, {5: 1}),
    "no process of that name": lambda play: play.trial.start("nope"),
    "no task of that name": lambda play: play.trial.complete("nope"),
    "no instance of that name": lambda play: play.trial.trace("nope"),
    "a float in a message": lambda play: play.trial.send_message("Msg", {"x": 1.5}),
}


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_is_refused_with_a_code_and_changes_nothing(name: str) -> None:
    play = Play(plain(users("a"), "s>a>e")).start({"kept": 1})
    before = play.trial.trace()
    with pytest.raises(EngineError) as refused:
        ODD[name](play)
    assert refused.value.code and "1.5" not in str(refused.value)
    assert play.trial.trace() == before and play.variables() == {"kept": 1}


@pytest.mark.parametrize(("odd", "refused"), [(timedelta(seconds=-1), ValueError), (timedelta.max, EngineError)], ids=["backwards", "for ever"])
def test_time_that_cannot_pass_does_not_pass(odd: timedelta, refused: type[Exception]) -> None:
    play = Play(plain(users("a"), "s>a>e")).start()
    with pytest.raises(refused):
        play.trial.advance(odd)
    assert play.trial.now == NOW and play.do("a").status == "completed"
