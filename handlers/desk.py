"""What an operation may reach: the front door and the outside clients, handed in so that tests hand in others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.results import DocumentRow
from engine.types import OperationCall, Value


class Mail(Protocol):
    """Sends one plain message; `key` is the same on every retry, so that a mail server can drop the second copy."""

    def send(self, to: str, subject: str, text: str, *, key: str) -> None:
        """Raises TransientFailure when the server cannot be reached, PermanentFailure when it refuses the address for good."""
        ...


class LetterSource(Protocol):
    """A letter ready to be set: the deployment's template, and of the case file what this letter may say."""

    @property
    def digest(self) -> str:
        """SHA-256 over template and data: what the QR code on the paper says."""
        ...

    @property
    def addressee(self) -> str:
        """Whom it leaves the agency for, by name; empty for one that stays in the file."""
        ...

    def numbered(self, number: str) -> LetterSource:
        """The same letter under its number."""
        ...

    def pdf(self, images: Mapping[str, bytes]) -> bytes:
        """The letter; the same bytes for the same source. `images` are files the template may show by name."""
        ...


class Cases(Protocol):
    """The part of `engine.cases` that works for an operation: the call says for which case, its key makes it happen once."""

    def next_number(self, call: OperationCall, *, series: str) -> str: ...
    def typed_number(self, call: OperationCall, *, code: str, number: str) -> str: ...
    def letter_source(self, call: OperationCall, *, code: str, number: str = "") -> LetterSource: ...
    def attach_document(self, call: OperationCall, *, code: str, number: str, media_type: str, content: bytes,
                        source_digest: str = "", addressee: str = "") -> DocumentRow: ...


class People(Protocol):
    """The part of `engine.people` that works for an operation."""

    def notify(self, call: OperationCall, *, role: str, code: str) -> None: ...


class FrontDoor(Protocol):
    """The two parts of `engine.Engine` that operations use."""

    @property
    def cases(self) -> Cases: ...
    @property
    def people(self) -> People: ...


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One operation's surroundings."""

    engine: FrontDoor
    mail: Mail | None = None    # None: notices stay in the product
    base_url: str = ""          # where a mail says to look


Result = Mapping[str, Value]
