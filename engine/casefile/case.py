"""What the case file knows, and what one submission changes in it: plain values, no storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from engine import canonical
from engine.errors import InvalidValue
from engine.types import Value


class CaseStatus(StrEnum):
    """Where the beneficiary's case stands (domain.md 5.0), over all its instances."""

    RECEIVED = "received"                            #: The report is taken in.
    UNDER_REVIEW = "under_review"                    #: Somebody decides whether and how the unit helps.
    PLANNED = "planned"                              #: There is a plan; no service runs yet.
    IN_SERVICE = "in_service"                        #: At least one service was handed over or runs.
    IN_TRANSFER = "in_transfer"                      #: Another agency is to take the case over.
    AWAITING_TERMINATION = "awaiting_termination"    #: Services are done; the end is being decided and documented.
    TERMINATED = "terminated"                        #: Closed; its journal stays.
    REOPENED = "reopened"                            #: A new episode began.


class LineStatus(StrEnum):
    """Where one line of the plan stands."""

    PLANNED = "planned"
    AWAITING_CONSENT = "awaiting_consent"
    REFUSED = "refused"              #: The beneficiary does not want this service; nobody asks why twice.
    IN_REFERRAL = "in_referral"      #: The provider accepted.
    IN_DELIVERY = "in_delivery"      #: Handed over.
    REPORTED = "reported"            #: The provider reported a result.
    FULFILLED = "fulfilled"
    NOT_FULFILLED = "not_fulfilled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Case:
    """The case file as it stands: the latest version of each record, by record name."""

    status: str = CaseStatus.RECEIVED
    risk: str = ""
    records: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def record(self, name: str) -> Mapping[str, Value]:
        """The latest version of a record; empty where there is none."""
        return self.records.get(name, {})


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a form sent. `item` is what a multi-instance task worked on: for a line of the plan, the line. `actor_id`: whose it is;
    `acting_for`: the accounts in whose place."""

    values: Mapping[str, Value]
    item: Value = None
    actor_id: str = ""
    acting_for: frozenset[str] = frozenset()

    @property
    def behind(self) -> frozenset[str]:
        """Everybody whose hand is in it."""
        return self.acting_for | {self.actor_id}

    def text(self, key: str) -> str:
        """A choice or text; empty where nothing was answered."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    @property
    def line_no(self) -> str | None:
        """The number of the plan line this is about, if it is about one."""
        named = self.item.get("line_no") if isinstance(self.item, Mapping) else self.values.get("line_no")
        return None if named is None else line_key(named)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """New versions of records, whole; and the status and risk that follow. None leaves what is."""

    records: Mapping[str, Mapping[str, Value]]
    status: str | None = None
    risk: str | None = None


def after(case: Case, changes: Changes) -> Case:
    """The case file with `changes` made."""
    return replace(
        case, records={**case.records, **changes.records}, status=changes.status or case.status,
        risk=case.risk if changes.risk is None else changes.risk)


def gathered(case: Case, record: str, submission: Submission) -> dict[str, Value]:
    """A record that several forms fill: what they said before, and what this one says."""
    return {**case.record(record), **submission.values}


def line_key(line_no: Value) -> str:
    """The number of a plan line as text, the same however it was typed: 1, "1" and 1.0 are one line."""
    text = str(line_no).strip()
    try:
        return canonical.number_text(Decimal(text))
    except (InvalidOperation, InvalidValue):
        return text
