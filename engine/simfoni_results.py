"""What the Simfoni page of a case shows. Part of `engine.results` by nature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.case_results import RecordView, ServiceLine
from engine.task_results import FormField
from engine.types import Text

#: Where the SOP's own steps say that the case was entered, and under which number.
FILED: Final = ("simfoni", "documentation")
FILED_KEYS: Final = ("simfoni_updated", "simfoni_reference", "entered_at")


@dataclass(frozen=True, kw_only=True)
class SimfoniPart:
    """One part of Simfoni's entry: the answers of the case, and what Simfoni records of which no form of this case's SOPs asks."""

    key: str
    title: Text
    fields: tuple[FormField, ...]
    unasked: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SimfoniMark:
    """What somebody said of the entry: that it was made, when, under which number; or, correcting, that it was not."""

    at: datetime
    by: str
    is_entered: bool
    entered_at: datetime | None
    reference: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SimfoniSheet:
    """A case as it is entered into Simfoni PPA. `marks` newest first: the first counts. `filed` is what the SOP's own steps said."""

    parts: tuple[SimfoniPart, ...]
    services: tuple[ServiceLine, ...]
    reports: tuple[RecordView, ...]        # of services that name no line of the plan
    filed: tuple[RecordView, ...]
    may_enter: bool
    marks: tuple[SimfoniMark, ...] = ()
