"""Mail against a real socket that speaks SMTP."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator

import pytest

from engine.errors import PermanentFailure, TransientFailure
from engine.settings import Settings
from handlers.clients.smtp import SmtpMail, mail_of
from tests.support import post_office as post_offices


@pytest.fixture
def post_office() -> Iterator[post_offices.PostOffice]:
    with post_offices.opened() as office:
        yield office


def mail_through(port: int) -> SmtpMail:
    return SmtpMail(Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_sender="kawal@uptd.example", smtp_tls=False))


def test_a_message_arrives_and_a_repeated_one_can_be_recognised(post_office):
    mail = mail_through(post_office.server_address[1])
    for _ in range(2):
        mail.send("mk@uptd.example", "Kawal: tugas menunggu", "7KQ4", key="job-1:mk")
    mail.send("mk@uptd.example", "Kawal: tugas menunggu", "7KQ4", key="job-2:mk")
    ids = [line for text in post_office.received for line in text.split("\n") if line.startswith("Message-ID:")]
    assert ids[0] == ids[1] != ids[2]
    assert "7KQ4" in post_office.received[0]


@pytest.mark.parametrize(("answer", "failure"), [
    ("450 mailbox busy", TransientFailure),
    ("550 no such user", PermanentFailure),
])
def test_the_servers_answer_decides_whether_to_try_again(post_office, answer, failure):
    post_office.recipient_answer = answer
    with pytest.raises(failure) as raised:
        mail_through(post_office.server_address[1]).send("x@y.example", "s", "t", key="k")
    assert "x@y" not in str(raised.value)


def test_a_server_that_is_away_is_tried_again():
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as taken:
        port = taken.server_address[1]
    with pytest.raises(TransientFailure):
        mail_through(port).send("x@y.example", "s", "t", key="k")


def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(post_office):
    mail = SmtpMail(Settings(smtp_host="127.0.0.1", smtp_port=post_office.server_address[1], smtp_sender="k@u.example"))
    with pytest.raises(TransientFailure):
        mail.send("x@y.example", "s", "t", key="k")
    assert post_office.received == []


def test_without_a_server_there_is_no_mail():
    assert mail_of(Settings()) is None
