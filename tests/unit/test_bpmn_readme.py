"""`bpmn/README.md` lists every element of BPMN 2.0, and what it says is true."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from lxml import etree

from engine.bundle import SopBundle
from engine.casefile import PROJECTORS
from engine.casefile.refusals import CaseRefused
from engine.lint.run import RULES, lint
from tests.support.bpmn import document, element, process, user

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (`.+|an? .+) \| (runs|part|refused|drawn|not used|abstract) \| (?:`([\w-]+)`)? ?\|$", re.MULTILINE)
ROWS = [
    (re.findall(r"`([^`]+)`", first), first, standing, proof)
    for first, standing, proof in ROW.findall((ROOT / "bpmn" / "README.md").read_text("utf-8"))
]
TESTS = {
    name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
}


def schema_elements() -> set[str]:
    place = importlib.util.find_spec("SpiffWorkflow").submodule_search_locations[0]  # type: ignore[union-attr,index]
    schema = etree.parse(str(Path(place) / "bpmn" / "parser" / "schema" / "Semantic.xsd"))
    return {e.get("name") for e in schema.iter("{http://www.w3.org/2001/XMLSchema}element") if e.get("name")}


def test_every_element_of_the_schema_is_listed() -> None:
    listed = {name for names, _, _, _ in ROWS for name in names}
    assert schema_elements() - listed == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:60])
def test_the_proof_exists(row: tuple[list[str], str, str, str]) -> None:
    _, _, standing, proof = row
    if standing == "abstract":
        assert not proof
    elif proof.startswith("test_"):
        assert proof in TESTS
    else:
        assert proof in RULES


NOT_USED = sorted({name for names, first, standing, _ in ROWS if standing == "not used" and " of " not in first for name in names})


@pytest.mark.parametrize("tag", NOT_USED)
def test_what_is_not_used_is_mentioned(tag: str) -> None:
    bundle = SopBundle.from_files({"x.bpmn": document(process("p", user("t", element(tag, "x"))))})
    assert ("not-used", "x") in {(f.code, f.element_id) for f in lint(bundle)}


def test_every_record_and_every_refusal_of_a_case_is_listed() -> None:
    section = (ROOT / "bpmn" / "README.md").read_text("utf-8").split("## Records, and")[1].split("\n## ")[0]
    named = {name for row in re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)}
    assert named == {*PROJECTORS, *(refusal.code for refusal in CaseRefused.__subclasses__())}
