"""Trying an SOP out on a page: variables as lines, a clock set by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.support.fake_engine import NOW
from webui import trials


@pytest.fixture
def trial(owner, engine):
    return engine.sops.trial(None, engine.sops.try_open(None, {}))


PATH = "/sop/coba/trial-1"


def test_a_process_is_started_completed_and_traced(owner, trial):
    owner.post(f"{PATH}/mulai", {"process_id": "utama", "variables": "risiko = tinggi\njumlah = 3"}, on=PATH)
    assert trial.variables("i-1") == {"risiko": "tinggi", "jumlah": Decimal(3)}
    page = owner.get(PATH).text
    assert "Memeriksa" in page and "tinggi" in page
    owner.post(f"{PATH}/selesai", {"work_id": "t-1", "variables": "disetujui = ya"}, on=PATH)
    page = owner.get(PATH).text
    assert "Tidak ada yang menunggu orang" in page and "Selesai" in page and "tugas" in page


def test_the_clock_moves_by_what_was_asked_and_never_back(owner, trial):
    owner.post(f"{PATH}/maju", {"amount": "3", "unit": "hours"}, on=PATH)
    assert trial.now == NOW + timedelta(hours=3)
    for amount, unit in (("-5", "hours"), ("x", "days"), ("2", "years")):
        owner.post(f"{PATH}/maju", {"amount": amount, "unit": unit}, on=PATH)
    assert trial.now == NOW + timedelta(hours=3)
    owner.post(f"{PATH}/maju", {"amount": "999999999999", "unit": "days"}, on=PATH)
    assert trial.now <= NOW + timedelta(hours=3) + trials.MOST


def test_what_the_engine_refuses_is_said_on_the_page(owner, trial):
    response = owner.post(f"{PATH}/selesai", {"work_id": "tidak-ada"}, on=PATH)
    assert response.status_code == 422 and "tidak sedang menunggu" in response.text


def test_a_line_that_is_no_variable_is_named(owner, trial):
    response = owner.post(f"{PATH}/mulai", {"variables": "a = 1\nini bukan"}, on=PATH)
    assert response.status_code == 422 and "Baris 2" in response.text
    assert trial.trace() == []


def test_somebody_elses_trial_is_not_found(owner):
    assert owner.get("/sop/coba/trial-9").status_code == 404


@pytest.mark.parametrize(("text", "value"), [
    ("true", True), ("Ya", True), ("tidak", False), ("null", None), ("", None),
    ("12", Decimal(12)), ("-1.50", Decimal("-1.50")), ("1e999999999", "1e999999999"), ("1,5", "1,5"),
    ("2026-11-24", date(2026, 11, 24)), ("2026-13-01", "2026-13-01"),
    ('"12"', "12"), ("[1, b]", [Decimal(1), "b"]), ("[]", []), ("__import__('os')", "__import__('os')"),
])
def test_values_are_recognised_and_nothing_is_evaluated(text, value):
    assert trials.read_values(f"nama = {text}") == {"nama": value}
