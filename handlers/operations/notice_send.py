"""`notice.send`: tell the people of a role that something waits."""

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
    """One notice to everybody who holds the role today. Its mails are jobs of their own: one that fails does not stop the case."""
    role, code = call.arguments["role"], call.arguments["code"]
    if not (isinstance(role, str) and isinstance(code, str)):
        raise PermanentFailure("notice-arguments")
    desk.engine.people.notify(call, role=role, code=code)
    return {}
