"""What each person of the fake engine set for themselves, and its incidents."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from engine import errors
from engine.notice_kinds import KINDS, Choice, Where
from engine.results import IncidentRow, Notice, NoticeSettings
from engine.types import Actor, Text

TOKEN = "t" * 43
SINCE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class FakePreferences:
    """The part of `people` that is everybody's own; one choice and one calendar for all."""

    def __init__(self) -> None:
        self.choice = Choice(by_kind={})
        self.tokens: list[str] = [TOKEN]

    def notice_settings(self, actor: Actor) -> NoticeSettings:
        return NoticeSettings(kinds=tuple((kind, self.choice.where(kind)) for kind in KINDS), email=self.choice.email or "",
                              quiet=self.choice.quiet, mailed_to=self.choice.email or "", mailing=True)

    def choose_notices(self, actor: Actor, *, by_kind: dict[str, str], email: str, quiet: tuple[time, time] | None) -> None:
        if quiet is not None and quiet[0] == quiet[1]:
            raise errors.InvalidSubmission({"quiet": ("Jam tenang salah.", "Wrong quiet hours.")})
        self.choice = Choice(by_kind={key: Where(where) for key, where in by_kind.items()}, email=email or None, quiet=quiet)

    def calendar_token(self, actor: Actor) -> str | None:
        return self.tokens[-1] if self.tokens else None

    def renew_calendar(self, actor: Actor) -> None:
        self.tokens = [chr(ord("a") + len(self.tokens)) * 43]

    def revoke_calendar(self, actor: Actor) -> None:
        self.tokens = []

    def calendar(self, token: str) -> bytes:
        if token not in self.tokens:
            raise errors.NotFound()
        return b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

    def notice(self, actor: Actor, notice_id: str) -> Notice:
        found: Any = next((row for row in self._engine.notice_rows if row.id == notice_id), None)  # type: ignore[attr-defined]
        if found is None:
            raise errors.NotFound()
        assert isinstance(found, Notice)
        return found


class FakeJobs:
    """One mail that was given up."""

    def __init__(self) -> None:
        self.resolved: list[tuple[str, str]] = []

    def incidents(self, actor: Actor) -> tuple[IncidentRow, ...]:
        return (IncidentRow(id="job-1", instance_id="", case_id=None, element_id="", code="mail-refused", kind="mail", since=SINCE,
                            says=Text("Ditolak server surel.", "Refused by the mail server.")),)

    def resolve_incident(self, actor: Actor, incident_id: str, *, reason: str) -> None:
        self.resolved.append((incident_id, reason))
