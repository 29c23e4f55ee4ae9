"""What notices are about, where each person wants to read of it, and when a mail may disturb them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from engine.types import Text


class Where(StrEnum):
    """Where somebody reads of a kind of notices. Each includes those after it, but for the last."""

    NOW = "now"            #: By mail, at once.
    DIGEST = "digest"      #: By mail, once a morning.
    APP = "app"            #: In the product only.
    NOWHERE = "nowhere"    #: Not at all.


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One line of the settings. What is urgent waits for no morning and no end of quiet hours, and cannot be switched off."""

    key: str
    title: Text
    codes: frozenset[str]
    urgent: bool = False

    @property
    def usual(self) -> Where:
        """Where it goes until the person says otherwise."""
        return Where.NOW if self.urgent else Where.DIGEST

    @property
    def possible(self) -> tuple[Where, ...]:
        """What a person may choose."""
        return (Where.NOW, Where.DIGEST, Where.APP) if self.urgent else tuple(Where)


KINDS: Final = (
    Kind(key="late", urgent=True, title=Text("Tenggat yang lewat", "Past due"),
         codes=frozenset({"task_overdue", "legal_duty_overdue", "task_escalated"})),
    Kind(key="public", urgent=True, title=Text("Laporan dan pesan masyarakat", "Reports and messages from the public"),
         codes=frozenset({"public_report", "public_message"})),
    Kind(key="access", urgent=True, title=Text("Akses darurat dan samaran yang dibuka", "Emergency access and unmasked fields"),
         codes=frozenset({"glass_broken", "field_unmasked", "access_improper"})),
    Kind(key="work", title=Text("Tugas dan keputusan yang menunggu", "Tasks and decisions that wait"),
         codes=frozenset({"task_waiting", "task_given", "task_taken", "help_wanted", "task_due_soon", "deadline_moved", "decision_wanted",
                          "public_complaint", "letter_refused"})),
    Kind(key="cases", title=Text("Kasus: penugasan dan perkembangan", "Cases: who is in charge, and what happened"),
         codes=frozenset({"access_asked", "case_assigned", "case_handed_on", "information", "partner_code", "partner_opened",
                          "partner_answered"})),
    Kind(key="sops", title=Text("Perubahan SOP, kalender, dan parameter", "Changes of SOPs, calendar and parameters"),
         codes=frozenset({"sop_proposed", "sop_approved", "sop_sent_back", "table_proposed", "table_approved", "table_sent_back"})),
)
#: A mail about mail that fails would fail too.
NEVER_MAILED: Final = frozenset({"mail_failed"})
_BY_CODE: Final = {code: kind for kind in KINDS for code in kind.codes}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What one person chose. `quiet` are local times; the second may lie on the next morning."""

    by_kind: Mapping[str, Where]
    email: str | None = None
    quiet: tuple[time, time] | None = None

    def where(self, kind: Kind) -> Where:
        """Where they read of this kind."""
        chosen = self.by_kind.get(kind.key, kind.usual)
        return chosen if chosen in kind.possible else kind.usual

    def codes(self, *where: Where) -> frozenset[str]:
        """The codes of the kinds they read of in one of these places."""
        return frozenset(code for kind in KINDS if self.where(kind) in where for code in kind.codes)

    def not_before(self, now: datetime, kind: Kind, zone: ZoneInfo) -> datetime:
        """From when a mail of this kind may be sent: now, or when their quiet hours are over."""
        if kind.urgent or self.quiet is None:
            return now
        begins, ends = self.quiet
        local = now.astimezone(zone)
        at = local.time()
        is_quiet = begins <= at < ends if begins <= ends else at >= begins or at < ends
        if not is_quiet:
            return now
        day = local.date() + timedelta(days=1 if at >= ends else 0)
        return datetime.combine(day, ends, zone).astimezone(now.tzinfo)


USUAL: Final = Choice(by_kind={})


def kind_of(code: str) -> Kind | None:
    """What a code is about; None for one that no settings are about."""
    return _BY_CODE.get(code)
