"""The demo: a dozen cases in different states, people of every role, passphrases shown once."""

from __future__ import annotations

import pytest

import engine as front_door
from engine.results import InboxFilters
from engine.settings import Settings
from engine.types import Actor
from webui import demo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A demo, made where an interrupted one had left its beginnings, and who may sign in."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo"), key=bytes(range(32)), demo=True)
    settings.state_dir.mkdir(parents=True)
    front_door.Engine.prepare(settings)
    begun = front_door.Engine.open(settings)
    begun.people.register_agency((settings.bpmn_dir / "kalbar" / "agency.toml").read_bytes())
    begun.people.create_account(begun.people.operator(), sign_in="manajer", name="Sisa", passphrase="rimba-ombak-sawah-melati", demo=True)
    demo.clear(settings)
    front_door.Engine.prepare(settings)
    return settings, front_door.Engine.open(settings), demo.seed(settings)


def actor(engine, shown) -> Actor:
    """The person behind a line that was printed, signed in with what was printed."""
    found = engine.people.actor_of(engine.people.sign_in(shown.sign_in, shown.passphrase, address="127.0.0.1"))
    assert found is not None
    return found[0]


def of(shown, agency: str, role: str):
    """The person of a role at an agency."""
    return next(one for one in shown if one.agency == agency and role in one.roles)


def test_every_agency_has_people_who_can_sign_in(made):
    settings, engine, shown = made
    assert {one.agency for one in shown} == {sheet.parent.name for sheet in settings.bpmn_dir.glob("*/agency.toml")}
    for agency in {one.agency for one in shown}:
        its = [one for one in shown if one.agency == agency]
        roles = {role for one in its for role in one.roles}
        assert roles <= set(engine.people.role_titles(actor(engine, its[0])))
    assert len({one.passphrase for one in shown}) == len(shown)


def test_there_are_a_dozen_cases_in_different_states_and_some_are_late(made):
    _, engine, shown = made
    manager = actor(engine, of(shown, "kalbar", "case_manager"))
    page = engine.cases.find(manager)
    assert page.total >= 12
    assert {"terminated", "under_review"} <= {case.status for case in page.rows}
    assert len({case.stage for case in page.rows}) >= 5
    now = engine.clock.now()
    late = [case for case in page.rows if case.next_due_at and case.next_due_at < now]
    assert 2 <= len(late) < page.total
    assert any(task.verdict == "late" for task in engine.tasks.inbox(manager, InboxFilters(box="done")).rows)


def test_every_case_replays(made):
    _, engine, shown = made
    for agency in {one.agency for one in shown}:
        auditor = actor(engine, of(shown, agency, "auditor"))
        head = actor(engine, of(shown, agency, "head_of_unit"))
        for case in engine.cases.find(head).rows:
            for instance in engine.cases.get(head, case.id).instances:
                assert engine.audit.replay(auditor, instance.id).verdict == "confirmed"


def test_passphrases_are_shown_once(made, capsys):
    settings, _, shown = made
    demo.show(shown, settings)
    assert shown[0].passphrase in capsys.readouterr().out
    assert demo.seed(settings) == []
    demo.show([], settings)
    assert "were shown" in capsys.readouterr().out
