"""Days away with a substitute (Plt.): what they see and may do, both names in the log, and nobody approves their own proposal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from engine import errors
from engine.absences import AbsenceRefused, AlreadyAway, SubstituteRefused
from engine.casefile import approval
from engine.casefile.case import Case, Submission
from engine.results import InboxFilters, ReplayVerdict
from engine.types import Actor
from tests.support import office as offices
from tests.support.office import Office

PASSPHRASE = "kuda batu hujan pelan sekali"
TODAY, FRIDAY = date(2026, 11, 10), date(2026, 11, 13)
DECREE = "ST 094/12/UPTD/2026, 9 November 2026"
APPROVED = {"decision": "approved", "assessment_is_relevant": True}
WHO = {"bima": ["case_manager"], "dewi": ["companion"], "eko": ["companion"], "citra": ["head_of_unit"], "audi": ["auditor"],
       "mitra": ["external_provider"]}


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    opened = offices.opened(tmp_path, f"sqlite:///{tmp_path / 'kawal.db'}")
    yield opened
    opened.database.close()


@pytest.fixture
def people(office: Office) -> dict[str, str]:
    operator = office.engine.people.operator("kalbar")
    asked = office.engine.people.qualifications(operator)
    return {name: office.engine.people.create_account(
        operator, sign_in=name, name=name.title(), passphrase=PASSPHRASE, roles=roles, demo=True,
        qualifications_confirmed={role: asked[role] for role in roles if role in asked}).id for name, roles in WHO.items()}


def signed_in(office: Office, name: str) -> Actor:
    found = office.engine.people.actor_of(office.engine.people.sign_in(name, PASSPHRASE, address="here"))
    assert found is not None
    return found[0]


def away(office: Office, people: dict[str, str], who: str, by: str, *, roles=None, first=TODAY, last=FRIDAY, recorded_by="", decree=DECREE) -> str:
    return office.engine.people.record_absence(
        signed_in(office, recorded_by or who), account_id=people[who], substitute_id=people[by], roles=WHO[who] if roles is None else roles,
        from_date=first, until_date=last, decree=decree)


def test_a_substitute_sees_the_queue_takes_over_and_both_names_are_told(office, people):
    bima = signed_in(office, "bima")
    started = office.start()
    task = office.engine.tasks.claim(bima, office.task(started, "approve_case_report").id)
    waiting = office.task(office.start(), "approve_case_report")
    away(office, people, "bima", "dewi")

    dewi = signed_in(office, "dewi")
    assert (dewi.roles, dewi.deputy_roles) == ({"companion", "case_manager"}, {"case_manager"})
    pool = {row.id: row for row in office.engine.tasks.inbox(dewi, InboxFilters(box="pool")).rows}
    assert {task.id, waiting.id} <= set(pool)
    assert "Plt." in pool[task.id].why.id
    taken = office.engine.tasks.claim(dewi, task.id)
    assert (taken.assignee_id, taken.claimed_at) == (people["dewi"], task.claimed_at)
    assert [notice.code for notice in office.engine.people.notices(bima)][0] == "task_taken"
    office.engine.tasks.complete(dewi, task.id, APPROVED, expected_revision=taken.revision)

    rows = office.engine.cases.get(signed_in(office, "citra"), started.case_id).history
    assert "Dewi (Plt. Bima)" in {row.actor_name for row in rows}
    instance_id = next(row for row in [task]).instance_id
    assert office.engine.audit.verify(signed_in(office, "audi"), instance_id).verdict is ReplayVerdict.CONFIRMED
    assert all(one.verdict is ReplayVerdict.CONFIRMED for one in office.engine.audit.rebuild(office.engine.people.operator("kalbar"), started.case_id))


def test_it_ends_with_the_last_day_or_at_once_when_ended(office, people):
    absence = away(office, people, "bima", "dewi")
    assert office.engine.people.absences(signed_in(office, "dewi"))[0].runs
    later = away(office, people, "citra", "bima", first=FRIDAY + timedelta(days=10), last=FRIDAY + timedelta(days=11))
    assert [one.may_end for one in office.engine.people.absences(signed_in(office, "eko"))] == [False, False]
    with pytest.raises((errors.NotFound, errors.NotAllowed)):
        office.engine.people.end_absence(signed_in(office, "eko"), absence)
    office.engine.people.end_absence(signed_in(office, "citra"), absence)
    office.engine.people.end_absence(signed_in(office, "citra"), absence)  # twice is once
    assert signed_in(office, "dewi").roles == {"companion"}
    office.engine.people.end_absence(signed_in(office, "citra"), later)

    away(office, people, "bima", "dewi")
    office.clock.advance(timedelta(days=4))                                # Saturday
    assert signed_in(office, "dewi").roles == {"companion"}


@pytest.mark.parametrize(("given", "refusal"), [
    ({"who": "dewi", "by": "eko", "recorded_by": "eko"}, errors.NotFound),                  # a colleague's: not eko's to record
    ({"who": "bima", "by": "dewi", "recorded_by": "audi"}, errors.NotAllowed),
    ({"who": "bima", "by": "bima"}, SubstituteRefused),
    ({"who": "dewi", "by": "bima", "recorded_by": "bima"}, SubstituteRefused),              # nobody appoints themselves
    ({"who": "bima", "by": "audi"}, SubstituteRefused),                                     # who audits does no work
    ({"who": "dewi", "by": "mitra"}, SubstituteRefused),                                    # a partner is none of the house
    ({"who": "dewi", "by": "eko", "roles": ["head_of_unit"]}, AbsenceRefused),              # nobody hands on what is not theirs
    ({"who": "dewi", "by": "eko", "roles": []}, AbsenceRefused),
    ({"who": "dewi", "by": "eko", "decree": " "}, AbsenceRefused),
    ({"who": "dewi", "by": "eko", "first": FRIDAY, "last": TODAY}, AbsenceRefused),
    ({"who": "dewi", "by": "eko", "first": date.min, "last": date.min}, AbsenceRefused),
    ({"who": "dewi", "by": "eko", "last": date(2028, 1, 1)}, AbsenceRefused),
])
def test_what_is_wrong_is_refused(office, people, given, refusal):
    with pytest.raises(refusal):
        away(office, people, **given)
    assert office.engine.people.absences(signed_in(office, "citra")) == ()


def test_nobody_stands_in_while_away_and_a_role_is_handed_on_once(office, people):
    away(office, people, "bima", "dewi")
    with pytest.raises(AlreadyAway):
        away(office, people, "bima", "eko", first=FRIDAY, last=FRIDAY + timedelta(days=3))
    with pytest.raises(SubstituteRefused):
        away(office, people, "dewi", "bima")                               # A for B and B for A
    away(office, people, "dewi", "eko")                                    # dewi leaves too: only her own role goes on
    assert signed_in(office, "eko").roles == {"companion"}
    assert signed_in(office, "dewi").deputy_roles == {"case_manager"}
    with pytest.raises(AbsenceRefused):
        away(office, people, "dewi", "eko", roles=["case_manager"], first=FRIDAY + timedelta(days=5), last=FRIDAY + timedelta(days=6))


@pytest.mark.parametrize(("proposed_by", "approved_by", "alone"), [
    (("dewi", ()), ("citra", ()), False),
    (("dewi", ()), ("dewi", ()), True),
    (("dewi", ()), ("dewi", ("citra",)), True),     # as Plt. of the head she would approve her own
    (("dewi", ("bima",)), ("bima", ()), True),      # what was proposed in his place he does not approve
    (("bima", ()), ("dewi", ("bima",)), True),      # nor does she in his place what he proposed himself
    (("dewi", ("bima",)), ("citra", ("eko",)), False),
])
def test_what_one_proposes_the_other_does_not_approve(proposed_by, approved_by, alone):
    def sent(who: tuple[str, tuple[str, ...]], **values: object) -> Submission:
        return Submission(values=values, actor_id=who[0], acting_for=frozenset(who[1]))

    record = approval.proposed(Case(), "termination", sent(proposed_by, reason="selesai"))
    case = Case(records={"termination": record})
    assert approval.approves_alone("termination", case, sent(approved_by, termination_decision="approved")) is alone
