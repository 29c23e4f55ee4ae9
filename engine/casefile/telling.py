"""A provider whose very name tells the beneficiary's HIV status (D12, F06): being sent there says it, whatever the letter leaves out.

The directory lets no such name stand among those it offers (`engine.directory.providers`); this is about one that is typed, or a kind
that says the same.
"""

from __future__ import annotations

from typing import Final

from engine.casefile.case import Case, Submission
from engine.casefile.refusals import ReceiverTellsTooMuch
from engine.casefile.release_consent import agrees_to_telling
from engine.casefile.statements import said
from engine.casefile.telling_words import HIV_WORDS
from engine.errors import EngineError

_REFERRAL: Final = "referral"
_TELLING_KIND: Final = "vct_clinic"


def refusal(record: str, case: Case, submission: Submission) -> EngineError | None:
    """Why nobody may be referred there: her status is known here, or she was asked, and she did not agree that this provider knows.

    Of a case that knows of no status nothing is told by such a name. Care in an emergency is no referral, and waits for no consent.
    """
    if record != _REFERRAL:
        return None
    name, kind = submission.text("provider"), submission.text("provider_kind")
    if not HIV_WORDS.search(name) and kind != _TELLING_KIND:
        return None
    agreed = agrees_to_telling(name, said(case))
    is_known = case.record("identification").get("hiv") is True
    return ReceiverTellsTooMuch() if agreed is False or (agreed is None and is_known) else None
