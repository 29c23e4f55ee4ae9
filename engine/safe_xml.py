"""Bytes from anywhere to an XML tree that cannot hurt: no DOCTYPE, no entities, no includes, bounded in every direction.

The text is decoded here, once, and both parsers read the same UTF-8, so that no trick with encodings makes the guard
(expat, streaming, stops at the first offence) and the reader (lxml) see two different documents.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from lxml import etree

from engine.errors import BundleRefused
from engine.types import LintFinding, Severity, Text

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XINCLUDE = "http://www.w3.org/2001/XInclude"

MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 20_000
MAX_DEPTH = 60
MAX_ATTRIBUTES = 600  # of one element: both libraries search them one by one
MAX_FLOW_NODES = 1_000

_DECLARATION = re.compile(r"\A<\?xml\s[^?<>]{0,400}\?>")
_ENCODING = re.compile(r"""\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
# Only encodings that map each byte sequence to one text and keep ASCII in place (UTF-16 comes with its mark).
_READABLE = {"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"}
_PACKED = (b"\x1f\x8b", b"BZh", b"PK\x03\x04", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")

_REFUSALS: dict[str, tuple[str, str]] = {
    "xml-empty": ("Berkas kosong.", "The file is empty."),
    "xml-too-big": ("Berkas lebih besar dari 2 MiB.", "The file is larger than 2 MiB."),
    "xml-compressed": ("Berkas terkompresi, bukan teks XML.", "The file is compressed, not XML text."),
    "xml-encoding": (
        "Penyandian huruf berkas tidak dikenal; simpan sebagai UTF-8.",
        "The file's character encoding is not readable; save it as UTF-8.",
    ),
    "xml-malformed": ("Berkas bukan XML yang utuh.", "The file is not well-formed XML."),
    "xml-doctype": ("Berkas memuat DOCTYPE atau entitas.", "The file declares a DOCTYPE or entities."),
    "xml-instruction": ("Berkas memuat instruksi pemrosesan.", "The file holds a processing instruction."),
    "xml-include": ("Berkas menyertakan berkas lain (XInclude).", "The file includes another file (XInclude)."),
    "xml-too-many-elements": ("Berkas memuat lebih dari 20.000 elemen.", "The file holds more than 20,000 elements."),
    "xml-too-many-attributes": ("Satu elemen memuat lebih dari 600 atribut.", "One element holds more than 600 attributes."),
    "xml-too-deep": ("Elemen bersarang lebih dari 60 tingkat.", "Elements are nested more than 60 deep."),
    "not-bpmn": ("Berkas bukan diagram BPMN 2.0.", "The file is not a BPMN 2.0 diagram."),
    "not-dmn": ("Berkas bukan tabel keputusan DMN.", "The file is not a DMN decision table."),
    "too-many-nodes": ("Diagram memuat lebih dari 1.000 langkah.", "The diagram holds more than 1,000 flow nodes."),
}
_INSTEAD = Text(
    "Gambar ulang atau simpan kembali diagram dari studio sebagai BPMN 2.0 biasa, lalu bagi bila terlalu besar.",
    "Save the diagram again from the studio as plain BPMN 2.0, and split it if it is too large.",
)


class _Offence(Exception):
    def __init__(self, code: str, line: int | None) -> None:
        self.code, self.line = code, line


def safe_root(data: bytes, file: str, *, root: str | None = f"{{{BPMN}}}definitions", wrong_root: str = "not-bpmn") -> Any:
    """The root element of an XML file that keeps design.md 8's caps.

    `root` is the tag the file must have (None accepts any). Comments and white space instructions are gone from the tree,
    entities were never read, nothing is fetched.

    Raises:
        BundleRefused: with one finding whose code begins with `xml-`, or `wrong_root`.
    """
    return _root(data, file, root=root, wrong_root=wrong_root, keeps_comments=False)


def whole_root(data: bytes, file: str) -> Any:
    """As `safe_root` of any XML, with its comments: for who writes the file again."""
    return _root(data, file, root=None, wrong_root="", keeps_comments=True)


def _root(data: bytes, file: str, *, root: str | None, wrong_root: str, keeps_comments: bool) -> Any:
    try:
        text = _decode(data)
        raw = text.encode("utf-8")
        _guard(raw)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=not keeps_comments,
            remove_pis=True,
            encoding="utf-8",
            collect_ids=False,
        )
        try:
            element: Any = etree.fromstring(raw, parser)
        except (etree.XMLSyntaxError, ValueError) as broken:
            raise _Offence("xml-malformed", getattr(broken, "lineno", None)) from None
        if element.getroottree().docinfo.doctype:
            raise _Offence("xml-doctype", 1)
        if root is not None and element.tag != root:
            raise _Offence(wrong_root, element.sourceline)
    except _Offence as offence:
        raise refused(offence.code, file, offence.line) from None
    return element


