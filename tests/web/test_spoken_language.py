"""On an English page, what exists in Indonesian only is marked as Indonesian, so that a screen reader says it right (WCAG 3.1.2)."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from engine.bundle import SopBundle
from engine.definitions import load
from tests.support import office as offices
from tests.web.test_simfoni import Unit

VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "wbr"}
UNMARKED = {"title", "option", "svg"}  # what takes no markup, or is a picture with words of its own


class Said(HTMLParser):
    """Every text of a page with the language it is said in."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = [("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("lang") or self._open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1 and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not UNMARKED & {tag for tag, _language in self._open}:
            self.spoken.append((self._open[-1][1], data.strip()))


def spoken(page: str) -> list[tuple[str, str]]:
    reader = Said()
    reader.feed(page)
    return reader.spoken


def test_steps_are_marked_as_indonesian_and_sops_have_their_english_title(tmp_path: Path, sqlite_url: str) -> None:
    unit = Unit(tmp_path, sqlite_url)
    unit.office.scene.work()
    browser, task = unit.browser("Bima"), unit.office.task(unit.case, "approve_case_report")
    (library,) = unit.office.engine.sops.list(unit.actor("Bima"))
    definition = load(SopBundle.from_dir(offices.SOP))
    names = {node.name for process in definition.processes.values() for node in process.nodes.values() if node.type == "userTask" and node.name}
    pages = ["/tugas?kotak=pool", f"/tugas/{task.id}", unit.address, f"{unit.address}/linimasa", f"{unit.address}/sop", "/kasus", "/sop",
             f"/sop/{library.deployment_id}"]

    assert all('<span lang="id">' not in browser.get(page).text for page in pages), "an Indonesian page is Indonesian as a whole"
    browser.post("/bahasa", {"language": "en", "next": "/tugas"}, on="/tugas")
    found: dict[str, int] = {}
    for page in pages:
        said = spoken(browser.get(page).text)
        steps = [(language, text) for language, text in said if any(text.startswith(name) for name in names)]
        assert {language for language, _text in steps} <= {"id"}, (page, steps)
        found[page] = len(steps)
        assert not [text for _language, text in said if text == library.title], (page, "the SOP has an English title")
    assert all(found[page] for page in pages if page != "/sop"), found
    assert any(text == library.title_en for _language, text in spoken(browser.get("/sop").text)) and library.title_en != library.title
    unit.office.database.close()
