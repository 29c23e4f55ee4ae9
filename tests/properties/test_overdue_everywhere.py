"""What is overdue is overdue everywhere: in lists, counts, the case, the desk and its pages, figures, exports, the feed and mails, at random
instants; and what was finished late was so in every figure.

The rules of the screens are written here a second time, over the rows: of open tasks done, no standard, standing still, past due, four
fifths of the standard used, due today, none of these; of finished ones past due when recorded, or when stated once that was accepted.
`make test` looks at some instants of one office, `make soak` at those of ten, on both databases.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine import calendar_feed, mails, state_of
from engine.authorization import POLICY, visible_sensitivity
from engine.authorization import ObjectFacts as Facts
from engine.executor import Context
from engine.report_results import Period
from engine.results import InboxFilters
from engine.types import Actor
from storage import notices
from tests.support import busy_office
from tests.support.busy_office import ZONE, Busy, Row, instant
from tests.support.pages_of_busy import Pages

CLOSES = {**dict.fromkeys(range(4), time(16)), 4: time(16, 30)}   # bpmn/kalbar/agency.toml, outside Ramadan
WORKING = ("working_minutes", "working_days")
LEAD = frozenset({"case_manager", "supervisor", "head_of_unit", "data_staff"})
WORDS = {"done": "selesai", "none": "tanpa standar", "paused": "jeda", "late": "lewat", "soon": "mendekati", "today": "hari ini",
         "safe": "aman"}
FEWEST_PUBLISHED = 5


def rule(busy: Busy, task: Row, stopped: frozenset[str]) -> str:
    """The first that holds."""
    standard, due, warn, now = busy.standard(task), instant(task["due_at"]), instant(task["warn_at"]), busy.now
    if task["state"] == "completed":
        return "done"
    if standard is not None and standard["clock"] in WORKING and task["instance_id"] in stopped:
        return "paused"
    if standard is None or due is None:
        return "none"
    if now > due:
        return "late"
    if warn is not None and now >= warn:
        return "soon"
    closing = closes(now, standard["clock"], busy.risk(task))
    return "today" if closing is not None and due <= closing else "safe"


def closes(now: datetime, clock: str, risk: str) -> datetime | None:
    """Today's closing (screens.md 5.0): of a clock that rests at night when the office closes, as its sheet prints it, and none on a day
    off; of one that does not (elapsed, the same day, working minutes while the risk is high: design.md 2, domain.md 3.9) at 24.00."""
    day = now.astimezone(ZONE).date()
    if clock not in WORKING or (clock == "working_minutes" and risk == "high"):
        return datetime.combine(day + timedelta(days=1), time(), ZONE)
    printed = CLOSES.get(day.weekday())
    return None if printed is None else datetime.combine(day, printed, ZONE)


def was_late(task: Row) -> bool | None:
    """Of a finished task, by the instant that counts; None where the SOP gave no time."""
    due, counts = instant(task["due_at"]), instant(task["stated_at"] if task["accepted_at"] is not None else task["completed_at"])
    return None if task["standard"] is None or due is None else counts > due


def every(listed: Any) -> list[Any]:
    """All pages of a list."""
    found, number = [], 1
    while rows := listed(number).rows:
        found += rows
        number += 1
    return found


def cells(workbook: bytes) -> list[tuple[str, ...]]:
    """The rows of a workbook's first sheet, each cell as text, its texts inline or shared."""
    book, ns = zipfile.ZipFile(io.BytesIO(workbook)), "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    shared = ["".join(each.itertext()) for each in etree.fromstring(book.read("xl/sharedStrings.xml"))] \
        if "xl/sharedStrings.xml" in book.namelist() else []

    def text(cell: etree._Element) -> str:
        said = "".join("".join(part.itertext()) for part in cell if part.tag != f"{ns}f")
        return shared[int(said)] if cell.get("t") == "s" else said

    sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [tuple(text(cell) for cell in row) for row in sheet.iter(f"{ns}row")]


