"""One answer of a form: from what a client sent to a typed value, or to what the person should do about it."""

from __future__ import annotations

import binascii
import hashlib
import re
import unicodedata
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine import pictures
from engine.forms_schema import Field, FieldType
from engine.types import Value

MAX_TEXT: Final = 500          # characters of one line
MAX_LONGTEXT: Final = 20_000   # characters of several lines
MAX_FILE_BYTES: Final = 10 * 1024 * 1024
FIRST_YEAR, LAST_YEAR = 1900, 2100
UNKNOWN_ANSWERS: Final = ("not_asked", "declined", "unknown")

Problem = tuple[str, str]  # what to do, in Indonesian and English

REQUIRED: Final[Problem] = ("Isi bagian ini.", "Fill in this field.")
NOT_AN_OPTION: Final[Problem] = ("Pilih salah satu jawaban yang tersedia.", "Choose one of the answers given.")
NOT_YES_NO: Final[Problem] = ("Pilih ya atau tidak.", "Choose yes or no.")
NOT_INTEGER: Final[Problem] = ("Isi dengan bilangan bulat, tanpa titik atau koma.", "Enter a whole number, without separators.")
NOT_NUMBER: Final[Problem] = ("Isi dengan angka, misalnya 12,5.", "Enter a number, for example 12.5.")
NOT_DATE: Final[Problem] = (
    "Isi tanggal yang ada di kalender: hari, bulan, tahun empat angka.", "Enter a date that exists: day, month, year in four figures.")
NOT_INSTANT: Final[Problem] = (
    "Isi tanggal, tahun empat angka, dan jam, misalnya 3/11/2026 09.30.",
    "Enter a date with a year in four figures, and a time, for example 3/11/2026 09:30.")
NOT_TEXT: Final[Problem] = ("Isi dengan tulisan biasa.", "Enter plain text.")
TOO_LONG: Final[Problem] = (f"Paling banyak {MAX_TEXT} huruf.", f"At most {MAX_TEXT} characters.")
FAR_TOO_LONG: Final[Problem] = ("Paling banyak 20.000 huruf.", "At most 20,000 characters.")
NOT_A_FILE: Final[Problem] = ("Unggah berkas PDF, JPEG, atau PNG.", "Upload a PDF, JPEG or PNG file.")
NOT_SIGNED: Final[Problem] = (
    "Isi nama, lalu tanda tangani di layar, atau unggah cap jempol atau pindaian yang sudah ditandatangani.",
    "Enter the name, then sign on screen, or upload a thumbprint or a signed scan.")
NOT_A_PICTURE: Final[Problem] = ("Unggah gambar PNG atau JPEG.", "Upload a PNG or JPEG picture.")
DAMAGED_PICTURE: Final[Problem] = (
    "Gambar ini rusak atau terpotong: ambil atau simpan ulang, lalu unggah lagi.",
    "This picture is damaged or cut off: take or save it again, then upload it.")
FILE_TOO_LARGE: Final[Problem] = ("Berkas paling besar 10 MB.", "A file has at most 10 MB.")

#: How a person signs. A certified electronic signature would be one more (engine/signatures.py).
SIGNED_BY: Final = ("drawn", "thumbprint", "scan")
_SIGNATURE_PARTS = frozenset({"name", "position", "method", "content"})

#: What an upload may be, told by its first bytes; what its sender calls it counts for nothing.
_FILE_KINDS: Final = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_IS_LATIN = re.compile(r"[\n\x20-\x7e\xa1-\u017f]*\Z")   # none of them is hidden
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(?:[.,][0-9]{1,12})?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DATE_PARTS = frozenset({"day", "month", "year"})


class Unusable(Exception):
    """The answer is not one; `problem` says what to do. It never carries the answer."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__("unusable answer")


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that came with a form; in the submission stands only its description."""

    sha256: str
    media_type: str
    content: bytes


def is_blank(raw: Any) -> bool:
    """Whether nothing was answered."""
    if raw is None or (isinstance(raw, str) and not raw.strip()) or raw in ([], (), {}):
        return True
    return isinstance(raw, Mapping) and all(isinstance(part, str) and not part.strip() for part in raw.values())


