"""Hands one mail to the mail server. The engine says what it says; no diagram may name this."""

from __future__ import annotations

from engine.errors import PermanentFailure
from engine.types import OperationCall
from handlers.desk import Desk, Result

NAME = "mail.send"
#: Where a mail leads: the pages of one notice, and the inbox. Addresses carry no case data.
NOTICE_PATH, INBOX_PATH = "/pemberitahuan/{notice}", "/tugas"


def run(desk: Desk, call: OperationCall) -> Result:
    """A repeated hand-over, after a crash between the server's answer and ours, has the same Message-ID."""
    if desk.mail is None:
        raise PermanentFailure("mail-not-set-up")
    told = {name: str(value) for name, value in call.arguments.items()}
    path = NOTICE_PATH.format(notice=told["notice"]) if told["notice"] else INBOX_PATH
    desk.mail.send(
        told["to"], told["subject"], f"{told['text']}\n\n{desk.base_url.rstrip('/')}{path}\n\n{told['footer']}\n",
        key=call.idempotency_key)
    return {}
