"""What may leave the agency (domain.md D12), whatever a diagram or a template says.

`released` is the only way from the answers of a case into a document that leaves: it lets through what the receiver's kind may
know and the consent (or a recorded legal ground) covers, and refuses a document whose point is data that nobody agreed to give.
A field of no known kind (`release_fields`) never passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from engine.casefile.case import line_key
from engine.casefile.release_consent import Addressee, Coverage, Receiver, Said, coverage, receiver_of
from engine.casefile.release_fields import Data, kind_of
from engine.casefile.telling_words import HIV_WORDS
from engine.errors import EngineError
from engine.types import Value

__all__ = ["OUTWARD", "Addressee", "Answers", "NotReleased", "Outward", "Receiver", "Said", "addressee_of", "basis_of",
           "flags_of", "outward_of", "receiver_of", "released"]

Answers = Mapping[str, Mapping[str, Value]]        # record -> field -> answer

_D = Data
_BASE: Final = frozenset({_D.LETTER})
_PARTNER: Final = _BASE | {_D.SERVICE, _D.PLAN, _D.REASON, _D.DESCRIPTION}

#: D12: what each kind of receiver may know with consent. HIV comes in with its own consent only.
PERMITTED: Final[Mapping[Receiver, frozenset[Data]]] = {
    Receiver.HEALTH: _PARTNER | {_D.IDENTITY, _D.LOCATION, _D.HEALTH, _D.NEEDS, _D.HANDOVER, _D.HIV},
    Receiver.POLICE: _PARTNER | {_D.IDENTITY, _D.LOCATION, _D.CONTACT, _D.FACTS, _D.STORY, _D.LEGAL},
    Receiver.LEGAL_AID: _PARTNER | {_D.STORY, _D.CHOSEN},
    Receiver.SHELTER: _PARTNER | {_D.RISK, _D.NEEDS, _D.CHILDREN, _D.HANDOVER},
    Receiver.SOCIAL: _PARTNER | {_D.NEEDS, _D.CHILDREN, _D.HANDOVER},
    Receiver.SCHOOL_VILLAGE: _BASE | {_D.SERVICE},
    Receiver.CONFERENCE: _BASE | {_D.NEEDS, _D.ACTIONS},
    Receiver.AGENCY: _PARTNER | {_D.RISK, _D.NEEDS, _D.CHILDREN, _D.RESULTS, _D.HANDOVER},
    Receiver.OTHER: _BASE | {_D.SERVICE},
    Receiver.BENEFICIARY: _BASE | {_D.OWN, _D.STAY, _D.MEDIATION, _D.BREACH},
    Receiver.COMPLAINANT: _BASE | {_D.COMPLAINT},
    Receiver.AUTHORITY: frozenset({_D.BREACH}),
    Receiver.PUBLIC: frozenset({_D.PUBLIC}),
}
#: Receivers that are told about nobody else: they need nobody's consent.
_NO_CONSENT: Final = frozenset({Receiver.BENEFICIARY, Receiver.COMPLAINANT, Receiver.AUTHORITY, Receiver.PUBLIC})


@dataclass(frozen=True, kw_only=True)
class Outward:
    """How a document leaves. `receiver` and `name` are a kind or name as such, or `record.field` where it was answered."""

    receiver: str
    name: str = ""
    is_refused_unconsented: bool = True      #: False: without consent it goes, with nothing but the letter's own affairs in it.
    beyond: frozenset[Data] = frozenset()    #: What this document says whoever receives it, consent or not.
    ground: str = ""                         #: The flag that makes it a legal duty.


#: Documents that leave by their nature (domain.md 5.2), also where an SOP's own sheet does not say so.
OUTWARD: Final[Mapping[str, Outward]] = {
    "F09": Outward(receiver="conference", is_refused_unconsented=False, beyond=frozenset({_D.ACTIONS})),
    "F09U": Outward(receiver="conference", is_refused_unconsented=False),
    "F10": Outward(receiver="referral.provider_kind", name="referral.provider"),
    "F11": Outward(receiver="agency", name="transfer.receiving_agency"),
    "F12": Outward(receiver="referral.provider_kind", name="referral.provider"),
    "F17": Outward(receiver="agency", name="referral_reply.sender", is_refused_unconsented=False),
    "F19": Outward(receiver="beneficiary"),
    "F20": Outward(receiver="beneficiary"),
    "F21": Outward(receiver="complainant"),
    "F21P": Outward(receiver="public"),
    "F22L": Outward(receiver="public"),
    "F23": Outward(receiver="police", name="police_report.police_unit", ground="is_tpks"),
    "F24": Outward(receiver="other", is_refused_unconsented=False, beyond=frozenset({_D.WITHDRAWAL})),
    "F25": Outward(receiver="beneficiary"),
}
_IMPLIED: Final[Mapping[Data, frozenset[Data]]] = {
    _D.IDENTITY: frozenset({_D.DESCRIPTION, _D.LOCATION}), _D.FACTS: frozenset({_D.STORY}), _D.HEALTH: frozenset({_D.HANDOVER}),
    _D.NEEDS: frozenset({_D.PLAN, _D.REASON}),
}
#: Receivers that no law lets know without her.
_ONLY_BY_CONSENT: Final = frozenset({Receiver.SCHOOL_VILLAGE, Receiver.CONFERENCE, Receiver.OTHER})

#: What is counted over people: not published of fewer than five.
_COUNTED: Final = frozenset({"respondents", "ikm", "band", "nrr", "lowest_element", "survey_results"})
_FEW: Final = 5
_NEEDS_LISTS: Final = frozenset({"special_needs_told", "special_flags"})
#: Who she is, and where: answers that other answers must not repeat.
_NAMES: Final = frozenset({"full_name", "nickname", "nik", "family_card_no"})
_ALWAYS_SECRET: Final = frozenset({"shelter_address", "safe_contact", "reporter_name", "reporter_phone", "reporter_address"})
_SECRET: Final = _ALWAYS_SECRET | _NAMES
_SHORTEST_SECRET: Final = 3
_FLAGS: Final = frozenset({
    "is_child", "disability", "hiv", "guardian_is_alleged_perpetrator", "disaster", "conflict_situation", "is_tpks", "trafficking",
    "foreign", "reporter_wants_secrecy", "wants_secrecy"})


class NotReleased(EngineError):
    """This document would tell its receiver what nobody agreed to: record a consent that covers this receiver first."""

    code = "consent-missing"
    indonesian = ("Dokumen ini memuat data yang belum disetujui untuk penerima itu: catat dahulu persetujuan yang mencakup "
                  "penerima dan datanya.")


def released(
    code: str, to: Addressee, answers: Answers, consents: Iterable[Said], flags: Iterable[str] = (), *, on: date,
    beside: Answers = MappingProxyType({}),
) -> dict[str, dict[str, Value]]:
    """The answers that document `code` may say to this addressee. `answers` and `beside` are all of the case's, of every class:
    those beside do not pass, but what is secret in them is not repeated either.

    Raises:
        NotReleased: neither a consent nor a recorded legal ground covers the receiver, and without data there is no document.
    """
    outward = OUTWARD.get(code, Outward(receiver=to.kind))
    known = frozenset(flags) | flags_of(answers)
    allowed = _allowed(outward, to, coverage(to, consents, on=on), known)
    if "conflict_situation" in known:
        allowed -= {_D.LOCATION}
    if to.kind is Receiver.PUBLIC and _is_few(answers):
        answers = {record: {name: value for name, value in values.items() if name not in _COUNTED} for record, values in answers.items()}
    rule = _Passing(allowed=allowed, to=to, is_guardian_left_out="guardian_is_alleged_perpetrator" in known,
                    secrets=_secrets([*answers.values(), *beside.values()], nicknames=True),
                    secrets_of_officers=_secrets([*answers.values(), *beside.values()], nicknames=False))
    passed = {record: dict(rule.group(record, values)) for record, values in answers.items()}
    return {record: values for record, values in passed.items() if values}


def _allowed(outward: Outward, to: Addressee, covered: Coverage, flags: frozenset[str]) -> frozenset[Data]:
    permitted = PERMITTED[to.kind]
    if to.kind in _NO_CONSENT:
        return permitted | outward.beyond
    if covered.is_consented:
        agreed = permitted if covered.data is None else permitted & _whole(covered.data)
        own = frozenset({_D.HIV}) & permitted if covered.is_hiv_agreed else frozenset()
        return (agreed - {_D.HIV}) | own | outward.beyond
    is_duty = bool(outward.ground) and outward.ground in flags
    if (covered.ground or is_duty) and to.kind not in _ONLY_BY_CONSENT:
        return (permitted - {_D.HIV}) | outward.beyond
    if outward.is_refused_unconsented:
        raise NotReleased(kind=to.kind.value)
    return _BASE | outward.beyond


def basis_of(code: str, to: Addressee, consents: Iterable[Said], flags: Iterable[str] = (), *, on: date) -> str:
    """On what ground the addressee is told: `consent`, `vital_interest`, `legal_duty`; empty where there is nothing to agree to."""
    if to.kind in _NO_CONSENT:
        return ""
    covered = coverage(to, consents, on=on)
    if covered.is_consented:
        return "consent"
    outward = OUTWARD.get(code)
    is_duty = outward is not None and outward.ground in frozenset(flags)
    return "" if to.kind in _ONLY_BY_CONSENT else covered.ground or ("legal_duty" if is_duty else "")


def _whole(data: frozenset[Data]) -> frozenset[Data]:
    """The kinds of data a consent names, with those that go without saying."""
    return data | _BASE | {_D.SERVICE} | frozenset[Data]().union(*(_IMPLIED.get(kind, frozenset()) for kind in data))


def outward_of(code: str, answers: Answers) -> Outward | None:
    """How the document leaves by its nature; None: it stays in the file. Minutes of a transfer go where the transfer goes."""
    if code == "F12" and answers.get("handover", {}).get("handover_kind") == "transfer":
        return OUTWARD["F11"]
    return OUTWARD.get(code)


def addressee_of(answers: Answers, receiver: str, name: str = "", *, line: Value = None) -> Addressee:
    """The addressee that a sheet names: a kind as such, or the answer to `record.field`; one not answered is `other`."""
    return Addressee(kind=receiver_of(_pointed(answers, receiver)), name=_pointed(answers, name),
                     line_no=None if line is None else line_key(line))


def flags_of(answers: Answers) -> frozenset[str]:
    """What is special about the case: every flag some answer raises."""
    raised = {name for values in answers.values() for name, value in values.items() if name in _FLAGS and value is True}
    if answers.get("police_report", {}).get("police_route") == "report":
        raised.add("is_tpks")   # what is reported to the police as a sexual-violence crime is suspected to be one
    for values in answers.values():
        special = values.get("special_flags")
        raised |= {_AS_FLAG.get(str(one), str(one)) for one in special} if isinstance(special, list | tuple) else set()
    return frozenset(raised)


_AS_FLAG: Final = {"conflict": "conflict_situation", "child": "is_child"}


def _is_few(answers: Answers) -> bool:
    counts = [values["respondents"] for values in answers.values() if isinstance(values.get("respondents"), Decimal | int)]
    return any(isinstance(count, Decimal | int) and count < _FEW for count in counts)


def _pointed(answers: Answers, pointer: str) -> str:
    record, dot, name = pointer.partition(".")
    if not dot:
        return pointer
    value = answers.get(record, {}).get(name)
    return value if isinstance(value, str) else ""


def _secrets(answers: Sequence[Mapping[str, Value]], *, nicknames: bool) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Words that no text may carry along and what stands in their place, the longest first. A letter that may say who she is says
    so in its place; its other texts speak of her by her code."""
    alias = next((str(value) for name, value in _each(answers) if name == "alias_code" and value), "penerima manfaat")
    found = {value.strip(): "(dirahasiakan)" if name in _ALWAYS_SECRET else alias for name, value in _each(answers)
             if name in _SECRET and isinstance(value, str) and (nicknames or name != "nickname")}
    words = sorted((word for word in found if len(word) >= _SHORTEST_SECRET), key=lambda word: (-len(word), word))
    return tuple((re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE), found[word].replace("\\", "")) for word in words)