class Views:
    """One instant of one office, looked at from everywhere."""

    def __init__(self, busy: Busy, pages: Pages) -> None:
        self.busy, self.pages, self.engine = busy, pages, busy.office.engine
        stopped = frozenset(row["id"] for row in busy.rows("SELECT id FROM instance WHERE suspended_at IS NOT NULL"))
        self.tasks = {row["id"]: row for row in busy.rows("SELECT * FROM task WHERE state IN ('open', 'completed')")}
        self.states = {one: rule(busy, row, stopped) for one, row in self.tasks.items()}
        self.lead = Actor(account_id="lead", agency_id=busy.office.agency_id, name="lead", roles=LEAD)
        self.late = [row for one, row in self.tasks.items() if row["agency_id"] == self.lead.agency_id and self.states[one] == "late"]

    def compare(self) -> None:
        self.agency()
        self.finished()
        self.files()
        for who in self.busy.people.values():
            if any("task.list" in POLICY.get(role, {}) for role in who.roles):
                self.own(who)

    def agency(self) -> None:
        """Cases, the desk with its people, the figures of now."""
        engine, lead, late = self.engine, self.lead, {row["id"] for row in self.late}
        for case in self.busy.rows("SELECT id FROM case_file WHERE agency_id = :a ORDER BY id", a=lead.agency_id):
            found = engine.cases.get(lead, case["id"])
            self.said(found.open_tasks)
            timed = sorted((row.due_at, row.warn_at) for row in found.open_tasks if row.due_at is not None)
            assert (found.summary.next_due_at, found.summary.next_warn_at) in (timed[:1] or [(None, None)])
        tiles = {tile.key: tile.count for tile in engine.desk.tiles(lead)}
        for tile, wanted in (("late", {"late"}), ("today", {"today"})):
            listed = every(lambda number, tile=tile: engine.desk.tasks(lead, tile, page=number))
            self.said(listed)
            known = {one for one, row in self.tasks.items() if row["agency_id"] == lead.agency_id and self.states[one] in wanted}
            assert known <= {row.id for row in listed} and tiles[tile] == len(listed)
            if tile == "late":
                assert {row.id for row in listed} == late
        figures = engine.reports.overdue(lead)
        assert len(figures.tasks) + figures.limited + figures.more == len(late)
        held = Counter(row["assignee_id"] for row in self.late)
        assert {one.account_id: one.late_tasks for one in engine.desk.workload(lead) if one.late_tasks} == {
            one: count for one, count in held.items() if one in {person.account_id for person in engine.desk.workload(lead)}}
        loads = engine.reports.times(lead, self.month()).loads
        assert {one.role: one.late for one in loads if one.late} == Counter(row["role"] for row in self.late if self.known(row))

    def finished(self) -> None:
        """Shares on time: the desk, the report and its flow, the map, the promises."""
        engine, lead, month = self.engine, self.lead, self.month()
        done = [row for row in self.tasks.values() if row["state"] == "completed" and row["agency_id"] == lead.agency_id]
        steps = self.shares(row for row in done if self.known(row) and month.begins(ZONE) <= instant(row["completed_at"]) < month.ends(ZONE))
        report = engine.reports.times(lead, month)
        assert {(sop.key, step.times.element_id): (step.times.done, step.times.judged, step.times.on_time)
                for sop in report.sops for step in sop.steps} == steps
        flow = report.flow[-1]
        assert (flow.done, flow.judged, flow.on_time) == tuple(map(sum, zip(*steps.values(), strict=True))) if steps else (0, 0, 0)
        year = self.shares(row for row in done if self.known(row))
        assert {(one.sop_key, one.element_id): (one.done, one.judged, one.on_time)
                for one in engine.desk.step_times(lead, days=366)} == year
        for key in {key for key, _ in steps}:
            drawn = engine.reports.heat_map(lead, key, month).decode()
            for (of, _), (number, judged, on_time) in steps.items():
                assert of != key or (f"{100 * on_time // judged} % · n {number}" if judged else f"n {number}") in drawn
        midnight = datetime.combine(self.busy.now.astimezone(ZONE).date(), time(), ZONE)
        judged = {step: found for step, found in self.shares(
            row for row in done if instant(row["completed_at"]) < midnight and row["verdict"] != "no_standard").items()}
        engine.public._promises.clear()  # they are counted once a day
        for promise in engine.public.promises("kalbar").measured:
            names = {row["element_id"] for row in done if row["name"] == promise.promised.step}
            for number, _, on_time in (judged[step] for step in judged if step[1] in names):
                assert (promise.count, promise.on_time) == ((number, 100 * on_time // number) if number >= FEWEST_PUBLISHED else (None, None))

    def shares(self, rows: Any) -> dict[tuple[str, str], tuple[int, int, int]]:
        """(SOP, step) -> done, judged, on time."""
        found: dict[tuple[str, str], tuple[int, int, int]] = {}
        for row in rows:
            number, judged, on_time = found.get((row["sop_key"], row["element_id"]), (0, 0, 0))
            late = was_late(row)
            found[row["sop_key"], row["element_id"]] = (number + 1, judged + (late is not None), on_time + (late is False))
        return found

    def files(self) -> None:
        """CSV and workbook of what is late now, as the pages give them out."""
        dues = sorted(instant(row["due_at"]) for row in self.late if self.known(row))
        text = self.pages.export("csv").decode("utf-8-sig")
        in_csv = [tuple(row) for row in csv.reader(io.StringIO(text))][2:]
        in_book = cells(self.pages.export("xlsx"))[2:]
        assert len(in_csv) == len(dues) and in_csv == in_book
        assert Counter(row[5] for row in in_csv) == Counter(self.pages.due(at) for at in dues)

    def own(self, who: Actor) -> None:
        """Boxes, counts, feed, digest and notice mails of one person, and the page of their box."""
        tasks_of, states = self.engine.tasks, self.states
        barred = {row["case_id"] for row in self.busy.rows("SELECT case_id FROM conflict_of_interest WHERE account_id = :a", a=who.account_id)}
        mine = {one for one, row in self.tasks.items() if row["assignee_id"] == who.account_id and row["state"] == "open"
                and row["agency_id"] == who.agency_id and row["case_id"] not in barred
                and who.provider_id is None}   # no partner's person here answers for a provider
        for box in ("mine", "pool", "aside", "done"):
            self.said(every(lambda number, box=box: tasks_of.inbox(who, InboxFilters(box=box), number)))
        listed = every(lambda number: tasks_of.inbox(who, InboxFilters(box="mine", late_only=True), number))
        mine_late = {one for one in mine if states[one] == "late"}
        assert {row.id for row in listed} == mine_late and tasks_of.counts(who)["late"] == len(mine_late)
        feed, digest = self.busy.office.executor.read(who, lambda context: told(context, who, self.busy.now))
        assert feed.count("SUMMARY:LEWAT") == len(mine_late)
        counted = Counter(states[one] for one in mine)
        assert (f"{counted['late']} lewat tenggat" in digest) is bool(counted["late"]), (counted, digest)
        for task_id, said in self.busy.office.executor.read(who, lambda context: mailed(context, who)):
            if states.get(task_id) in WORDS:
                assert f"enggat: {WORDS[states[task_id]]}" in said, (said, states[task_id])
        shown = tasks_of.inbox(who, InboxFilters(box="mine"), 1).rows
        assert self.pages.late_tags(who, "/tugas") == sum(states[row.id] == "late" for row in shown)

    def said(self, rows: Any) -> None:
        """Each row says the state it has; a finished one whether it was late."""
        for row in rows:
            assert state_of(row, now=self.busy.now, zone=ZONE) == self.states[row.id], (row, self.states[row.id])
            if row.completed_at is not None and row.verdict:
                assert row.official == {None: "no_standard", True: "late", False: "on_time"}[was_late(self.tasks[row.id])], row

    def known(self, row: Row) -> bool:
        """Whether figures may tell the lead of this step: it is of no class that they see of their own cases only."""
        return row["sensitivity"] in visible_sensitivity(self.lead, Facts(agency_id=self.lead.agency_id)) | {"C0", "C1"}

    def month(self) -> Period:
        return Period.month_of(self.busy.now.astimezone(ZONE).date())


def told(context: Context, who: Actor, now: datetime) -> tuple[str, str]:
    """The calendar feed and the daily mail of one person."""
    feed = calendar_feed.of(context, who, zone=ZONE, language="id", base_url="https://kawal.example").decode()
    said = mails._digest(context, who, frozenset(), now - timedelta(days=1), ZONE, "id")
    return feed.replace("\r\n ", ""), "" if said is None else "\n".join(said[1])


def mailed(context: Context, who: Actor) -> list[tuple[str, str]]:
    """The mails of the notices about tasks that one person has not read: task, text."""
    rows = notices.of_account(context.uow, who.agency_id, who.account_id, who.roles, limit=20)
    found = [(row.task_id, mails._notice(context, who, row.id, ZONE, "id")) for row in rows if row.task_id is not None]
    return [(str(task_id), "\n".join(said[1])) for task_id, said in found if said is not None]


def walk(folder: Path, database_url: str, *, seed: int, cases: int, instants: int) -> set[str]:
    busy = busy_office.opened(folder, database_url, seed=seed, cases=cases)
    pages, seen = Pages(busy, folder), set[str]()
    try:
        for _ in range(instants):
            busy.start()
            for _ in range(12):
                busy.act()
            for _ in range(3):
                busy.finish()
            busy.office.engine.jobs.warn()
            busy.office.clock.advance(busy.chance.choice((timedelta(minutes=8), timedelta(minutes=31), timedelta(hours=7))))
            busy.refresh()
            for late_by in (timedelta(0), timedelta(microseconds=1)):  # a moment later what was due just now is late
                busy.office.clock.advance(late_by)
                views = Views(busy, pages)
                views.compare()
                seen |= {*views.states.values(), *(f"was late {was_late(row)}" for row in views.tasks.values() if row["state"] == "completed")}
    finally:
        busy.office.database.close()
    return seen


def test_overdue_is_equal_in_every_view(tmp_path: Path, sqlite_url: str) -> None:
    assert {"late", "was late True"} <= walk(tmp_path, sqlite_url, seed=6, cases=3, instants=2)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20, 30))
def test_so_for_ten_offices(tmp_path: Path, database_url: str, seed: int) -> None:
    assert {"late", "was late True", "was late False"} <= walk(tmp_path, database_url, seed=seed, cases=20, instants=12)
