"""`notice.send`: tell the people of a role that something waits, in the product and, where set up, by e-mail."""

from __future__ import annotations

from engine.errors import PermanentFailure
from engine.types import OperationCall, OperationSpec, Text
from handlers.desk import Desk, Result

SPEC = OperationSpec(
    name="notice.send",
    required=frozenset({"role", "code"}),
    title=Text("Mengirim pemberitahuan", "Send a notice"),
)


def run(desk: Desk, call: OperationCall) -> Result:
    """One notice to everybody who holds the role today.

    A mail carries the case's code and a verb, never content: mailboxes are read on borrowed telephones. When a mail
    fails the whole operation is tried again; the notice in the product is not doubled, since its key is the call's.
    """
    role, code = call.arguments["role"], call.arguments["code"]
    if not (isinstance(role, str) and isinstance(code, str)):
        raise PermanentFailure("notice-arguments")
    sent = desk.engine.people.notify(call, role=role, code=code)
    if desk.mail is not None:
        for address in sent.addresses:
            desk.mail.send(
                address,
                f"Kawal: {sent.text.id}",
                f"{sent.text.id}\n{sent.text.en}\n\n{desk.base_url}\n",
                key=f"{call.idempotency_key}:{address}",
            )
    return {}
