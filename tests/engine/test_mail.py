"""Notices by mail: who is told, when, in which words; and a mail server that fails, which no case notices."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time, timedelta
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

import engine as front_door
import handlers
from engine.commands.notices import WORDS
from engine.notice_kinds import KINDS, NEVER_MAILED
from engine.types import Actor
from handlers.clients.smtp import mail_of
from storage import notices, randomness
from tests.support import office as offices
from tests.support import post_office as post_offices
from tests.support.office import Office

MINUTE = timedelta(minutes=1)
AT_ONCE = {kind.key: "now" for kind in KINDS}


class Mailing:
    """The office's database under a product that sends mail to `port`."""

    def __init__(self, office: Office, port: int) -> None:
        settings = replace(office.engine.settings, smtp_host="127.0.0.1", smtp_port=port, smtp_tls=False, smtp_sender="kawal@uptd.example",
                           base_url="https://kawal.example")
        self.office, self.clock = office, office.clock
        self.engine = front_door.Engine.open(settings, clock=office.clock, operations=handlers.operations())
        desk = handlers.Desk(engine=self.engine, mail=mail_of(settings), base_url=settings.base_url)
        self.worker = handlers.Worker(self.engine.jobs, handlers.functions(desk), worker_id="mailing")

    def hire(self, name: str, *roles: str, by_kind: dict[str, str] | None = None, **more: Any) -> Actor:
        actor = self.office.hire(name, *roles)
        self.engine.people.choose_notices(actor, by_kind=by_kind or {}, email=f"{name.lower()}@uptd.example", quiet=more.get("quiet"))
        return actor

    def tell(self, code: str, *, to: Actor | None = None, role: str | None = None, **about: Any) -> str:
        row = notices.NoticeRow(id=randomness.new_id(), agency_id=self.office.agency_id, account_id=to.account_id if to else None, role=role,
                                at=self.clock.now(), code=code, **about)
        with self.office.database.unit_of_work() as uow:
            notices.add(uow, row)
        return row.id

    def pass_time(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.worker.run_until_idle()


@contextmanager
def mailing(folder: Path, url: str) -> Iterator[tuple[Mailing, post_offices.PostOffice]]:
    office = offices.opened(folder, url)
    with post_offices.opened() as post:
        yield Mailing(office, post.server_address[1]), post
    office.database.close()


@pytest.fixture
def opened(tmp_path: Path, sqlite_url: str) -> Iterator[tuple[Mailing, post_offices.PostOffice]]:
    with mailing(tmp_path, sqlite_url) as both:
        yield both


def read(post: post_offices.PostOffice) -> list[Message]:
    return [email.message_from_string(text, policy=default) for text in post.received]


def told(post: post_offices.PostOffice) -> list[tuple[str, str]]:
    return [(str(each["To"]), str(each["Subject"]).strip()) for each in read(post)]


def test_every_code_belongs_to_one_line_of_the_settings() -> None:
    known = [code for kind in KINDS for code in kind.codes]
    assert len(known) == len(set(known))
    assert set(known) | NEVER_MAILED == set(WORDS)


def test_a_mail_is_a_code_and_a_verb_in_its_readers_language_and_is_sent_once(tmp_path: Path, database_url: str) -> None:
    with mailing(tmp_path, database_url) as (kawal, post):
        citra, eka = kawal.hire("Citra", "head_of_unit"), kawal.hire("Eka", "head_of_unit")
        kawal.engine.people.set_language(eka, "en")
        started = kawal.office.start()
        task = kawal.office.task(started, "approve_case_report")
        kawal.clock.advance(MINUTE * 11)  # past its ten minutes
        first = kawal.tell("legal_duty_overdue", role="head_of_unit", case_id=started.case_id, task_id=task.id)
        kawal.worker.run_until_idle()
        code = task.business_key
        assert sorted(told(post)) == [
            ("citra@uptd.example", f"Kawal: Kasus {code}: ada kewajiban hukum yang melewati batas waktunya"),
            ("citra@uptd.example", f"Kawal: Kasus {code}: ada tugas yang melewati waktu bakunya"),   # what the diagram itself sends
            ("eka@uptd.example", f"Kawal: Case {code}: a legal duty has passed its time limit"),
            ("eka@uptd.example", f"Kawal: Case {code}: a task has passed its time standard")]
        letter = next(each for each in read(post) if "kewajiban" in str(each["Subject"])).get_content()
        assert f"https://kawal.example/pemberitahuan/{first}\n" in letter
        assert "Tenggat: lewat, Sel 10 Nov 2026 pukul 08.40 WIB" in letter
        assert task.name not in letter and "Citra" not in letter
        kawal.pass_time(MINUTE)
        assert len(post.received) == 4
        assert kawal.engine.people.notice(citra, first).task_id == task.id


def test_what_is_urgent_comes_at_once_and_what_is_not_waits_for_the_end_of_quiet_hours(opened) -> None:
    kawal, post = opened
    dewi = kawal.hire("Dewi", "companion", by_kind=AT_ONCE, quiet=(time(8), time(10)))   # it is 08.30
    kawal.tell("task_given", to=dewi)
    kawal.tell("task_escalated", to=dewi)
    kawal.worker.run_until_idle()
    assert [subject for _, subject in told(post)] == ["Kawal: " + WORDS["task_escalated"].id]
    kawal.pass_time(timedelta(minutes=89))
    assert len(post.received) == 1
    kawal.pass_time(MINUTE)
    assert [subject for _, subject in told(post)][1:] == ["Kawal: " + WORDS["task_given"].id]


def test_what_was_read_meanwhile_or_switched_off_is_not_mailed(opened) -> None:
    kawal, post = opened
    dewi = kawal.hire("Dewi", "companion", by_kind=AT_ONCE | {"cases": "nowhere", "sops": "app"}, quiet=(time(8), time(10)))
    read_in_time = kawal.tell("task_given", to=dewi)
    for code in ("case_assigned", "sop_approved"):
        kawal.tell(code, to=dewi)
    kawal.worker.run_until_idle()
    assert {each.code for each in kawal.engine.people.notices(dewi)} == {"task_given", "sop_approved"}
    assert kawal.engine.people.unread_count(dewi) == 2
    kawal.engine.people.mark_read(dewi, read_in_time)
    kawal.pass_time(timedelta(hours=2))
    assert post.received == []


def test_a_digest_comes_once_at_opening_time_of_a_working_day_and_only_with_something_to_say(opened) -> None:
    kawal, post = opened
    dewi = kawal.hire("Dewi", "companion", "case_manager")
    kawal.hire("Nia", "intake_operator")
    kawal.worker.run_until_idle()   # the digest of this morning: nobody holds anything, nothing was told
    started = kawal.office.start()
    task = kawal.office.task(started, "approve_case_report")
    kawal.engine.tasks.claim(dewi, task.id)
    kawal.tell("case_assigned", to=dewi, case_id=started.case_id)
    kawal.pass_time(timedelta(hours=20))    # 04.30 of Wednesday: late already, but mail about it is of another kind
    assert [subject for _, subject in told(post) if "ringkasan" in subject] == []
    kawal.pass_time(timedelta(hours=4))
    (digest,) = [each for each in read(post) if "ringkasan" in str(each["Subject"])]
    assert digest["To"] == "dewi@uptd.example" and digest["Subject"] == "Kawal: ringkasan pagi"
    text = digest.get_content()
    assert "Tugas yang Anda pegang: 1 lewat tenggat." in text
    assert f"- Kasus {task.business_key}: Anda kini memegang kasus ini" in text
    kawal.pass_time(timedelta(hours=1))
    assert len([each for each in read(post) if "ringkasan" in str(each["Subject"])]) == 1
    days = (timedelta(days=1), timedelta(days=1), timedelta(days=1), timedelta(days=1))  # Thursday, Friday; Saturday and Sunday are off
    counts = []
    for day in days:
        kawal.pass_time(day)
        counts.append(len([each for each in read(post) if "ringkasan" in str(each["Subject"])]))
    assert counts == [2, 3, 3, 3]


def test_a_server_that_stays_away_is_given_up_visibly_and_the_case_goes_on(opened) -> None:
    kawal, post = opened
    citra = kawal.hire("Citra", "head_of_unit")
    admin = kawal.hire("Ari", "system_admin")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = Mailing(kawal.office, taken.getsockname()[1])
    started = kawal.office.start()
    notice = away.tell("task_overdue", to=citra, case_id=started.case_id)
    for minutes in (0, 1, 5, 30):
        assert away.engine.jobs.incidents(admin) == ()
        away.pass_time(MINUTE * minutes)
    (incident,) = away.engine.jobs.incidents(admin)
    assert (incident.kind, incident.code, incident.instance_id, incident.case_id) == ("mail", "out-of-retries", "", None)
    assert [each.code for each in away.engine.people.notices(admin)] == ["mail_failed"]
    detail = kawal.engine.cases.get(kawal.office.actor("head_of_unit"), started.case_id)
    assert {each.status.value for each in detail.instances} == {"active"}
    assert notice in {each.id for each in kawal.engine.people.notices(citra)}, "in the product it was there all the time"

    kawal.engine.jobs.resolve_incident(admin, incident.id, reason="the server runs again")
    kawal.worker.run_until_idle()
    assert [to for to, _ in told(post)] == ["citra@uptd.example"]
    assert kawal.engine.jobs.incidents(admin) == ()


def test_an_address_the_server_refuses_for_good_is_given_up_at_once(opened) -> None:
    kawal, post = opened
    citra, admin = kawal.hire("Citra", "head_of_unit"), kawal.hire("Ari", "system_admin")
    post.recipient_answer = "550 no such user"
    kawal.tell("task_overdue", to=citra)
    kawal.worker.run_until_idle()
    assert [each.code for each in kawal.engine.jobs.incidents(admin)] == ["mail-address-refused"]


def test_a_worker_that_dies_after_the_hand_over_sends_the_same_mail_again_and_no_other(opened) -> None:
    kawal, post = opened
    citra = kawal.hire("Citra", "head_of_unit")
    kawal.tell("task_overdue", to=citra)
    kawal.engine.jobs.warn()
    (job,) = kawal.engine.jobs.acquire("dies", limit=5, lock_for=timedelta(minutes=2))
    assert job.kind == "mail"
    desk = handlers.Desk(engine=kawal.engine, mail=mail_of(kawal.engine.settings), base_url="https://kawal.example")
    handlers.functions(desk)[job.call.name](job.call)   # handed over, and never reported
    kawal.worker.run_until_idle()
    assert len(post.received) == 1, "it is locked"
    kawal.pass_time(timedelta(minutes=3))
    first, second = (each["Message-ID"] for each in read(post))
    assert first == second
    kawal.pass_time(timedelta(minutes=3))
    assert len(post.received) == 2


def test_setting_mail_up_tells_nobody_what_is_long_past(opened) -> None:
    kawal, post = opened
    citra = kawal.hire("Citra", "head_of_unit")
    kawal.tell("task_overdue", to=citra)
    kawal.office.engine.jobs.warn()     # a product without a mail server
    kawal.worker.run_until_idle()
    assert post.received == []
