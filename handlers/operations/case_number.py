"""`case.number`: the running number of a case in its agency and year, such as KLB-2026-000123."""

from __future__ import annotations

from engine.types import OperationCall, OperationSpec, Text
from handlers.desk import Desk, Result

SPEC = OperationSpec(name="case.number", title=Text("Memberi nomor kasus", "Number the case"))


def run(desk: Desk, call: OperationCall) -> Result:
    """The case's number as the variable `case_number`. A case has one: it was numbered when it was opened, or is now."""
    return {"case_number": call.business_key or desk.engine.cases.next_number(call, series="case")}