def read_value(field: Field, raw: Any, *, zone: ZoneInfo, uploads: list[Upload]) -> Value:
    """The typed value of one answer that is not blank (`rows` are read by `forms`). Raises Unusable."""
    if field.allow_unknown and isinstance(raw, str) and raw in UNKNOWN_ANSWERS:
        return raw
    if field.type is FieldType.FILE:
        return _file(raw, uploads)
    if field.type is FieldType.SIGNATURE:
        return _signature(raw, zone, uploads)
    if field.type is FieldType.CHOICE:
        return _choice(field, raw)
    if field.type is FieldType.CHOICES:
        return _choices(field, raw)
    return _READERS[field.type](raw, zone)


def holds_unknown(field: Field, value: Value) -> bool:
    """Whether the answer is that there is none: not asked, declined or not known."""
    return field.allow_unknown and isinstance(value, str) and value in UNKNOWN_ANSWERS


def _choice(field: Field, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in {option.value for option in field.options}:
        raise Unusable(NOT_AN_OPTION)
    return raw


def _choices(field: Field, raw: Any) -> list[str]:
    given = [raw] if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise Unusable(NOT_AN_OPTION)
    chosen = set(given)
    if not chosen <= {option.value for option in field.options}:
        raise Unusable(NOT_AN_OPTION)
    return [option.value for option in field.options if option.value in chosen]  # in the form's order, each once


def _text(raw: Any, _zone: ZoneInfo) -> str:
    text = _plain(raw)
    if "\n" in text:
        raise Unusable(NOT_TEXT)
    if len(text) > MAX_TEXT:
        raise Unusable(TOO_LONG)
    return text


def _longtext(raw: Any, _zone: ZoneInfo) -> str:
    text = _plain(raw)
    if len(text) > MAX_LONGTEXT:
        raise Unusable(FAR_TOO_LONG)
    return text


def _plain(raw: Any) -> str:
    """Text as people type it: composed characters, no control characters but line ends, nothing that flips its direction."""
    if not isinstance(raw, str):
        raise Unusable(NOT_TEXT)
    if len(raw) > 4 * MAX_LONGTEXT:
        raise Unusable(FAR_TOO_LONG)
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\t", " ")).strip()
    # Printable ASCII and Latin letters, which is nearly all that anybody types, need no look at each character.
    if not _IS_LATIN.match(text) and any(_is_hidden(character) for character in text):
        raise Unusable(NOT_TEXT)
    return text


def _is_hidden(character: str) -> bool:
    # Joiners (U+200C, U+200D) are letters' neighbours in some scripts; direction overrides only deceive.
    if character in "\n\u200c\u200d":
        return False
    return unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} or character in _OVERRIDES


def _boolean(raw: Any, _zone: ZoneInfo) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw in ("true", "false"):
        return bool(raw == "true")
    raise Unusable(NOT_YES_NO)


def _integer(raw: Any, _zone: ZoneInfo) -> Decimal:
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        number = Decimal(raw)
        if not number.is_finite() or number != number.to_integral_value() or abs(number) >= 10**18:
            raise Unusable(NOT_INTEGER)
        return number.to_integral_value()
    if not isinstance(raw, str) or not _INTEGER.match(raw.strip()):
        raise Unusable(NOT_INTEGER)
    return Decimal(raw.strip())


def _decimal(raw: Any, _zone: ZoneInfo) -> Decimal:
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        number = Decimal(raw)
        if not number.is_finite() or abs(number) >= 10**18 or not _DECIMAL.match(format(number, "f")):
            raise Unusable(NOT_NUMBER)
        return number
    if not isinstance(raw, str) or not _DECIMAL.match(raw.strip()):
        raise Unusable(NOT_NUMBER)
    return Decimal(raw.strip().replace(",", "."))


def _date(raw: Any, _zone: ZoneInfo) -> date:
    if isinstance(raw, datetime):
        raise Unusable(NOT_DATE)
    found = raw if isinstance(raw, date) else None
    try:
        if isinstance(raw, str) and _DATE.match(raw.strip()):
            found = date.fromisoformat(raw.strip())
        elif isinstance(raw, Mapping) and raw.keys() == _DATE_PARTS:
            found = date(_part(raw["year"]), _part(raw["month"]), _part(raw["day"]))
    except ValueError:
        raise Unusable(NOT_DATE) from None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unusable(NOT_DATE)
    return found


