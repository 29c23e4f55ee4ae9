"""The operations on a real engine: who is told what, and that trying again changes nothing."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import engine as front_door
import handlers
from engine.errors import PermanentFailure, TransientFailure
from engine.types import Actor, OperationCall
from storage import Database, cases
from handlers.operations import case_number, document_issue, notice_send
from webui import stage

SOP = Path(__file__).resolve().parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus"
ALIAS = "ZQ-ALIAS-0001"  # a canary: it must not leave the product


class Letterbox:
    """Takes mail, or is away."""

    def __init__(self) -> None:
        self.away = False
        self.taken: list[tuple[str, str, str, str]] = []

    def send(self, to: str, subject: str, text: str, *, key: str) -> None:
        if self.away:
            raise TransientFailure("mail-server-unreachable")
        self.taken.append((to, subject, text, key))


@contextmanager
def overdue_case(letterbox):
    """A case whose first task has just run out of time, with a head of unit who has a mailbox; nothing was sent yet."""
    story = front_door.read_scenario((SOP / "scenarios" / "a01_rujukan_kesehatan.toml").read_bytes())
    with stage.raised(SOP, story.at) as raised:
        engine, clock = raised.engine, raised.clock
        account = engine.people.create_account(
            engine.people.operator(), sign_in="kepala@uptd.example", name="Kepala", passphrase="rimba-ombak-sawah-melati",
            roles=("head_of_unit",), demo=True)
        head = Actor(account_id=account.id, agency_id=account.agency_id, name=account.name, roles=frozenset({"head_of_unit"}))
        mailing = front_door.Engine.open(
            replace(engine.settings, smtp_host="localhost", smtp_sender="kawal@uptd.example", smtp_tls=False), clock=clock,
            operations=handlers.operations())
        desk = handlers.Desk(engine=mailing, mail=letterbox, base_url="https://kawal.example")
        worker = handlers.Worker(mailing.jobs, handlers.functions(desk), worker_id="w")
        clock.advance(story.at - clock.now())
        started = engine.cases.start(raised.actor_of("intake_operator"), "pengelolaan-kasus",
                                     submission={**story.submission, "alias_code": ALIAS})
        case = engine.cases.get(raised.actor_of("case_manager"), started.case_id)
        clock.advance(timedelta(minutes=11))
        yield engine, clock, worker, head, case.summary.business_key


def overdue(engine, head):
    return [notice for notice in engine.people.notices(head) if "waktu bakunya" in notice.text.id]


def test_an_overdue_task_is_told_in_the_product_and_by_mail_with_a_code_and_a_verb():
    letterbox = Letterbox()
    with overdue_case(letterbox) as (engine, _, worker, head, code):
        worker.run_until_idle()
        assert len(overdue(engine, head)) == 1
        ((to, subject, text, _),) = letterbox.taken
        assert to == "kepala@uptd.example"
        assert code in subject
        assert "waktu baku" in text and "https://kawal.example" in text
        assert ALIAS not in subject + text


def test_a_mail_that_fails_is_tried_again_and_the_notice_is_not_doubled():
    letterbox = Letterbox()
    letterbox.away = True
    with overdue_case(letterbox) as (engine, clock, worker, head, _):
        worker.run_until_idle()
        assert len(overdue(engine, head)) == 1
        assert letterbox.taken == []
        letterbox.away = False
        clock.advance(timedelta(minutes=2))
        worker.run_until_idle()
        assert len(letterbox.taken) == 1
        assert len(overdue(engine, head)) == 1


def test_a_mail_server_that_stays_away_stops_no_step_of_the_case():
    letterbox = Letterbox()
    letterbox.away = True
    with overdue_case(letterbox) as (engine, _, worker, head, _code):
        worker.run_until_idle()
        assert len(overdue(engine, head)) == 1
        assert engine.jobs.incidents(engine.people.operator()) == ()


def test_a_case_whose_key_was_destroyed_stops_no_other_case():
    letterbox = Letterbox()
    with overdue_case(letterbox) as (engine, clock, worker, head, code):
        operator = engine.people.operator()
        intake = Actor(account_id="i", agency_id=operator.agency_id, name="i", roles=frozenset({"intake_operator"}))
        story = front_door.read_scenario((SOP / "scenarios" / "a01_rujukan_kesehatan.toml").read_bytes())
        other = engine.cases.start(intake, "pengelolaan-kasus", submission=story.submission)
        database = Database.open(engine.settings.database_url)
        with database.unit_of_work() as uow:
            assert cases.destroy_key(uow, cases.by_business_key(uow, operator.agency_id, code).id)
        worker.run_until_idle()
        assert engine.jobs.incidents(operator)[0].code == "key-destroyed"
        clock.advance(timedelta(days=4))
        worker.run_until_idle()
        overdue_ones = {subject for _, subject, _, _ in letterbox.taken if "waktu bakunya" in subject}
        assert overdue_ones == {f"Kawal: Kasus {business_key(engine, head, other)}: ada tugas yang melewati waktu bakunya"}


def business_key(engine, head, started):
    return engine.cases.get(head, started.case_id).summary.business_key


@pytest.mark.parametrize(("operation", "arguments"), [
    (notice_send, {"role": "head_of_unit", "code": None}),
    (notice_send, {"role": ["head_of_unit"], "code": "task_overdue"}),
    (document_issue, {"code": None}),
])
def test_an_argument_that_is_not_a_text_needs_a_person(operation, arguments):
    call = OperationCall(name="x", arguments=arguments, element_id="e", business_key="", idempotency_key="k",
                         now=front_door.SystemClock().now())
    with pytest.raises(PermanentFailure):
        operation.run(handlers.Desk(engine=object()), call)


def test_a_case_keeps_the_number_it_was_opened_with():
    call = OperationCall(name="case.number", arguments={}, element_id="e", business_key="KLB-2026-000007", idempotency_key="k",
                         now=front_door.SystemClock().now())
    assert case_number.run(handlers.Desk(engine=object()), call) == {"case_number": "KLB-2026-000007"}
