"""A change of an SOP inside a story: what is changed, by which decree, from when, and who approves (docs/scenarios.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine import errors, time_edit
from engine.bundle import SopBundle
from engine.types import ClockKind, TimeStandard

_KEYS = frozenset({"step", "duration", "clock", "text", "replace", "decree", "effective_from", "approved_by"})


@dataclass(frozen=True, kw_only=True)
class Revision:
    """Another time standard for `step`, or words of files replaced, or both. `approved_by` are roles, in the order they approve."""

    decree: str
    effective_from: date
    approved_by: tuple[str, ...]
    step: str | None = None
    standard: TimeStandard | None = None
    replaced: tuple[tuple[str, str, str], ...] = ()   # file, words that stand in it, words instead

    def edited(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """The files with the words replaced wherever they stand. Raises `UnknownElement` for words that do not stand in the file."""
        changed = dict(files)
        for path, old, new in self.replaced:
            text = changed.get(path, b"").decode("utf-8")
            if old not in text:
                raise errors.UnknownElement(file=path)
            changed[path] = text.replace(old, new).encode("utf-8")
        return changed

    def applied(self, bundle: SopBundle) -> SopBundle:
        """The bundle with all of it."""
        changed = SopBundle.from_files(self.edited(bundle.files))
        return changed if self.step is None or self.standard is None else time_edit.with_time(changed, self.step, self.standard)


def read(raw: Mapping[str, Any]) -> Revision:
    """What `revise = {...}` says. Raises ValueError, KeyError or TypeError for any other shape."""
    if set(raw) - _KEYS or not ("step" in raw or raw.get("replace")):
        raise ValueError("revise")
    day = raw["effective_from"]
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError("effective_from")
    standard = TimeStandard(duration=raw["duration"], clock=ClockKind(raw["clock"]), text=raw["text"]) if "step" in raw else None
    return Revision(
        decree=str(raw["decree"]), effective_from=day, approved_by=tuple(str(role) for role in raw["approved_by"]), step=raw.get("step"),
        standard=standard, replaced=tuple((one["file"], one["old"], one["new"]) for one in raw.get("replace", ())))
