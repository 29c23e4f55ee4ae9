"""What a printed time says, and which timers are surely another time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import time_words
from engine.durations import parse_duration
from engine.types import ClockKind

ELAPSED, MINUTES, DAYS, TODAY = ClockKind.ELAPSED, ClockKind.WORKING_MINUTES, ClockKind.WORKING_DAYS, ClockKind.SAME_DAY


@pytest.mark.parametrize(("text", "clocks", "length"), [
    ("10 menit", (MINUTES,), timedelta(minutes=10)), ("maksimal 24 Jam setelah diterima", (ELAPSED,), timedelta(hours=24)),
    ("3 x 24 jam", (ELAPSED,), timedelta(hours=72)), ("3x24 jam", (ELAPSED,), timedelta(hours=72)),
    ("5 Hari kerja", (DAYS,), timedelta(days=5)), ("5 (lima) hari kerja", (DAYS,), timedelta(days=5)),
    ("14 hari", (ELAPSED, DAYS), timedelta(days=14)), ("2 minggu", (ELAPSED,), timedelta(weeks=2)),
    ("pada hari yang sama", (TODAY,), timedelta()), ("paling lambat pukul 16.00 hari yang sama", (TODAY,), timedelta()),
    ("1 jam 30 menit", (ELAPSED,), timedelta(minutes=90)), ("1 jam dan 30 menit", (ELAPSED,), timedelta(minutes=90)),
    ("setengah jam", (ELAPSED,), timedelta(minutes=30)), ("satu setengah jam", (ELAPSED,), timedelta(minutes=90)),
    ("30–60 menit", (MINUTES,), timedelta(minutes=60)), ("0,5 jam", (ELAPSED,), timedelta(minutes=30)),
    ("1.440 menit", (MINUTES,), timedelta(days=1)), ("Dua puluh lima menit", (MINUTES,), timedelta(minutes=25)),
    ("sebelas hari", (ELAPSED, DAYS), timedelta(days=11)), ("sejam", (ELAPSED,), timedelta(hours=1)),
    ("2 jam kerja", (MINUTES,), timedelta(hours=2)), ("14 hari kalender", (ELAPSED,), timedelta(days=14)),
    ("paling lama (5 hari kerja)", (DAYS,), timedelta(days=5)), ("1 hari (24 jam)", (ELAPSED, DAYS), timedelta(days=1)),
])
def test_times_as_sources_print_them(text: str, clocks: tuple[ClockKind, ...], length: timedelta) -> None:
    printed = time_words.read(text)
    assert printed is not None and printed.is_all
    assert (printed.clocks, printed.length, printed.months) == (clocks, length, 0)


@pytest.mark.parametrize("text", [
    "tergantung jenis intervensi", "sesuai dengan kebutuhan", "sepanjang proses layanan", "berjam-jam", "", "sehari-hari",
    "Undang-Undang Nomor 12 Tahun 2022", "seketika", "1/2 jam",
    "99999999999999999 hari", "9" * 5000 + " menit", "9" * 30 + " bulan", "1 tahun 200000000 bulan",   # longer than any timer
])
def test_no_time_is_read_where_none_is_printed(text: str) -> None:
    assert time_words.read(text) is None


@pytest.mark.parametrize(("text", "clock", "length"), [
    ("3 hari kerja", ELAPSED, "P3D"), ("1 x 24 jam", MINUTES, "PT24H"), ("24 jam", MINUTES, "PT24H"), ("3 x 24 jam", DAYS, "P3D"),
    ("hari yang sama", ELAPSED, "PT72H"), ("1 x 24 jam", TODAY, "P0D"), ("sepuluh menit", MINUTES, "PT1H"), ("dua minggu", ELAPSED, "P7D"),
    ("0,5 jam", ELAPSED, "PT5H"), ("1 bulan", ELAPSED, "P1Y"), ("1 bulan", ELAPSED, "P10D"), ("3 hari", ELAPSED, "P3M"),
    ("2 hari kalender", DAYS, "P2D"), ("1 jam 30 menit", ELAPSED, "PT30M"), ("30-60 menit", MINUTES, "PT30M"), ("tidak lebih dari 3 hari", DAYS, "P4D"),
])
def test_a_timer_that_is_another_time_contradicts_its_words(text: str, clock: ClockKind, length: str) -> None:
    printed = time_words.read(text)
    assert printed is not None and printed.contradicts(clock, parse_duration(length))


@pytest.mark.parametrize(("text", "clock", "length"), [
    ("1 jam 30 menit", MINUTES, "PT90M"), ("24 jam", ELAPSED, "PT1440M"), ("1 hari", ELAPSED, "PT24H"), ("1 minggu", ELAPSED, "P7D"),
    ("1 minggu", DAYS, "P5D"), ("hari itu juga", TODAY, "P0D"), ("± 6 jam", ELAPSED, "PT6H"), ("60 menit", ELAPSED, "PT60M"),
    ("2 hari", DAYS, "P2D"), ("1 bulan", ELAPSED, "P30D"), ("1 tahun", ELAPSED, "P12M"), ("1 bulan", ELAPSED, "P1M"),
    # several times, a least one, how often, a number that is not read to its end: nothing to hold a timer to
    ("24 jam, atau 3 hari kerja bila jauh", ELAPSED, "P3D"), ("minimal 2 hari", ELAPSED, "P5D"), ("2 jam per kunjungan", ELAPSED, "P1D"),
    ("seratus dua puluh menit", MINUTES, "PT120M"), ("lebih dari 3 hari", ELAPSED, "P7D"),
])
def test_a_timer_that_may_be_meant_does_not(text: str, clock: ClockKind, length: str) -> None:
    printed = time_words.read(text)
    assert printed is not None and not printed.contradicts(clock, parse_duration(length))
