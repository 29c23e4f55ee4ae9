"""iCalendar (RFC 5545): events in, bytes out. Lines end in CRLF and are folded at 75 octets, never inside a character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

PRODUCT = "-//Kawal//Kawal//ID"
LINE_OCTETS = 75


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something at one instant. `uid` is the same in every reading; `revision` rises when it changes."""

    uid: str
    at: datetime
    summary: str
    description: str
    revision: int = 0


def calendar(events: Iterable[Event], *, name: str, zone: str, written_at: datetime) -> bytes:
    """A calendar to subscribe to. Instants are written in UTC, which every reader shows in its own zone; `zone` is the office's."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}", f"X-WR-TIMEZONE:{zone}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    for event in events:
        lines += [
            "BEGIN:VEVENT", f"UID:{_text(event.uid)}", f"DTSTAMP:{_instant(written_at)}", f"DTSTART:{_instant(event.at)}",
            f"SEQUENCE:{event.revision}", f"SUMMARY:{_text(event.summary)}", f"DESCRIPTION:{_text(event.description)}",
            "TRANSP:TRANSPARENT", "CLASS:PRIVATE", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A TEXT value: what would end it or begin another is escaped, and other control characters are left out."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return "".join(c for c in escaped if c == "\t" or (c >= " " and c != "\x7f"))


def _folded(line: str) -> Iterator[bytes]:
    """The line in parts of at most 75 octets; each after the first begins with a space."""
    part = b""
    for character in line:
        octets = character.encode("utf-8", "replace")
        if len(part) + len(octets) > LINE_OCTETS:
            yield part
            part = b" "
        part += octets
    yield part
