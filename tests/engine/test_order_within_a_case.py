"""What happened first in a case stays first, whatever the clocks say: a rebuild tells it in the order in which it was written."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.clock import ManualClock
from engine.commands import cases as case_commands
from engine.commands import instances
from engine.executor import Context
from engine.results import CompletionResult
from storage import cases, deployments
from storage import instances as instance_rows
from storage.schema import history
from tests.support import bpmn, neighbours, postgres
from tests.support.neighbours import HOME, Neighbours

CASE = "KLB-URUT"
SHEET = 'start_form = "begin"\nstart_roles = ["intake_operator"]\n'
BEGIN = {"title": {"id": "Mulai", "en": "Begin"}, "clause": "", "fields": []}
NOTE = {"title": {"id": "Catatan", "en": "Note"}, "clause": "", "fields": [
    {"key": "said", "type": "text", "label": {"id": "Isi", "en": "Text"}, "required": True, "sensitivity": "C1"}]}
NOTES = bpmn.document(bpmn.process(
    "notes", bpmn.element("laneSet", "lanes", bpmn.element("lane", "lane", "".join(
        f"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>" for each in ("s", "note")), name="Petugas")),
    bpmn.start(), bpmn.user("note", sop_form="note"), bpmn.end(), bpmn.flows("s", "note", "e")))


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Neighbours:
    return opened(tmp_path, database_url)


def opened(folder: Path, database_url: str, *, record: str | None = "remark") -> Neighbours:
    made = neighbours.opened(folder, database_url)
    made.deploy(HOME, "notes", NOTES, lanes={"Petugas": "companion"}, forms={
        "begin": BEGIN, "note": {**NOTE, **({"record": record} if record else {})}}, sheet=SHEET)
    return made


def begun(office: Neighbours, key: str = "notes") -> CompletionResult:
    return office.engine.cases.start(office.actor(HOME, "intake_operator"), key, submission={}, business_key=CASE)


def note(office: Neighbours, started: CompletionResult, said: str) -> None:
    who, task = office.actor(HOME, "companion", name="Sari"), started.opened[0]
    revision = office.engine.tasks.claim(who, task.id).revision
    office.engine.tasks.complete(who, task.id, {"said": said}, expected_revision=revision)


def stored(office: Neighbours) -> Any:
    """The case as its row and records say it; what is sealed, opened."""
    (row,) = [each for each in office.cases(HOME) if each.summary.business_key == CASE]
    with office.executor.database.reading() as uow:
        case = cases.get(uow, row.summary.id)
        versions = [(each.record, each.version, each.chain_id, each.seq) for each in cases.records(uow, row.summary.id)]
    return case, versions, row.records


def rebuilt(office: Neighbours) -> Any:
    (row,) = [each for each in office.cases(HOME) if each.summary.business_key == CASE]
    reports = office.engine.audit.rebuild(office.engine.people.operator(HOME), row.summary.id)
    assert {each.verdict for each in reports} == {"confirmed"}
    return stored(office)


def places(office: Neighbours) -> list[tuple[int, str]]:
    with office.executor.database.reading() as uow:
        return [tuple(row) for row in uow.execute(
            select(history.journal.c.place, history.journal.c.kind).order_by(history.journal.c.place))]


@pytest.mark.parametrize("earlier", [timedelta(0), timedelta(seconds=5)], ids=["one instant", "a clock set back"])
def test_of_two_notes_the_last_written_is_the_last_told(office: Neighbours, earlier: timedelta) -> None:
    first, second = begun(office), begun(office)
    office.clock.advance(timedelta(minutes=1))
    note(office, second, "yang pertama ditulis")
    office.executor.clock = ManualClock(office.clock.now() - earlier)
    note(office, first, "yang terakhir ditulis")
    before = stored(office)

    assert [each[2] for each in before[1]] == [second.instance_id, first.instance_id]
    assert places(office) == [(1, "start"), (2, "start"), (3, "complete_task"), (4, "complete_task")]
    assert rebuilt(office) == before
    assert note_after(office) == 5


def note_after(office: Neighbours) -> int:
    """The place of what is written next."""
    begun(office)
    return places(office)[-1][0]


def test_a_case_that_never_ended_is_not_reopened(office: Neighbours) -> None:
    first, _ = begun(office), begun(office)
    note(office, first, "selesai lebih dulu")
    before = stored(office)

    assert before[0].status == case_commands.OPEN
    assert rebuilt(office) == before


def test_two_that_end_at_once_close_the_case(tmp_path: Path, postgres_cluster: postgres.Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have moved their instance before either looks whether another one of the case still runs."""
    office = opened(tmp_path, postgres_cluster.new_database(), record=None)  # of one record they would wait for each other anyway
    first, second = begun(office), begun(office)
    both, save = threading.Barrier(2), instance_rows.save

    def save_together(*given: Any, **named: Any) -> bool:
        moved = save(*given, **named)
        both.wait(timeout=30)
        return moved

    with monkeypatch.context() as patched:
        patched.setattr(instance_rows, "save", save_together)
        with ThreadPoolExecutor(2) as people:
            list(people.map(lambda started: note(office, started, "selesai"), (first, second)))

    before = stored(office)
    assert (before[0].status, before[0].closed_at) == ("terminated", office.clock.now())
    assert [place for place, _ in places(office)] == [1, 2, 3, 4]
    assert rebuilt(office) == before


