"""Documents: the same bytes every time, data that stays text, a process that sees and reaches nothing."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.render import typst

LETTER = b"""
#set document(title: "Surat rujukan")
#set text(lang: "id")
#let data = json("data.json")
= Surat nomor #data.number
#data.name
"""
HOSTILE = ['#read("/etc/passwd")', "#panic()", "*tebal*", "]", "\\", '"', "$x$", "#import \"@preview/x:1.0.0\"", "<label>", "@ref",
           "Siti \u202e\u0000\u0007", "\U0001f600", "= Judul", "//komentar", "/*", "`raw`"]

PIXEL = (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="red"/></svg>')


def read_back(template: str, data: dict[str, object], **arguments: object) -> bytes:
    """Sets a document whose template checks its own data."""
    return typst.pdf(template.encode(), data, **arguments)  # type: ignore[arg-type]


def streams(pdf: bytes) -> bytes:
    """The content of a PDF, unpacked."""
    unpacked = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            unpacked.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"".join(unpacked)


def test_the_same_letter_is_the_same_bytes() -> None:
    data = {"number": "440/12", "name": "Nama Contoh"}
    first = typst.pdf(LETTER, data)
    assert first.startswith(b"%PDF-")
    assert typst.pdf(LETTER, dict(reversed(data.items()))) == first
    assert typst.pdf(LETTER, {**data, "number": "440/13"}) != first


def test_the_same_letter_is_the_same_bytes_in_another_process_and_zone(tmp_path: Path) -> None:
    script = tmp_path / "set.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {os.getcwd()!r})\nfrom engine.render import typst\n"
        f"sys.stdout.buffer.write(typst.pdf({LETTER!r}, {{'number': '1', 'name': 'A'}}))\n"
    )
    environment = {**os.environ, "TZ": "Asia/Jayapura", "PYTHONHASHSEED": "7", "LANG": "C"}
    there = subprocess.run([sys.executable, str(script)], env=environment, cwd=tmp_path, capture_output=True, check=True).stdout
    assert there == typst.pdf(LETTER, {"number": "1", "name": "A"})


def test_a_document_knows_no_time_but_the_one_it_is_given() -> None:
    template = '#assert.eq(datetime.today().display(), "{}")'
    read_back(template.format("1970-01-01"), {})
    at = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)
    assert b"2026" in streams(read_back(template.format("2026-11-10"), {}, created_at=at))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_typed_stays_text(text: str) -> None:
    # The template itself compares what arrived, character by character, with the code points it expects.
    points = ", ".join(str(ord(c)) for c in text)
    check = f"#let data = json(\"data.json\")\n#assert.eq(data.name.codepoints().map(str.to-unicode), ({points},))\n#data.name"
    assert read_back(check, {"name": text}).startswith(b"%PDF-")
    inputs = check.replace('json("data.json")', "json(bytes(sys.inputs.data))")
    assert read_back(inputs, {"name": text}).startswith(b"%PDF-")


def test_keys_stay_text_too() -> None:
    assert read_back('#assert.eq(json("data.json").keys(), ("\\"#panic()",))', {'"#panic()': 1})


def test_decimals_and_dates_arrive_as_text() -> None:
    assert read_back(
        '#let d = json("data.json")\n#assert.eq(d.amount, "12.50")\n#assert.eq(d.on, "2026-11-10")\n#assert.eq(d.count, 3)',
        {"amount": Decimal("12.50"), "on": date(2026, 11, 10), "count": 3},
    )
    with pytest.raises(TypeError):
        typst.pdf(LETTER, {"name": object()})
    with pytest.raises(ValueError, match="JSON"):
        typst.pdf(LETTER, {"name": float("nan")})


def test_files_are_found_beside_the_template() -> None:
    template = '#image("images/stamp.svg")\n#include "part.typ"\n#assert.eq(read("part.typ"), "Bagian")'
    assert read_back(template, {}, files={"images/stamp.svg": PIXEL, "part.typ": b"Bagian"})


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "main.typ", "data.json", "", ".", "..", "a//b", "a\\b", "a\x00b",
                                  ".hidden", "a/.b", "x" * 300, "a/b/c/d/e", "ä.png", "a\n"])
def test_a_file_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="plain relative name"):
        typst.pdf(LETTER, {}, files={name: b""})


@pytest.mark.parametrize(
    "template",
    [
        '#read("/etc/passwd")', '#read("/etc/hostname")', '#read("../order.json")', '#read("../../../../../../etc/passwd")',
        '#image("/proc/self/environ")', '#include "/etc/passwd"', '#import "@preview/cetz:0.3.0"',
        '#import ("@pre" + "view/cetz:0.3.0")',
        '#eval("import \\"@preview/cetz:0.3.0\\"", mode: "code")', '#import "@local/x:1.0.0"',
        '#plugin("/lib/x86_64-linux-gnu/libc.so.6")',
    ],
)
def test_a_template_sees_nothing_but_what_it_was_given(template: str) -> None:
    with pytest.raises(typst.DocumentFailed):
        typst.pdf(template.encode(), {})


def test_a_package_is_asked_for_at_the_proxy_that_leads_nowhere_and_not_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    # If a release of Typst stopped heeding the proxy, nothing would arrive here and this would fail.
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                asked.append(connection.recv(100))

        listener = threading.Thread(target=answer)
        listener.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setattr(typst, "_NO_NETWORK", dict.fromkeys(typst._NO_NETWORK, address))
        with pytest.raises(typst.DocumentFailed):
            typst.pdf(b'#import "@preview/cetz:0.3.0"', {})
        listener.join()
    assert asked[0].startswith(b"CONNECT ")


def test_a_failure_names_the_line_and_no_data() -> None:
    with pytest.raises(typst.DocumentFailed) as failure:
        typst.pdf(b'\n\n#panic(json("data.json").name)', {"name": "Rahasia Sekali"})
    assert failure.value.line == 3
    error: BaseException | None = failure.value
    while error is not None:
        assert "Rahasia" not in f"{error} {error!r} {vars(error)}"
        error = error.__context__
    with pytest.raises(typst.DocumentFailed) as failure:
        typst.pdf(b"\xff\xfe", {})
    assert failure.value.line is None


@pytest.mark.parametrize("template", ["#{ let i = 0; while true { i += 1 } }", "#let f(n) = f(n + 1)\n#f(1)", "#range(1000000000)"])
def test_a_template_that_never_ends_is_stopped(template: str) -> None:
    with pytest.raises((typst.DocumentFailed, typst.DocumentTooLarge)):
        typst.pdf(template.encode(), {})


@pytest.mark.slow
def test_a_document_that_eats_memory_is_stopped() -> None:
    with pytest.raises(typst.DocumentTooLarge):
        typst.pdf(b'#("a" * 1000000000)', {})


def test_too_much_to_read_is_refused_and_much_is_set() -> None:
    with pytest.raises(typst.DocumentTooLarge):
        typst.pdf(LETTER, {"number": "1", "name": "x" * typst.LARGEST_INPUT})
    assert typst.pdf(LETTER, {"number": "1", "name": "kata " * 20_000}).startswith(b"%PDF-")


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(typst, "_MEMORY", tmp_path)
    typst.pdf(b'#assert.eq(json("data.json").name, "A")', {"name": "A"})
    with pytest.raises(typst.DocumentFailed):
        typst.pdf(b"#panic()", {})
    assert list(tmp_path.iterdir()) == []


def test_an_accessible_document_is_demanded_and_made() -> None:
    data = {"number": "1", "name": "A"}
    assert b"pdfuaid" in streams(typst.pdf(LETTER, data, accessible=True))
    with pytest.raises(typst.DocumentFailed):
        typst.pdf(b"Tanpa judul", data, accessible=True)


ELSEWHERE = ("javascript:app.alert(1)", "file:///etc/passwd", " https://a.id", "//server/share", "data:text/html,x", "JAVASCRIPT:x", "lain.id")


@pytest.mark.parametrize("template", [
    '#link("{0}")[Kata]', '#link(json("data.json").address)[Kata]', '#show link: it => underline(it)\n#link("{0}")[Kata]',
    '#set page(header: link("{0}")[Kata])\nIsi', 'Isi#footnote(link("{0}")[Kata])', '#table(link("{0}")[Kata])',
    '#let tell(it) = link("{0}", it)\n#tell[Kata]', '#show "Kata": link("{0}")[Kata]\nKata', '#place(link("{0}", rect[Kata]))',
])
def test_a_link_that_runs_or_reads_is_set_as_its_words(template: str) -> None:
    for address in ELSEWHERE:
        made = streams(typst.pdf(template.replace("{0}", address).encode(), {"address": address}))
        assert b"/URI" not in made and b"/Launch" not in made, address


def test_a_picture_brings_no_link_either() -> None:
    linked = PIXEL.replace(b"<rect", b'<a href="javascript:x"><rect').replace(b"</svg>", b"</a></svg>")
    assert b"/URI" not in streams(typst.pdf(b'#image("a.svg")', {}, files={"a.svg": linked}))


def test_a_letter_still_leads_to_pages_mails_telephones_and_its_own_chapters() -> None:
    template = ('= Bab <bab>\n#link(<bab>)[Bab] https://a.id/x #link("mailto:a@b.id")[Surel] #link("tel:+6281")[Telepon] '
                '#link("HTTP://b.id")[Laman]')
    made = streams(typst.pdf(template.encode(), {}))
    assert sorted(re.findall(rb"/URI ?\((.*?)\)", made)) == [b"HTTP://b.id", b"https://a.id/x", b"mailto:a@b.id", b"tel:+6281"]
    assert made.count(b"/Link") > 4, "and one within the paper"


def test_a_sample_of_too_many_pages_is_refused_before_a_page_is_drawn() -> None:
    pages = "#pagebreak()".join(["A"] * typst.MOST_PAGES)
    assert typst.page_of_sample(pages.encode(), {}, page=2)[1] == typst.MOST_PAGES
    with pytest.raises(typst.DocumentTooLong):
        typst.page_of_sample(f"{pages}#pagebreak()B".encode(), {})
    assert typst.pdf(f"{pages}#pagebreak()B".encode(), {}).startswith(b"%PDF-"), "what a case fills may be longer"


def test_every_error_speaks_both_languages() -> None:
    errors: list[EngineError] = [typst.DocumentFailed(3), typst.DocumentTooLarge(), typst.DocumentTooLong()]
    assert all(error.message("id") != error.message("en") for error in errors)


def test_a_page_of_a_sample_is_a_picture_and_says_how_many_there_are() -> None:
    picture, pages = typst.page_of_sample(b"A#pagebreak()B", {}, page=2)
    assert picture.startswith(b"\x89PNG") and pages == 2
    assert typst.page_of_sample(b"A#pagebreak()B", {}, page=3) == (b"", 2)


def test_what_typst_says_is_told_of_made_up_data_alone() -> None:
    template = b'\n#panic(json("data.json").name)'
    with pytest.raises(typst.DocumentFailed) as failure:
        typst.page_of_sample(template, {"name": "Contoh" * 200})
    assert failure.value.line == 2 and "ContohContoh" in failure.value.said and len(failure.value.said) == 300
    assert "Contoh" not in str(failure.value)
    with pytest.raises(typst.DocumentFailed) as failure:
        typst.pdf(template, {"name": "Rahasia"})
    assert failure.value.said == ""
