"""What waits for a role that nobody holds: who can change that is told by name, and nothing where somebody could answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.errors import NotAllowed
from tests.support import office as offices
from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path, sqlite_url: str) -> Office:
    return offices.opened(tmp_path, sqlite_url)


def test_a_role_nobody_holds_is_named_with_who_can_give_it_and_who_is_on_duty(office: Office) -> None:
    roster = office.engine.roster
    dewi = office.hire("Dewi", "companion")
    waited_for = ["case_manager", "companion", "external_provider", ""]
    alone = roster.vacancy(dewi, waited_for)
    assert alone is not None
    assert (alone.roles, alone.givers, alone.heads, alone.on_duty) == (("case_manager",), (), (), ()), "a provider answers by its link"

    office.hire("Kirana", "system_admin")
    citra, now = office.hire("Citra", "head_of_unit"), office.clock.now()
    roster.add_shift(citra, dewi.account_id, starts_at=now, ends_at=now + timedelta(hours=8), phone="0812 0000 0000")
    told = roster.vacancy(dewi, waited_for)
    assert told is not None
    assert (told.givers, told.heads, [(each.name, each.phone) for each in told.on_duty]) == (
        ("Kirana",), ("Citra",), [("Dewi", "0812 0000 0000")])

    bima = office.hire("Bima", "case_manager")
    assert roster.vacancy(dewi, waited_for) is None
    kirana = office.engine.people.operator("kalbar")
    office.engine.people.end_role(kirana, bima.account_id, "case_manager", until_date=office.clock.now().date())
    assert roster.vacancy(dewi, waited_for) is None, "today still"
    office.clock.advance(timedelta(days=1))
    gone = roster.vacancy(dewi, waited_for)
    assert gone is not None and gone.on_duty == ()


def test_other_agencies_people_hold_nothing_here_and_who_knows_no_roster_asks_in_vain(office: Office) -> None:
    dewi = office.hire("Dewi", "companion")
    office.engine.people.create_account(office.engine.people.operator("tetangga"), sign_in="jauh.rekaan", name="Jauh",
                                        passphrase="kuda batu hujan pelan sekali", roles=["case_manager", "head_of_unit"], demo=True)
    found = office.engine.roster.vacancy(dewi, ["case_manager"])
    assert found is not None and found.heads == ()
    with pytest.raises(NotAllowed):
        office.engine.roster.vacancy(office.actor("external_provider"), ["case_manager"])