def test_who_read_the_case_before_another_moved_it_reads_again(
        tmp_path: Path, postgres_cluster: postgres.Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a submission leads to depends on the other records of the case, too."""
    office = opened(tmp_path, postgres_cluster.new_database())
    one = begun(office)
    office.deploy(HOME, "others", NOTES, lanes={"Petugas": "companion"}, sheet=SHEET,
                  forms={"begin": BEGIN, "note": {**NOTE, "record": "another"}})
    another = begun(office, "others")
    both, latest_records, reads = threading.Barrier(2), cases.latest_records, []

    def read_together(*given: Any) -> Any:
        found = latest_records(*given)
        reads.append(found[0])
        if len(reads) <= 2:
            both.wait(timeout=30)
        return found

    with monkeypatch.context() as patched, ThreadPoolExecutor(2) as people:
        patched.setattr(cases, "latest_records", read_together)
        list(people.map(lambda started: note(office, started, "isi"), (one, another)))

    before = stored(office)
    assert reads == [2, 2, 3]
    assert [(record, version) for record, version, *_ in before[1]] == [("another", 1), ("remark", 1)]
    assert rebuilt(office) == before


def waits(process_id: str, hours: int, subscription: str = "") -> bytes:
    """Waits for `go`, but not longer than so many hours."""
    retrieval = bpmn.element("correlationPropertyRetrievalExpression", "r", "<bpmn:messagePath>number</bpmn:messagePath>",
                             messageRef="go")
    roots = bpmn.message("go") + bpmn.element("correlationProperty", "cp", retrieval, name="case_no")
    return bpmn.document(bpmn.process(
        process_id, subscription, bpmn.start(), bpmn.element("eventBasedGateway", "g"), bpmn.catch("come", bpmn.event("message", "go")),
        bpmn.catch("late", bpmn.timer(f"PT{hours}H")), bpmn.user("after"), bpmn.end(), bpmn.end("over"),
        bpmn.flows("s", "g", "come", "after", "e"), bpmn.flows("g", "late", "over")), roots=roots)


INSISTS = ('<bpmn:correlationSubscription id="cs" correlationKeyRef="k"><bpmn:correlationPropertyBinding id="b" '
           'correlationPropertyRef="cp"><bpmn:dataPath>number</bpmn:dataPath></bpmn:correlationPropertyBinding>'
           "</bpmn:correlationSubscription>")


def test_one_message_that_moves_two_instances_of_a_case(tmp_path: Path, database_url: str) -> None:
    """The younger insists on a key, so it is asked first; its hour is over, and the message goes to the older one."""
    office = neighbours.opened(tmp_path, database_url)
    plain, keen = office.deploy(HOME, "plain", waits("plain", 2)), office.deploy(HOME, "keen", waits("keen", 1, INSISTS))

    def start(context: Context, deployment_id: str, **variables: Any) -> str:
        row = deployments.get(context.uow, deployment_id)
        assert row is not None
        return instances.start(context, row, case_commands.in_hand(context, CASE), process_id=row.process_id, variables=variables).id

    older = office.executor.run(office.actor(HOME), lambda context: start(context, plain))
    office.executor.run(office.actor(HOME), lambda context: start(context, keen, number=7, risk="high"))
    office.clock.advance(timedelta(hours=1))
    reached = office.engine.cases.correlate_message(office.actor(HOME), "go", keys={"business_key": CASE},
                                                    submission={"number": 7, "risk": "low"})
    assert reached == (older,)
    before = stored(office)

    assert before[0].risk == "low"
    assert rebuilt(office) == before
