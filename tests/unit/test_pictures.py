"""Photos lose where, when and with what they were taken, and nothing that draws them."""

from __future__ import annotations

import struct
import zlib

import pytest

from engine import pictures

PLACE = b"GPS -0.0263 109.3425 Redmi"


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


HEAD = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
DATA = chunk(b"IDAT", zlib.compress(b"\x00\x7f"))
END = chunk(b"IEND", b"")
PNG = b"\x89PNG\r\n\x1a\n"


def segment(marker, body):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(order, orientation):
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\x00\x00" + (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(f"{order}IH", 8, 1) + entry + struct.pack(
        f"{order}I", 0) + PLACE


SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
DRAWN = segment(0xE0, b"JFIF\x00" + bytes(9)) + segment(0xDB, bytes(65)) + SCAN


def jpeg(*more, tail=b""):
    return b"\xff\xd8" + b"".join(more) + DRAWN + b"\xff\xd9" + tail


def test_a_png_keeps_what_draws_it():
    told = PNG + HEAD + chunk(b"tEXt", b"Comment\x00" + PLACE) + chunk(b"eXIf", PLACE) + DATA + chunk(b"tIME", bytes(7)) + END + PLACE
    assert pictures.without_metadata(told, "image/png") == PNG + HEAD + DATA + END


@pytest.mark.parametrize("order", "<>")
def test_a_jpeg_keeps_what_draws_it_and_which_way_is_up(order):
    told = jpeg(segment(0xE1, exif(order, 6)), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE), segment(0xED, PLACE),
                segment(0xFE, PLACE), tail=PLACE)
    clean = pictures.without_metadata(told, "image/jpeg")
    assert PLACE not in clean and b"adobe" not in clean
    assert clean.endswith(DRAWN + b"\xff\xd9") and clean.startswith(b"\xff\xd8\xff\xe1")
    assert pictures.without_metadata(clean, "image/jpeg") == clean  # the orientation is read again as it was written
    assert pictures._orientation(clean[12:]) == 6


def test_an_upright_photo_says_nothing_beside_itself():
    assert pictures.without_metadata(jpeg(segment(0xE1, exif("<", 1))), "image/jpeg") == jpeg()


def test_what_comes_between_scans_goes_too():
    told = jpeg()[:-2] + segment(0xFE, PLACE) + SCAN + b"\xff\xd9"
    assert pictures.without_metadata(told, "image/jpeg") == jpeg()[:-2] + SCAN + b"\xff\xd9"


@pytest.mark.parametrize("cut", [jpeg()[:-1], jpeg()[:12], b"\xff\xd8\xff", jpeg()[:30] + b"\x00" + jpeg()[31:-40]])
def test_a_jpeg_that_is_cut_off_is_refused(cut):
    with pytest.raises(pictures.Damaged):
        pictures.without_metadata(cut, "image/jpeg")


@pytest.mark.parametrize("cut", [PNG, PNG + HEAD, PNG + HEAD + DATA[:-1] + b"x" + END, PNG + b"\xff\xff\xff\xffIHDR"])
def test_a_png_that_is_cut_off_is_refused(cut):
    with pytest.raises(pictures.Damaged):
        pictures.without_metadata(cut, "image/png")


def test_a_pdf_stays_as_it_is():
    assert pictures.without_metadata(b"%PDF-1.7 x", "application/pdf") == b"%PDF-1.7 x"
