"""Reads DMN elements strictly: what the standard does not know, or what we do not run, becomes a finding, never silence.

DMN 1.1 to 1.5 say the same things in five namespaces. Drawings (DMNDI), descriptions, notes, knowledge sources and what
tools keep in `extensionElements` do not decide anything and are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine import safe_xml
from engine.errors import BundleRefused
from engine.types import LintFinding, Severity, Text

NAMESPACES = frozenset({
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/", "https://www.omg.org/spec/DMN/20240513/MODEL/",
})
_DRAWING = frozenset({
    "http://www.omg.org/spec/DMN/20180521/DMNDI/", "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "https://www.omg.org/spec/DMN/20211108/DMNDI/", "https://www.omg.org/spec/DMN/20230324/DMNDI/",
    "https://www.omg.org/spec/DMN/20240513/DMNDI/",
})
#: Elements that only explain.
_SILENT = frozenset({
    "description", "extensionElements", "textAnnotation", "association", "group", "knowledgeSource", "authorityRequirement",
    "question", "allowedAnswers", "decisionMaker", "decisionOwner", "supportedObjective", "impactedPerformanceIndicator",
    "usingProcess", "usingTask", "performanceIndicator", "organizationUnit", "elementCollection", "annotation",
    "annotationEntry",
})
_EVERYWHERE = frozenset({"id", "label", "name"})
#: What else an element may say about itself; an attribute not listed is a misspelling that would change the meaning.
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "definitions": frozenset({"namespace", "expressionLanguage", "typeLanguage", "exporter", "exporterVersion"}),
    "decisionTable": frozenset({"hitPolicy", "aggregation", "preferredOrientation", "outputLabel", "typeRef"}),
    "informationItem": frozenset({"typeRef"}),
    "itemDefinition": frozenset({"isCollection", "typeLanguage", "typeRef"}),
    "itemComponent": frozenset({"isCollection", "typeLanguage", "typeRef"}),
    "functionDefinition": frozenset({"kind", "typeRef"}), "encapsulatedLogic": frozenset({"kind", "typeRef"}),
    "for": frozenset({"iteratorVariable", "typeRef"}), "some": frozenset({"iteratorVariable", "typeRef"}),
    "every": frozenset({"iteratorVariable", "typeRef"}), "in": frozenset({"typeRef"}),
    "requiredInput": frozenset({"href"}), "requiredDecision": frozenset({"href"}), "requiredKnowledge": frozenset({"href"}),
}
_TEXTS = frozenset({"literalExpression", "inputExpression", "unaryTests", "inputEntry", "outputEntry", "defaultOutputEntry",
                    "inputValues", "outputValues", "allowedValues", "typeConstraint"})
_FEEL_LANGUAGES = frozenset({"feel", "s-feel", "friendly-enough-expression-language"})

_CODES: dict[str, tuple[str, str, str, str]] = {
    "dmn-element-unknown": ("Unsur ini tidak dikenal di sini.", "This element is not known here.",
                            "Hapus, atau simpan kembali sebagai DMN 1.3.", "Remove it, or save the file again as DMN 1.3."),
    "dmn-attribute-unknown": ("Atribut ini tidak dikenal di sini.", "This attribute is not known here.",
                              "Periksa ejaannya, atau hapus.", "Check its spelling, or remove it."),
    "dmn-language": ("Bahasa ekspresi ini bukan FEEL.", "This expression language is not FEEL.",
                     "Tulis dalam FEEL.", "Write it in FEEL."),
    "dmn-import": ("Berkas ini mengimpor berkas lain.", "This file imports another file.",
                   "Satukan keputusan dalam satu berkas.", "Put the decisions into one file."),
    "dmn-service": ("Layanan keputusan (decisionService) tidak dijalankan.", "Decision services are not run.",
                    "Panggil keputusannya langsung.", "Call the decision itself."),
    "dmn-function-kind": ("Fungsi luar (Java, PMML) tidak dijalankan.", "External functions (Java, PMML) are not run.",
                          "Tulis fungsi dalam FEEL.", "Write the function in FEEL."),
    "dmn-expression-syntax": ("Ekspresi FEEL tidak dapat dibaca", "The FEEL expression cannot be read",
                              "Perbaiki ekspresi pada posisi itu.", "Mend the expression at that position."),
    "dmn-expression-missing": ("Di sini kurang satu ekspresi.", "An expression is missing here.",
                               "Isi ekspresi FEEL.", "Fill in a FEEL expression."),
    "dmn-name-missing": ("Unsur ini perlu nama.", "This element needs a name.", "Beri nama.", "Give it a name."),
    "dmn-name-unknown": ("Ekspresi ini memakai nama yang tidak ada di berkas ini.", "This expression uses a name that nothing here has.",
                         "Periksa ejaannya; teks ditulis dalam tanda kutip.", "Check its spelling; text stands in quotation marks."),
    "dmn-name-duplicate": ("Nama atau id ini dipakai dua kali.", "This name or id is used twice.",
                           "Beri nama dan id yang berbeda.", "Give each its own name and id."),
    "dmn-reference": ("Rujukan ini tidak menunjuk unsur yang sesuai di berkas ini.",
                      "This reference points to nothing suitable in this file.",
                      "Perbaiki rujukan.", "Mend the reference."),
    "dmn-cycle": ("Keputusan saling memerlukan secara melingkar.", "Decisions require one another in a circle.",
                  "Putuskan lingkaran itu.", "Break the circle."),
    "dmn-type-unknown": ("Jenis nilai ini tidak dikenal.", "This type is not known.",
                         "Pakai jenis FEEL atau buat itemDefinition.", "Use a FEEL type or add an itemDefinition."),
    "dmn-hit-policy": ("Aturan pilih (hit policy) ini tidak dikenal.", "This hit policy is not known.",
                       "Pakai UNIQUE, FIRST, ANY, PRIORITY, COLLECT, RULE ORDER, atau OUTPUT ORDER.",
                       "Use UNIQUE, FIRST, ANY, PRIORITY, COLLECT, RULE ORDER or OUTPUT ORDER."),
    "dmn-aggregation": ("Agregasi hanya untuk COLLECT dengan satu keluaran.", "Aggregation is for COLLECT with one output only.",
                        "Hapus agregasi, atau pakai COLLECT dengan satu keluaran.",
                        "Remove the aggregation, or use COLLECT with one output."),
    "dmn-priority-values": ("Urutan prioritas keluaran tidak ada.", "The outputs have no order of priority.",
                            "Isi outputValues dari yang terpenting.", "List outputValues, the most important first."),
    "dmn-rule-shape": ("Baris aturan tidak sejumlah kolom tabel.", "A rule does not have one cell per column.",
                       "Samakan jumlah sel dengan kolom masukan dan keluaran.", "Give it one cell per input and output."),
    "dmn-output-missing": ("Tabel ini tidak punya keluaran.", "This table has no output.",
                           "Tambahkan kolom keluaran.", "Add an output column."),
    "dmn-too-large": ("Terlalu banyak aturan atau keputusan.", "Too many rules or decisions.",
                      "Bagi tabelnya.", "Split the table."),
}


def codes() -> frozenset[str]:
    """Every code a DMN file can be refused with, beside those of `safe_xml`."""
    return frozenset(_CODES)


class Reading:
    """One reading of one file: findings are collected, so that an author sees all of them at once."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self.findings: list[LintFinding] = []
        self.root = safe_xml.safe_root(data, file, root=None)
        self.namespace: str = self.root.tag[1:].rpartition("}")[0]
        if self.namespace not in NAMESPACES or self.local(self.root) != "definitions":
            raise safe_xml.refused("not-dmn", file, self.root.sourceline)

    def find(self, code: str, element: Any, detail: Text | None = None) -> None:
        """Note a finding at `element`; `detail` is about the text's form, never about data."""
        indonesian, english, instead_id, instead_en = _CODES[code]
        message = Text(f"{indonesian} ({detail.id})", f"{english} ({detail.en})") if detail else Text(indonesian, english)
        if len(self.findings) < 200:
            self.findings.append(LintFinding(
                code=code, severity=Severity.ERROR, file=self.file, line=element.sourceline, element_id=_id_near(element),
                message=message, instead=Text(instead_id, instead_en)))

    def refuse_findings(self) -> None:
        """Raise everything found so far, if anything was."""
        if self.findings:
            raise BundleRefused(self.findings)

    def local(self, element: Any) -> str:
        """The element's name without namespace; empty for an element of a foreign namespace."""
        namespace, _, tag = element.tag[1:].rpartition("}")
        return tag if namespace == self.namespace else ""

    def children(self, element: Any, *allowed: str) -> Iterator[Any]:
        """The children that decide something. Others than `allowed` are findings; so are unknown attributes of `element`."""
        self._check_attributes(element)
        for child in element:
            tag = self.local(child)
            if tag in allowed:
                yield child
            elif tag in _SILENT or (not tag and child.tag[1:].partition("}")[0] in _DRAWING):
                continue
            else:
                self.find("dmn-element-unknown", child)

    def only(self, element: Any, *allowed: str) -> dict[str, Any]:
        """The children by tag, where each may stand once."""
        found: dict[str, Any] = {}
        for child in self.children(element, *allowed):
            if self.local(child) in found:
                self.find("dmn-element-unknown", child)
            found[self.local(child)] = child
        return found

    def text(self, element: Any) -> str:
        """The FEEL text inside a literal expression or unary tests."""
        language = (element.get("expressionLanguage") or "").strip()
        if language and not is_feel(language):
            self.find("dmn-language", element)
        texts = [child.text or "" for child in self.children(element, "text") if self._has_no_children(child)]
        if len(texts) != 1:
            if len(texts) > 1 or self.local(element) not in {"inputEntry"}:
                self.find("dmn-expression-missing", element)
            return ""
        return texts[0]

    def name(self, element: Any) -> str:
        """The element's name with single spaces; a finding when there is none."""
        name = " ".join((element.get("name") or "").split())
        if not name:
            self.find("dmn-name-missing", element)
        return name

    def target(self, element: Any) -> str:
        """The id that `href` points to within this file; empty, with a finding, for anything else."""
        href = (element.get("href") or "").strip()
        self._check_attributes(element)
        if "#" in href:
            document, _, href = href.rpartition("#")
            if document and document != self.root.get("namespace"):
                self.find("dmn-reference", element)
                return ""
        if not href:
            self.find("dmn-reference", element)
        return href

    def _has_no_children(self, element: Any) -> bool:
        for child in element:
            self.find("dmn-element-unknown", child)
        return len(element) == 0

    def _check_attributes(self, element: Any) -> None:
        tag = self.local(element)
        known = _EVERYWHERE | _ATTRIBUTES.get(tag, frozenset({"typeRef"}))
        if tag in _TEXTS:
            known |= {"expressionLanguage"}
        if any(not name.startswith("{") and name not in known for name in element.attrib):
            self.find("dmn-attribute-unknown", element)


def is_feel(language: str) -> bool:
    """Whether an `expressionLanguage` names FEEL, by its short name or by the address of any version's."""
    lowered = language.strip().lower().rstrip("/")
    return lowered in _FEEL_LANGUAGES or (lowered.rpartition("/")[2] == "feel" and "omg.org/spec/" in lowered) \
        or lowered in {"http://www.omg.org/spec/feel/20140401"}


def _id_near(element: Any) -> str | None:
    """The id of the element or of the nearest one around it."""
    while element is not None:
        if element.get("id"):
            return str(element.get("id"))
        element = element.getparent()
    return None
