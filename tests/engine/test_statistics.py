"""Statistics of a period: who counts, what is hidden, how figures leave the house."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import InvalidSubmission, NotAllowed, NotFound
from engine.periods import Period
from engine.render import sheet
from engine.report_results import Statistics, Table
from engine.reports.statistics import PeriodRuns
from engine.types import Actor
from tests.support import office as offices
from tests.support.office import Office

NOVEMBER = Period(2026, 11)
HOSTILE = ("=HYPERLINK(\"http://x.invalid\")", "+1", "-1", "@SUM(A1)", "\tcmd", "\r=1", "=1+1;=2", " =1", "|calc", "a,b\n\"c\"")


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    return offices.opened(tmp_path, database_url)


def told(office: Office, period: Period = NOVEMBER, role: str = "data_staff") -> Statistics:
    return office.engine.reports.statistics(office.actor(role), period)


def counts(found: Statistics, key: str) -> dict[str, int | None]:
    (one,) = [each for each in found.dimensions if each.key == key]
    return {row.key: row.count for row in one.rows if row.count != 0}


def test_cases_are_told_apart_and_small_numbers_hidden(office):
    for number in range(12):
        office.start({"sex": "female" if number < 9 else "male", "birth_date": date(1990, 1, 1) if number < 6 else date(2014, 5, 5)})
    with pytest.raises(PeriodRuns):
        told(office)
    office.clock.advance(datetime(2026, 12, 1, tzinfo=UTC) - office.clock.now())
    found = told(office)
    assert found.total == 12
    assert counts(found, "sex") == {"female": None, "male": None}  # 12 - 9 would be the 3
    assert counts(found, "age") == {"25-44": 6, "6-12": 6}
    assert counts(found, "relation") == {"": 12}  # nobody was asked
    assert counts(found, "service") == {"health_support": 12}
    for role in ("process_owner", "auditor", "head_of_unit", "dinas_pppa"):
        assert told(office, role=role) == found
    assert office.engine.reports.statistics(office.stranger(), NOVEMBER).total == 0
    with pytest.raises(NotAllowed):
        told(office, role="companion")


def test_a_quarter_tells_no_month_by_difference_and_a_total_of_few_is_none(office):
    for month, women, men in ((10, 7, 6), (11, 3, 9), (12, 6, 8)):
        office.clock.advance(max(timedelta(0), datetime(2026, month, 12, 3, tzinfo=UTC) - office.clock.now()))
        for number in range(women + men if month != 10 else 0):
            office.start({"sex": "female" if number < women else "male"})
    office.clock.advance(datetime(2027, 1, 2, tzinfo=UTC) - office.clock.now())
    assert counts(told(office), "sex") == {"female": None, "male": None}
    assert counts(told(office, Period(2026, 12)), "sex") == {"female": 6, "male": 8}
    quarter = told(office, NOVEMBER.quarter)
    assert (quarter.total, counts(quarter, "sex")) == (26, {"female": None, "male": None})  # 9 - 6 would be November's 3

    for _ in range(4):
        office.start()
    office.clock.advance(timedelta(days=31))
    january = told(office, Period(2027, 1))
    assert (january.total, january.dimensions) == (None, ())  # even a nought would say what all four are not
    assert "KLB-" not in repr(january)


def test_what_leaves_is_text_or_a_number_and_never_a_formula():
    table = Table(title="Jenis", heads=("Jenis", "n"), rows=tuple((text, number) for number, text in enumerate(HOSTILE)))
    read = list(csv.reader(io.StringIO(sheet.csv_bytes([table]).decode("utf-8-sig"), newline="")))
    assert read[:2] == [["Jenis"], ["Jenis", "n"]]
    for (cell, number), (text, _) in zip(read[2:], table.rows, strict=True):
        assert cell == (text if text.startswith("a") else f"'{text}") and number.isdecimal()
    book = zipfile.ZipFile(io.BytesIO(sheet.xlsx_bytes([table, table])))
    pages = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert len(pages) == 2
    assert not any(sign in page for page in pages for sign in ("<f>", "<f ", "hyperlink"))
    assert sheet.xlsx_bytes([table]) == sheet.xlsx_bytes([table])


def test_an_export_has_a_reason_and_stands_in_the_list(office):
    boss: Actor = office.hire("Bima", "case_manager")
    table = Table(title="Kasus", heads=("Masa", "Kasus"), rows=(("November 2026", 12),))
    given = {"report": "statistik", "period": "2026-11", "media": "csv"}
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(InvalidSubmission):
            office.engine.reports.export(boss, [table], **given, reason=reason)
    with pytest.raises(NotFound):
        office.engine.reports.export(boss, [table], report="statistik", period="", media="pdf", reason="Rapat")
    assert office.engine.reports.exports(boss) == ()
    content = office.engine.reports.export(boss, [table], **given, reason=" Laporan  ke Dinas ")
    assert content == sheet.csv_bytes([table])
    (entry,) = office.engine.reports.exports(boss)
    assert (entry.who, entry.report, entry.period, entry.media, entry.reason) == ("Bima", "statistik", "2026-11", "csv", "Laporan ke Dinas")
    assert office.engine.reports.exports(office.actor("auditor"))[0].who == "#1"
    assert office.engine.reports.exports(office.stranger()) == ()
    for role in ("process_owner", "dinas_pppa", "companion"):
        with pytest.raises(NotAllowed):
            office.engine.reports.export(office.actor(role), [table], **given, reason="Rapat")
