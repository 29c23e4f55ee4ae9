"""Who works at a task and when: giving on, taking back, setting aside, asking for help, and what each person then sees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from engine import errors
from engine.commands.handling import NotAhead, NoteMissing, NotEligible, TooPressing
from engine.results import InboxFilters
from engine.types import Actor
from tests.support import office as offices
from tests.support.office import Office

PASSPHRASE = "kuda batu hujan pelan sekali"
MINE, POOL, ASIDE = (InboxFilters(box=box) for box in ("mine", "pool", "aside"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def people(office: Office) -> dict[str, str]:
    """name -> account id of people with accounts, as giving a task to somebody needs them."""
    operator = office.engine.people.operator("kalbar")
    asked = office.engine.people.qualifications(operator)
    return {name: office.engine.people.create_account(
        operator, sign_in=name, name=name.title(), passphrase=PASSPHRASE, roles=roles, demo=True,
        qualifications_confirmed={role: asked[role] for role in roles if role in asked}).id
        for name, roles in {"bima": ["case_manager"], "budi": ["case_manager"], "dewi": ["companion"], "citra": ["head_of_unit"],
                            "mitra": ["external_provider"]}.items()}


def signed_in(office: Office, name: str) -> Actor:
    found = office.engine.people.actor_of(office.engine.people.sign_in(name, PASSPHRASE, address="here"))
    assert found is not None
    return found[0]


def test_sops_to_begin_say_when_in_their_own_words(office: Office) -> None:
    (sop,) = [each for each in office.engine.sops.startable(office.actor("intake_operator")) if each.key == offices.KEY]
    assert sop.begins is not None and sop.begins.event == "laporan kasus diterima dari SOP Pengaduan" and sop.begins.first
    assert all(each.begins is None for each in office.engine.sops.list(office.actor("head_of_unit")))


@pytest.fixture
def held(office: Office, people: dict[str, str]) -> tuple[Actor, Any]:
    """Bima, and the task he has just claimed."""
    bima = signed_in(office, "bima")
    task = office.task(office.start(), "approve_case_report")
    return bima, office.engine.tasks.claim(bima, task.id)


def ids(office: Office, actor: Actor, filters: InboxFilters) -> set[str]:
    found: set[str] = set()
    for number in range(1, 20):
        page = office.engine.tasks.inbox(actor, filters, number)
        found |= {row.id for row in page.rows}
    return found


def codes(office: Office, name: str) -> list[str]:
    return [notice.code for notice in office.engine.people.notices(signed_in(office, name))]


def test_a_task_is_handed_over_with_a_note_and_taken_back(office, people, held):
    bima, task = held
    given = office.engine.tasks.hand_over(bima, task.id, to=people["budi"], note="Ibu korban minta dihubungi sore.", expected_revision=task.revision)

    assert (given.assignee_id, given.claimed_at) == (people["budi"], task.claimed_at)  # giving on starts no new handling
    budi = signed_in(office, "budi")
    seen = office.engine.tasks.get(budi, task.id)
    assert seen.handled[0].note == "Ibu korban minta dihubungi sore."
    assert "Bima menyerahkan tugas ini" in seen.why_mine.id
    assert task.id in ids(office, budi, MINE)
    assert "task_given" in codes(office, "budi")
    assert "take_back" in office.engine.tasks.get(bima, task.id).may
    with pytest.raises(errors.TaskAlreadyClaimed):  # held by somebody else now
        office.engine.tasks.set_aside(bima, task.id, until=date(2026, 12, 1), note="nanti")

    again = office.engine.tasks.hand_over(budi, task.id, to=people["budi"], note="x")  # to its holder: nothing changes
    assert again.revision == given.revision
    back = office.engine.tasks.take_back(bima, task.id)
    assert back.assignee_id == bima.account_id
    assert office.engine.tasks.take_back(bima, task.id, note="") is not None  # twice is once
    assert "complete" not in office.engine.tasks.get(budi, task.id).may
    assert [act.verb for act in office.engine.tasks.get(bima, task.id).handled] == ["take_back", "hand_over"]


def test_a_row_says_since_when_it_is_in_ones_hands(office, people, held):
    bima, task = held
    began = office.clock.now()

    def since(name: str) -> Any:
        return {row.id: row.held_since for row in office.engine.tasks.inbox(signed_in(office, name), MINE).rows}.get(task.id)

    office.clock.advance(timedelta(minutes=10))
    assert since("bima") == began
    office.engine.tasks.hand_over(bima, task.id, to=people["budi"], note="Saya ke lapangan.")
    office.clock.advance(timedelta(minutes=5))
    assert (since("bima"), since("budi")) == (None, began + timedelta(minutes=10))
    budi = signed_in(office, "budi")
    office.engine.tasks.unclaim(budi, task.id)
    office.clock.advance(timedelta(minutes=1))
    office.engine.tasks.claim(budi, task.id)   # it waited for its team meanwhile
    assert since("budi") == began + timedelta(minutes=16)
    pool = office.engine.tasks.inbox(bima, InboxFilters(box="pool")).rows
    assert all(row.held_since is None for row in pool)


@pytest.mark.parametrize(("verb", "given", "refusal"), [
    ("hand_over", {"to": "budi", "note": " . "}, NoteMissing),
    ("hand_over", {"to": "dewi", "note": "tolong"}, NotEligible),          # does not hold the role
    ("delegate", {"to": "nobody"}, NotEligible),
    ("delegate", {"to": "budi", "expected_revision": 0}, errors.StaleRevision),
    ("set_aside", {"until": date(2026, 11, 10), "note": "besok"}, NotAhead),
    ("set_aside", {"until": date(2028, 1, 1), "note": "nanti"}, NotAhead),
    ("set_aside", {"until": date(2026, 11, 20), "note": ""}, NoteMissing),
    ("ask_help", {"of": "nobody", "note": "tolong"}, NotEligible),
    ("ask_help", {"of": "mitra", "note": "tolong"}, NotEligible),  # a partner sees what was agreed to, and no more
    ("ask_help", {"of": "budi", "note": ""}, NoteMissing),
    ("assign", {"to": "budi", "note": ""}, NoteMissing),                   # away from a holder: only with a reason
])
def test_what_cannot_be_is_refused_and_changes_nothing(office, people, held, verb, given, refusal):
    bima, task = held
    given = {key: people.get(value, value) if key in ("to", "of") and isinstance(value, str) else value for key, value in given.items()}
    with pytest.raises(refusal):
        getattr(office.engine.tasks, verb)(signed_in(office, "citra") if verb == "assign" else bima, task.id, **given)
    assert office.engine.tasks.get(bima, task.id).summary.revision == task.revision
    assert office.engine.tasks.get(bima, task.id).handled == ()


def test_only_the_holder_gives_on_and_only_authority_assigns(office, people, held):
    bima, task = held
    dewi = signed_in(office, "dewi")
    for verb in ("delegate", "assign", "take_back"):
        with pytest.raises((errors.NotFound, errors.NotAllowed)):
            getattr(office.engine.tasks, verb)(dewi, task.id, to=people["budi"]) if verb != "take_back" else office.engine.tasks.take_back(dewi, task.id)
    with pytest.raises(errors.NotFound):
        office.engine.tasks.assign(office.stranger(), task.id, to=people["budi"], note="x")
    citra = signed_in(office, "citra")
    assigned = office.engine.tasks.assign(citra, task.id, to=people["budi"], note="Bima sakit")
    assert assigned.assignee_name == "Budi"
    assert "task_taken" in codes(office, "bima")


def test_a_task_set_aside_comes_back_on_its_morning_or_when_it_presses(office, people):
    bima = signed_in(office, "bima")
    started = office.start()
    task = office.task(started, "approve_case_report")     # due in ten working minutes
    task = office.engine.tasks.claim(bima, task.id)
    aside = office.engine.tasks.set_aside(bima, task.id, until=date(2026, 11, 20), note="menunggu berkas")
    assert aside.aside_until is not None
    assert aside.aside_until.isoformat() == "2026-11-19T17:00:00+00:00"    # midnight in Pontianak
    assert task.id not in ids(office, bima, MINE)
    assert task.id in ids(office, bima, ASIDE)
    counted = office.engine.tasks.counts(bima)
    assert counted["aside"] == 1
    office.clock.advance(timedelta(minutes=9))             # 80 % are used: it is seen again
    assert task.id in ids(office, bima, MINE)
    assert task.id not in ids(office, bima, ASIDE)
    with pytest.raises(TooPressing):
        office.engine.tasks.set_aside(bima, task.id, until=date(2026, 11, 20), note="lagi")
    brought = office.engine.tasks.bring_back(bima, task.id)
    assert brought.aside_until is None
    assert office.engine.tasks.bring_back(bima, task.id).revision == brought.revision


def test_who_is_asked_for_help_reads_the_task_and_no_more(office, people, held):
    bima, task = held
    dewi = signed_in(office, "dewi")
    with pytest.raises(errors.NotFound):
        office.engine.tasks.get(dewi, task.id)
    office.engine.tasks.ask_help(bima, task.id, of=people["dewi"], note="Bagaimana menilai risikonya?")
    office.engine.tasks.ask_help(bima, task.id, of=people["dewi"], note="Bagaimana menilai risikonya?")  # twice is once
    seen = office.engine.tasks.get(dewi, task.id)
    assert (seen.why_mine.id.startswith("Pemegang tugas ini meminta bantuan Anda"), seen.may) == (True, frozenset())
    assert seen.handled[0].note == "Bagaimana menilai risikonya?"
    assert codes(office, "dewi").count("help_wanted") == 1
    with pytest.raises(errors.TaskAlreadyClaimed):
        office.engine.tasks.claim(dewi, task.id)
    office.engine.tasks.ask_help(bima, task.id, note="Mohon arahan")  # whoever decides over the case
    assert "help_wanted" in codes(office, "budi")  # in Kalbar a case manager
    office.engine.tasks.unclaim(bima, task.id)
    with pytest.raises((errors.NotFound, errors.NotAllowed)):
        office.engine.tasks.claim(dewi, task.id)            # being asked gives no role


def test_what_is_new_or_changed_is_marked_until_one_looks(office, people, held):
    bima, task = held
    budi = signed_in(office, "budi")

    def mark(actor: Actor) -> str:
        return office.engine.tasks.get(actor, task.id).summary.mark

    assert mark(bima) == ""                                  # one's own act is no news
    office.engine.tasks.delegate(bima, task.id, to=people["budi"])
    assert mark(budi) == "new"
    office.engine.tasks.look(budi, task.id)
    office.engine.tasks.look(budi, task.id)
    assert mark(budi) == ""
    office.engine.tasks.take_back(bima, task.id)
    office.engine.tasks.delegate(bima, task.id, to=people["budi"])
    assert mark(budi) == "changed"


def test_filters_are_saved_for_oneself_and_shared_by_authority(office, people):
    bima, budi, dewi = (signed_in(office, name) for name in ("bima", "budi", "dewi"))
    filters = InboxFilters(box="pool", risk="high", case_id="one")
    office.engine.tasks.save_filter(bima, " Risiko  tinggi ", filters)
    shared = office.engine.tasks.save_filter(bima, "Tim", filters, role="case_manager")
    assert [(one.name, one.role, one.filters.case_id) for one in office.engine.tasks.saved_filters(bima)] == [
        ("Risiko tinggi", None, None), ("Tim", "case_manager", None)]
    assert [one.name for one in office.engine.tasks.saved_filters(budi)] == ["Tim"]
    assert office.engine.tasks.saved_filters(dewi) == ()
    with pytest.raises(errors.NotAllowed):
        office.engine.tasks.save_filter(dewi, "Semua", filters, role="companion")
    with pytest.raises(errors.NotAllowed):
        office.engine.tasks.save_filter(bima, "Semua", filters, role="companion")  # of a role that is not theirs
    with pytest.raises((errors.NotFound, errors.NotAllowed)):
        office.engine.tasks.remove_filter(dewi, shared)
    office.engine.tasks.remove_filter(budi, shared)
    assert len(office.engine.tasks.saved_filters(bima)) == 1


def test_a_case_is_found_by_its_code_only_where_it_has_a_task_of_theirs(office, people):
    bima, dewi = signed_in(office, "bima"), signed_in(office, "dewi")
    started = office.start()
    task = office.task(started, "approve_case_report")
    found = office.engine.tasks.case_of_code(bima, f" {task.business_key} ")
    assert found == started.case_id
    rows = office.engine.tasks.inbox(bima, InboxFilters(box="pool", case_id=found)).rows
    assert [row.id for row in rows] == [task.id]
    assert office.engine.tasks.case_of_code(dewi, task.business_key) is None
    assert office.engine.tasks.case_of_code(bima, "KLB-0000") is None


def test_a_page_of_the_inbox_asks_the_database_the_same_few_questions(office, people):
    bima = signed_in(office, "bima")

    def statements() -> int:
        counted: list[int] = []
        read = office.executor.read

        def counting(actor: Any, query: Any) -> Any:
            def noted(context: Any) -> Any:
                answer = query(context)
                counted.append(context.uow.statements)
                return answer
            return read(actor, noted)

        office.executor.read = counting
        try:
            office.engine.tasks.inbox(bima, POOL)
            office.engine.tasks.counts(bima)
        finally:
            del office.executor.read
        return sum(counted)

    office.start()
    before = statements()
    answers_for = {office.start().case_id: name for name in ("dewi", "budi") * 5}
    for case_id, name in answers_for.items():
        office.engine.cases.assign_owner(office.actor("case_manager"), case_id, people[name])
    assert statements() == before <= 6

    shown = {row.case_id: (row.owner_id, row.owner_name) for number in (1, 2, 3) for row in office.engine.tasks.inbox(bima, POOL, number).rows}
    assert {case_id: shown[case_id] for case_id in answers_for} == {
        case_id: (people[name], name.title()) for case_id, name in answers_for.items()}


def test_a_row_leads_to_its_case_once_the_case_may_be_read(office, people):
    started = office.start({"hiv": True})
    office.scene.work()
    office.complete(office.actor("case_manager"), office.task(started, "approve_case_report"),
                    {"decision": "approved", "assessment_is_relevant": True})
    dewi = signed_in(office, "dewi")
    (offered,) = office.pool(dewi, started)
    with pytest.raises(errors.NotFound):
        office.engine.cases.get(dewi, started.case_id)
    assert not offered.opens_case and not office.engine.tasks.get(dewi, offered.id).summary.opens_case
    office.engine.tasks.claim(dewi, offered.id)
    assert office.engine.tasks.get(dewi, offered.id).summary.opens_case
    assert office.engine.cases.get(dewi, started.case_id).summary.id == started.case_id
