"""The world outside a trial: it answers what service tasks ask for, and remembers what that was. Nothing leaves the trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import definitions
from engine.types import Operation, OperationCall, Value


@dataclass
class TrialDesk:
    """`documents` by code and `notices` ("role code"), in the order they were asked for; roles as the agency's `parameters` name them."""

    parameters: Mapping[str, Value] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def operations(self) -> dict[str, Operation]:
        """What a service task may call."""
        return {"case.number": self._number, "document.issue": self._issue, "notice.send": self._notify}

    def _number(self, call: OperationCall) -> Mapping[str, Value]:
        return {"case_number": call.business_key}

    def _issue(self, call: OperationCall) -> Mapping[str, Value]:
        self.documents.append(str(call.arguments["code"]))
        return {}

    def _notify(self, call: OperationCall) -> Mapping[str, Value]:
        self.notices.append(f"{definitions.concrete_role(str(call.arguments['role']), self.parameters)} {call.arguments['code']}")
        return {}