def _each(groups: Iterable[Mapping[str, Value]]) -> Iterator[tuple[str, Value]]:
    for values in groups:
        for name, value in values.items():
            yield name, value
            if isinstance(value, list | tuple):
                yield from _each(row for row in value if isinstance(row, Mapping))


@dataclass(frozen=True, kw_only=True)
class _Passing:
    """The rule for one document: which answers pass, and in what words."""

    allowed: frozenset[Data]
    to: Addressee
    is_guardian_left_out: bool
    secrets: tuple[tuple[re.Pattern[str], str], ...]
    secrets_of_officers: tuple[tuple[re.Pattern[str], str], ...]     # where officers are named: one may be called as she is

    def group(self, record: str, values: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
        for name, value in values.items():
            if kind_of(record, name) not in self.allowed or (self.is_guardian_left_out and name.startswith("guardian")):
                continue
            passed = self._value(record, name, value)
            if passed is not None:
                yield name, passed

    def _value(self, record: str, name: str, value: Value) -> Value:
        if isinstance(value, str):
            return value if name in _NAMES else self._text(value, kind_of(record, name))
        if isinstance(value, Mapping):
            return self._signature(value) if name.endswith("_signature") else None
        if not isinstance(value, list | tuple):
            return value
        if any(isinstance(one, Mapping) for one in value):
            rows = [dict(self.group(record, row)) for row in value if isinstance(row, Mapping) and self._is_ours(row)]
            return [row for row in rows if row] or None
        if name in _NEEDS_LISTS:
            value = [one for one in value if self._may_name(str(one))]
        texts = [self._text(one, None) if isinstance(one, str) else one for one in value]
        return [one for one in texts if one is not None]

    def _is_ours(self, row: Mapping[str, Value]) -> bool:
        """A letter about one line of the plan says nothing of the others."""
        return self.to.line_no is None or row.get("line_no") is None or line_key(row["line_no"]) == self.to.line_no

    def _may_name(self, need: str) -> bool:
        if need == "hiv":
            return _D.HIV in self.allowed
        return need != "health" or self.to.kind is Receiver.HEALTH

    def _text(self, text: str, kind: Data | None) -> str | None:
        """The text without names that stay; none of it where it speaks of HIV to who must not know."""
        is_own_name = bool(text.strip()) and self.to.name.casefold().startswith(text.strip().casefold())
        if _D.HIV not in self.allowed and HIV_WORDS.search(text) and not is_own_name:
            return None
        for secret, instead in self.secrets_of_officers if kind is _D.LETTER else self.secrets:
            text = secret.sub(instead, text)
        return text

    def _signature(self, value: Mapping[str, Value]) -> dict[str, Value]:
        return {key: self._text(one, _D.LETTER) if isinstance(one, str) and key in ("name", "position") else one
                for key, one in value.items()}
