"""A photo without what its camera wrote beside it: where, when and with which device it was taken.

Only the parts that draw the picture stay, and the one number that says which way is up. Nothing is decoded or drawn anew.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final


class Damaged(ValueError):
    """The bytes do not hold together as the picture their beginning promises."""


_PNG: Final = b"\x89PNG\r\n\x1a\n"
_DRAWS: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs"})

_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _APP15, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_EXIF: Final = b"Exif\x00\x00"
_ORIENTATION: Final = 0x0112


def without_metadata(content: bytes, media_type: str) -> bytes:
    """The picture alone; a file that is no PNG or JPEG as it is. What follows the end of the picture is dropped too.

    Raises:
        Damaged: it cannot be read as what it begins as.
    """
    if media_type == "image/png":
        return _PNG + b"".join(part for name, part in _chunks(content) if name in _DRAWS)
    if media_type == "image/jpeg":
        return b"".join(_jpeg(content))
    return content


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while True:
        if at + 12 > len(content):
            raise Damaged
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4:end - 4]) != int.from_bytes(content[end - 4:end], "big"):
            raise Damaged
        yield name, content[at:end]
        if name == b"IEND":
            return
        at = end


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while True:
        while content[at:at + 2] == b"\xff\xff":
            at += 1
        if at + 2 > len(content) or content[at] != 0xFF:
            raise Damaged
        marker = content[at + 1]
        if marker == _EOI:
            yield b"\xff\xd9"
            return
        if at + 4 > len(content):
            raise Damaged
        end = at + 2 + int.from_bytes(content[at + 2:at + 4], "big")
        if end > len(content) or end < at + 4:
            raise Damaged
        if marker == _APP1:
            yield _upright(content[at + 4:end])
        elif _stays(marker, content[at + 4:end]):
            yield content[at:end]
        at = end
        if marker == _SOS:
            at = _after_scan(content, end)
            yield content[end:at]


def _stays(marker: int, body: bytes) -> bool:
    if marker == _APP2:
        return body.startswith(b"ICC_PROFILE\x00")  # how its colours are meant
    return marker in (_APP0, _APP14) or not (_APP0 <= marker <= _APP15 or marker == _COM)


def _after_scan(content: bytes, at: int) -> int:
    """Where the next marker stands; inside a scan 0xFF is followed by 0 or a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise Damaged
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2


def _upright(body: bytes) -> bytes:
    """An Exif part that says nothing but the orientation; nothing at all where it says none."""
    turned = _orientation(body.removeprefix(_EXIF)) if body.startswith(_EXIF) else 0
    if not 1 < turned <= 8:
        return b""
    tiff = b"II*\x00" + struct.pack("<IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    said = _EXIF + tiff
    return b"\xff\xe1" + struct.pack(">H", len(said) + 2) + said


def _orientation(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 0
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    if first + 2 > len(tiff):
        return 0
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    for place in range(first + 2, min(first + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _number, value = struct.unpack_from(f"{order}HHIH", tiff, place)
        if (tag, kind) == (_ORIENTATION, 3):
            return int(value)
    return 0
