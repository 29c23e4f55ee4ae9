"""What an auditor does after a story has ended (`[[audit]]` of a scenario file), as a value; `engine.scenario_evidence` looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

_KEYS: Final = frozenset({"at", "as", "unmask", "refuse", "told", "masked", "readable", "acts", "replay", "altered"})


@dataclass(frozen=True, kw_only=True)
class Audit:
    """One look by one role at one instant: first the act, if any, then what must be seen. Fields are named `record.field`."""

    at: datetime
    role: str
    unmask: Mapping[str, str] | None = None     # field, purpose, reason
    refuse: str | None = None                   # the error code the act must be refused with
    told: tuple[str, ...] = ()                  # the roles that were told of the act
    masked: tuple[str, ...] = ()                # answered, and neither on the case page nor at any step of the replay to be read
    readable: tuple[str, ...] = ()              # to be read on the case page
    acts: tuple[str, ...] | None = None         # what stands beside the replayed steps, in order
    replay: str | None = None                   # the verdict of the replay; the access log must verify, too
    altered: int | None = None                  # the journal entry that is altered in the exported evidence, and must be found


def read_audit(raw: Mapping[str, Any]) -> Audit:
    """One `[[audit]]`. Raises KeyError, TypeError or ValueError for one that has not this shape."""
    if unknown := set(raw) - _KEYS:
        raise ValueError(sorted(unknown))
    at, asked = raw["at"], raw.get("unmask")
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise ValueError("an instant with its zone")
    if asked is not None and set(asked) != {"field", "purpose", "reason"} or (asked is None and set(raw) & {"refuse", "told"}):
        raise ValueError("unmask")
    return Audit(
        at=at, role=raw.get("as", "auditor"), unmask=asked, refuse=raw.get("refuse"), told=tuple(raw.get("told", ())),
        masked=tuple(raw.get("masked", ())), readable=tuple(raw.get("readable", ())),
        acts=tuple(raw["acts"]) if "acts" in raw else None, replay=raw.get("replay"),
        altered=int(raw["altered"]) if "altered" in raw else None)
