"""How the demo's offices are led: somebody on duty, every other open case in somebody's hands, one supervision session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.results import SupervisionTask
from engine.types import Actor

LEADS = ("case_manager", "supervisor", "head_of_unit")
PHONE = "0800-0000-0000"  # nobody's


def provider(engine: Any, agency_id: str, name: str) -> str | None:
    """The provider a partner's person answers for, written into the directory of the agency; None for whoever works for the unit."""
    if not name:
        return None
    keeper = Actor(account_id="demo", agency_id=agency_id, name="demo", roles=frozenset({"data_staff"}))
    kind, service = ("hospital", "health_support") if name.startswith("RSUD") else ("uptd_ppa", "psychosocial")
    return str(engine.providers.save(keeper, {"name": name, "display_name": name, "kind": kind, "services": [service], "phone": PHONE}))


def lead(engine: Any, actors: Mapping[str, Actor], now: datetime) -> None:
    """Done by the people who may, through the front door."""
    keeper = actors.get("head_of_unit") or actors.get("supervisor")
    authority = next((actors[role] for role in LEADS if role in actors), None)
    if keeper is None or authority is None:
        return
    people = engine.desk.workload(keeper)
    on_duty = next((each for each in people if "intake_operator" in each.roles), people[0])
    begins = now.replace(minute=0, second=0, microsecond=0)
    engine.roster.add_shift(keeper, on_duty.account_id, starts_at=begins, ends_at=begins + timedelta(days=7), phone=PHONE)
    companions = [each for each in people if "companion" in each.roles]
    cases = engine.cases.find(authority, status="open").rows
    for number, case in enumerate(cases[::2] if companions else ()):
        engine.cases.assign_owner(authority, case.id, companions[number % len(companions)].account_id)
    if companions and cases:
        engine.supervision.write(
            authority, companions[0].account_id, held_on=now.date() - timedelta(days=1), case_codes=[cases[0].business_key],
            advice="Pastikan jadwal kontak aman disepakati sebelum kunjungan berikutnya.",
            wellbeing="Beban minggu ini berat; dua kunjungan dialihkan.",
            tasks=[SupervisionTask(what="Menyusun jadwal kontak aman", until=now.date() + timedelta(days=3))])
