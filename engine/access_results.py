"""What queries about seeing return: the access log, emergency accesses, what may be unmasked. Part of `engine.results` by nature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.results import Page
from engine.types import Text


#: Kinds of entries, as an agency's log is narrowed to one.
KINDS: Final = ("read", "names", "unmask", "break_glass", "review", "print", "export", "replay", "resolve", "dual_role")


@dataclass(frozen=True, kw_only=True)
class MaskableField:
    """A question that the SOP's forms ask for a record, by its words: whether it was answered it does not say."""

    record: str
    key: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class OpenedCase:
    """A case that somebody opened in an emergency, while that lasts."""

    case_id: str
    business_key: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class AccessEntry:
    """One entry of a case's access log. `who` is a name, or a number per log for whoever may not know it; `roles` those of that day.

    `what` is read | names | unmask | print | export | replay | resolve | break_glass | review | dual_role, `about` what it was done to, by
    id; of a review `about` is "number of the entry:verdict". `label` is what the SOP's forms call an unmasked field.
    """

    seq: int
    at: datetime
    who: str
    roles: tuple[str, ...]
    what: str
    about: str
    why: str
    label: Text | None = None


@dataclass(frozen=True, kw_only=True)
class BusyReader:
    """Somebody who read very many cases within one hour: the most in any hour of the last seven days."""

    who: str
    roles: tuple[str, ...]
    views: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class OutsideReader:
    """Somebody who read a case without working on it; `roles` are today's."""

    who: str
    roles: tuple[str, ...]
    views: int


@dataclass(frozen=True, kw_only=True)
class AccessLog:
    """The access log of a case, newest first. `first_bad` is the first entry that does not verify; `outsiders` read it
    without working on it."""

    case_id: str
    business_key: str
    page: Page[AccessEntry]
    first_bad: int | None
    outsiders: tuple[OutsideReader, ...]
    busy: tuple[BusyReader, ...]
    head: str = ""                          # hash of the last entry: whoever notes it can prove later that nothing before it changed


@dataclass(frozen=True, kw_only=True)
class CaseAccess:
    """One entry of one case among all cases of an agency."""

    case_id: str
    business_key: str
    entry: AccessEntry


@dataclass(frozen=True, kw_only=True)
class AgencyAccess:
    """A page of the access logs of all cases of an agency, newest first; its total stops at 1,000. `busy` read very many cases."""

    page: Page[CaseAccess]
    busy: tuple[BusyReader, ...]


@dataclass(frozen=True, kw_only=True)
class AccessReview:
    """One emergency access, and what was found of it. `viewed` counts what was done meanwhile, by kind of entry."""

    id: str
    case_id: str
    business_key: str
    who: str
    roles: tuple[str, ...]
    at: datetime
    until: datetime
    reason: str
    viewed: Mapping[str, int]
    verdict: str = ""
    review_reason: str = ""
    reviewed_at: datetime | None = None
    reviewed_by: str = ""
    may_review: bool = False