def _datetime(raw: Any, zone: ZoneInfo) -> datetime:
    """An instant, kept in UTC; without an offset it was meant on the agency's clock."""
    try:
        if isinstance(raw, datetime):
            found = raw
        elif isinstance(raw, str) and "T" in raw:
            found = datetime.fromisoformat(raw.strip())
        elif isinstance(raw, Mapping) and raw.keys() == _DATE_PARTS | {"time"} and isinstance(raw["time"], str):
            day = _date({part: raw[part] for part in _DATE_PARTS}, zone)
            found = datetime.combine(day, time.fromisoformat(raw["time"].strip().replace(".", ":")))
        else:
            raise Unusable(NOT_INSTANT)
        aware = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        if not FIRST_YEAR <= aware.year <= LAST_YEAR:
            raise Unusable(NOT_INSTANT)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unusable(NOT_INSTANT) from None


def _part(raw: Any) -> int:
    if isinstance(raw, str) and raw.strip().isascii() and raw.strip().isdecimal() and len(raw.strip()) <= 4:
        return int(raw.strip())
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool) and raw == int(raw):
        return int(raw)
    raise ValueError


def read_upload(raw: Any) -> Upload:
    """A file that came with no form's field, checked as those are: by its first bytes, bounded, without metadata. Raises Unusable."""
    kept: list[Upload] = []
    _file(raw, kept)
    return kept[0]


def _file(raw: Any, uploads: list[Upload]) -> dict[str, Value]:
    """The description of an upload: what its bytes are, their digest and number. The bytes go to `uploads`."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("content"), str):
        raise Unusable(NOT_A_FILE)
    if len(raw["content"]) > MAX_FILE_BYTES * 4 // 3 + 4:
        raise Unusable(FILE_TOO_LARGE)
    try:
        content = b64decode(raw["content"], validate=True)
    except (binascii.Error, ValueError):
        raise Unusable(NOT_A_FILE) from None
    if len(content) > MAX_FILE_BYTES:
        raise Unusable(FILE_TOO_LARGE)
    media_type = next((kind for start, kind in _FILE_KINDS.items() if content.startswith(start)), None)
    if media_type is None:
        raise Unusable(NOT_A_FILE)
    try:
        content = pictures.without_metadata(content, media_type)
    except pictures.Damaged:
        raise Unusable(DAMAGED_PICTURE) from None
    sha256 = hashlib.sha256(content).hexdigest()
    uploads.append(Upload(sha256=sha256, media_type=media_type, content=content))
    return {"sha256": sha256, "media_type": media_type, "size": Decimal(len(content))}


def _signature(raw: Any, zone: ZoneInfo, uploads: list[Upload]) -> dict[str, Value]:
    """Who signed, as what and how, with the description of what was drawn or scanned."""
    if not isinstance(raw, Mapping) or not raw.keys() <= _SIGNATURE_PARTS or raw.get("method") not in SIGNED_BY:
        raise Unusable(NOT_SIGNED)
    if is_blank(raw.get("name")) or is_blank(raw.get("content")):
        raise Unusable(NOT_SIGNED)
    kept: list[Upload] = []
    signed = {"name": _text(raw["name"], zone), "position": _text(raw.get("position") or "", zone), "method": str(raw["method"]),
              **_file(raw, kept)}
    if raw["method"] != "scan" and not str(signed["media_type"]).startswith("image/"):
        raise Unusable(NOT_A_PICTURE)
    uploads += kept
    return signed


_READERS: Final[Mapping[FieldType, Callable[[Any, ZoneInfo], Value]]] = {
    FieldType.TEXT: _text, FieldType.LONGTEXT: _longtext, FieldType.BOOLEAN: _boolean,
    FieldType.INTEGER: _integer, FieldType.DECIMAL: _decimal, FieldType.DATE: _date, FieldType.DATETIME: _datetime,
}
