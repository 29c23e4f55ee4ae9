"""What `engine.partner` answers: frozen values, cut to what a referral partner, or who referred to them, may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.results import DocumentRow, FormField, FormView
from engine.types import Text, Value


@dataclass(frozen=True, kw_only=True)
class PartnerFace:
    """What a link shows before the code: who asks for which service, how urgently, until when. Nobody's name, no case."""

    agency: str
    zone: str
    service: Text                           # empty where the plan does not say
    risk: str
    reply_due: datetime | None              # of an answer that is awaited; a proposal, never a verdict
    is_reply_late: bool                     # that time has passed; an answer is welcome all the same
    code_lasts: int                         # minutes
    code_tries: int


@dataclass(frozen=True, kw_only=True)
class PartnerTask:
    """What is asked of the partner now: an answer, or the report on the service."""

    id: str
    name: str
    is_report: bool
    form: FormView
    draft: Mapping[str, Value] = field(default_factory=dict)    # what was typed into it by this link, and not sent
    draft_saved_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PartnerReferral:
    """The packet of one referral, and nothing beside it."""

    face: PartnerFace
    provider: str
    companion: str                          # who referred, by name
    contact: str                            # how to reach them, as they wrote it for this partner
    consented: tuple[str, ...]              # kinds of data she agreed to (`casefile.release_fields.Data`); empty: what the kind of
                                            # receiver may know
    told: tuple[FormField, ...]             # need and special needs, as released
    documents: tuple[DocumentRow, ...]
    task: PartnerTask | None
    until: datetime | None                  # when the link ends, once the service was reported


@dataclass(frozen=True, kw_only=True)
class PartnerPacket:
    """What stands beside the form of a referral for a partner's person with an account: as `PartnerReferral` has it."""

    consented: tuple[str, ...]
    told: tuple[FormField, ...]
    documents: tuple[DocumentRow, ...]


@dataclass(frozen=True, kw_only=True)
class PartnerProgress:
    """What the partner told between answer and report."""

    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class PartnerLink:
    """A link as whoever works on the case sees it; the link itself was shown once."""

    id: str
    issued_at: datetime
    issued_by: str
    opened_at: datetime | None              # read receipt
    revoked_at: datetime | None
    code: str                               # to be told by another channel; empty: nobody asked for one, or it is over
    code_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class ReferralOut:
    """A referral that waits for its partner, or was reported, with its links, the latest first."""

    line_no: str | None
    service: Text
    provider: str
    task_id: str | None                     # None: nothing is asked of the partner now
    task_name: str
    is_report: bool
    reply_due: datetime | None
    is_reply_late: bool
    is_covered: bool                        # consent lets this provider be told
    links: tuple[PartnerLink, ...]
    progress: tuple[PartnerProgress, ...]


@dataclass(frozen=True, kw_only=True)
class CaseReferrals:
    """The referrals of one case."""

    case_id: str
    business_key: str
    rows: tuple[ReferralOut, ...]


@dataclass(frozen=True, kw_only=True)
class NewLink:
    """A link just made: `token` is shown this once and kept nowhere."""

    id: str
    token: str
    provider: str