def kept_root(data: bytes, file: str) -> Any:
    """The root of a file that `safe_root` reads, with its comments and instructions, to be written again. Raises as `safe_root`."""
    safe_root(data, file, root=None)
    return etree.fromstring(_decode(data).encode("utf-8"), etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8", strip_cdata=False))


def safe_text(data: bytes, file: str) -> str:
    """The text of a file that `safe_root` reads as BPMN, without its declaration: it may be handed to another reader.

    Raises:
        BundleRefused: as `safe_root`.
    """
    safe_root(data, file)
    return _decode(data)


def refused(code: str, file: str, line: int | None = None) -> BundleRefused:
    """A refusal with one finding about the file as a whole."""
    return BundleRefused([finding(code, file, line)])


def finding(code: str, file: str, line: int | None = None) -> LintFinding:
    """The finding of one XML refusal; it says nothing of what the file holds."""
    indonesian, english = _REFUSALS[code]
    return LintFinding(
        code=code,
        severity=Severity.ERROR,
        file=file,
        line=line,
        element_id=None,
        message=Text(indonesian, english),
        instead=_INSTEAD,
    )


def codes() -> frozenset[str]:
    """Every code `safe_root` can refuse with."""
    return frozenset(_REFUSALS)


def _decode(data: bytes) -> str:
    """The file's text without mark and declaration; lines stay where they were."""
    if len(data) > MAX_BYTES:
        raise _Offence("xml-too-big", None)
    if not data.strip(b" \t\r\n"):
        raise _Offence("xml-empty", None)
    if data.startswith(_PACKED):
        raise _Offence("xml-compressed", None)
    marked = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _Offence("xml-encoding", None)
    try:
        if data.startswith(codecs.BOM_UTF8):
            text = data.decode("utf-8-sig")
        elif marked:
            text = data.decode("utf-16")
        elif data.startswith(b"<\x00?\x00"):
            text = data.decode("utf-16-le")
        elif data.startswith(b"\x00<\x00?"):
            text = data.decode("utf-16-be")
        else:
            text = data.decode(_declared(data.lstrip(b" \t\r\n")[:500].decode("latin-1")))
    except (UnicodeDecodeError, LookupError):
        raise _Offence("xml-encoding", None) from None
    stripped = text.lstrip(" \t\r\n")
    declaration = _DECLARATION.match(stripped)
    if declaration is None:
        return text
    kept = text[: len(text) - len(stripped)] + "\n" * declaration.group().count("\n")
    return kept + stripped[declaration.end() :]


def _declared(head: str) -> str:
    declaration = _DECLARATION.match(head)
    named = _ENCODING.search(declaration.group()) if declaration else None
    if named is None:
        return "utf-8"
    name = codecs.lookup(named.group(1)).name
    if name not in _READABLE:
        raise _Offence("xml-encoding", 1)
    return name


def _guard(raw: bytes) -> None:
    parser = expat.ParserCreate("utf-8", " ")
    elements = depth = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal elements, depth
        elements += 1
        depth += 1
        if elements > MAX_ELEMENTS:
            raise _Offence("xml-too-many-elements", parser.CurrentLineNumber)
        if depth > MAX_DEPTH:
            raise _Offence("xml-too-deep", parser.CurrentLineNumber)
        if len(attributes) > MAX_ATTRIBUTES:
            raise _Offence("xml-too-many-attributes", parser.CurrentLineNumber)
        if name.startswith(XINCLUDE + " "):
            raise _Offence("xml-include", parser.CurrentLineNumber)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise _Offence("xml-doctype", parser.CurrentLineNumber)

    def instruction(*_: object) -> None:
        raise _Offence("xml-instruction", parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    parser.ProcessingInstructionHandler = instruction
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as broken:
        raise _Offence("xml-malformed", broken.lineno) from None
