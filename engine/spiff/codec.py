"""A state as bytes: rows without specs, MessagePack, zstd, a checksum. Half a kilobyte to a few, whatever has happened."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
import zstandard

from engine import errors
from engine.feel import MonthsDuration

if TYPE_CHECKING:
    from engine.spiff.build import Program

MAGIC = b"KS1"
MAX_BYTES = 64 * 1024 * 1024
_SUM = 8
_DECIMAL, _DATE, _TIME, _DATETIME, _DURATION, _MONTHS = range(1, 7)
_ENCODER = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class State:
    """A process instance between two stimuli: plain rows, never changed, no specs and no Spiff objects."""

    fingerprint: bytes        # of the program whose elements the rows number
    header: dict[str, Any]
    scopes: tuple[Any, ...]   # (scope number, host token or 0, variables, token rows), outer scopes first


class _Contexts(threading.local):
    """zstd contexts are not thread-safe: two threads on one corrupt states without an error (engine-notes 6)."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=3)
        self.decompressor = zstandard.ZstdDecompressor()


_contexts = _Contexts()


def dump(state: State) -> bytes:
    """The state as bytes; the same state gives the same bytes on every machine."""
    rows = [state.fingerprint, _packed(state.header), _packed(state.scopes)]
    body = _contexts.compressor.compress(_ENCODER.encode(rows))
    return MAGIC + hashlib.blake2b(body, digest_size=_SUM).digest() + body


def load(program: Program, data: bytes) -> State:
    """Read what `dump` wrote for this program.

    Raises:
        StateCorrupt: not a state, changed on the way, or of another program.
    """
    body = data[len(MAGIC) + _SUM:]
    if data[:len(MAGIC)] != MAGIC or data[len(MAGIC):len(MAGIC) + _SUM] != hashlib.blake2b(body, digest_size=_SUM).digest():
        raise errors.StateCorrupt
    try:
        raw = _contexts.decompressor.decompress(body, max_output_size=MAX_BYTES)
        fingerprint, header, scopes = _DECODER.decode(raw)
    except (zstandard.ZstdError, msgspec.DecodeError, ValueError, TypeError) as problem:
        raise errors.StateCorrupt from problem
    if fingerprint != program.fingerprint:
        raise errors.StateCorrupt(problem="another-program")
    return State(fingerprint, header, tuple(scopes))


def _packed(value: Any) -> Any:
    """`value` with every type MessagePack lacks as an extension of its own, so that it reads back as itself."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {key: _packed(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_packed(item) for item in value]
    if kind is Decimal:
        return msgspec.msgpack.Ext(_DECIMAL, str(value).encode())
    if isinstance(value, datetime):
        zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else ""
        return msgspec.msgpack.Ext(_DATETIME, f"{value.isoformat()}@{zone}@{value.fold}".encode())
    if isinstance(value, date):
        return msgspec.msgpack.Ext(_DATE, value.isoformat().encode())
    if isinstance(value, time):
        zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else ""
        return msgspec.msgpack.Ext(_TIME, f"{value.replace(tzinfo=None) if zone else value}@{zone}".encode())
    if isinstance(value, timedelta):
        return msgspec.msgpack.Ext(_DURATION, f"{value.days},{value.seconds},{value.microseconds}".encode())
    if isinstance(value, MonthsDuration):
        return msgspec.msgpack.Ext(_MONTHS, str(value.months).encode())
    if isinstance(value, str):
        return str(value)
    raise errors.InvalidValue(kind=kind.__name__)


def _unpacked(code: int, data: memoryview) -> Any:
    text = bytes(data).decode()
    match code:
        case 1:
            return Decimal(text)
        case 2:
            return date.fromisoformat(text)
        case 3:
            clock, _, zone = text.partition("@")
            found = time.fromisoformat(clock)
            return found.replace(tzinfo=ZoneInfo(zone)) if zone else found
        case 4:
            stamp, zone, fold = text.split("@")
            instant = datetime.fromisoformat(stamp)
            if zone:
                instant = instant.replace(tzinfo=ZoneInfo(zone))
            return instant.replace(fold=int(fold)) if fold != "0" else instant
        case 5:
            days, seconds, micro = text.split(",")
            return timedelta(int(days), int(seconds), int(micro))
        case 6:
            return MonthsDuration(int(text))
    raise ValueError(code)


_PLAIN = frozenset({type(None), bool, int, str, bytes})
_DECODER = msgspec.msgpack.Decoder(ext_hook=_unpacked, strict=False)
