"""The drawing shows what the file says, keeps what it must, and carries nothing that runs."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from lxml import etree

from engine.errors import BundleRefused
from engine.render import diagram
from engine.render.layout import DiagramWithoutLayout
from tests.unit.render.drawn import Drawn, everything

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "desc", "g", "rect", "path", "circle", "text", "tspan"}
HOSTILE = """<script>alert(1)</script> " onload='x' ]]> &amp; javascript:alert(1) <foreignObject>"""


def parsed(svg: bytes) -> etree._Element:
    return etree.fromstring(svg, etree.XMLParser(resolve_entities=False))


def words(svg: bytes) -> str:
    return " ".join(" ".join(parsed(svg).itertext()).split())


def group(svg: bytes, element_id: str) -> etree._Element:
    found = [g for g in parsed(svg).iter(f"{SVG}g") if g.get("data-element-id") == element_id]
    assert len(found) == 1
    return found[0]


def assert_nothing_runs(svg: bytes) -> None:
    for element in parsed(svg).iter():
        assert str(element.tag).removeprefix(SVG) in ALLOWED
        for name, value in element.attrib.items():
            assert not str(name).lower().startswith("on")
            assert name not in ("style", "href", "src", "{http://www.w3.org/1999/xlink}href")
            assert "url(" not in value


def test_every_kind_of_node_and_line_is_drawn() -> None:
    drawn = everything()
    svg = diagram.svg(drawn.bytes(), title="Semua")
    ids = {g.get("data-element-id") for g in parsed(svg).iter(f"{SVG}g")} - {None}
    placed = set(re.findall(r'bpmnElement="([^"]+)"', drawn.bytes().decode())) - {"c", "p"}
    assert ids == placed
    assert_nothing_runs(svg)


def test_kinds_of_nodes_look_different() -> None:
    svg = diagram.svg(everything().bytes(), title="")

    def look(element_id: str) -> str:
        """The drawing without its place, words and name."""
        text = etree.tostring(group(svg, element_id)).decode()
        text = re.sub(r'(<title>.*?</title>|<text.*?</text>|data-element-id="[^"]*"|class="node [^"]*")', "", text)
        at_0 = re.sub(r'translate\([^)]*\)', "translate()", text)
        return re.sub(r'(?<=\bd=")M[-0-9. ]+|\b(x|y)="[-0-9.]+"', "", at_0)

    tasks = ["task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
             "callActivity", "subProcess", "transaction", "adHocSubProcess", "loop", "parallel", "sequential", "undo", "first"]
    assert len({look(task) for task in tasks}) == len(tasks)
    signs = ["none", "message", "timer", "error", "escalation", "signal", "compensate", "conditional", "link", "cancel",
             "terminate"]
    for kind in ("startEvent", "intermediateCatchEvent", "endEvent"):
        assert len({look(f"{kind}_{sign}") for sign in signs}) == len(signs)
    assert len({look(f"{kind}_message") for kind in ("startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "endEvent",
                                                     "boundaryEvent")}) == 5
    assert len({look(f"{kind}{n}") for n, kind in enumerate(
        ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", *["eventBasedGateway"] * 3])}) == 7


def test_an_event_sub_process_is_dotted_and_shows_what_starts_it() -> None:
    svg = diagram.svg(everything().bytes(), title="")
    frames = [group(svg, name).find(f"{SVG}rect") for name in ("reacting", "closed0", "open", "many")]
    assert [frame.get("stroke-dasharray") for frame in frames if frame is not None] == ["2 3", "2 3", None, None]
    rings = [[path.get("stroke-dasharray") for path in group(svg, f"closed{n}").iter(f"{SVG}path")][0] for n in range(3)]
    assert rings == [None, "3 2", "3 2"]
    paths = [len(list(group(svg, name).iter(f"{SVG}path"))) for name in ("reacting", "closed0", "subProcess")]
    assert paths == [0, 3, 1]      # open: the start event itself is drawn; closed: its ring, its sign, and the mark to open it


def test_the_drawing_is_one_image_with_a_name_and_a_description() -> None:
    svg = diagram.svg(everything().bytes(), title="Pengelolaan Kasus", highlight={"task": "done", "userTask": "late"})
    root = parsed(svg)
    assert root.get("role") == "img"
    title, description = root[0], root[1]
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "Pengelolaan Kasus"
    assert "Selesai: Nama task." in (description.text or "")
    assert "Terlambat: Nama userTask." in (description.text or "")
    english = parsed(diagram.svg(everything().bytes(), title="", highlight={"task": "done"}, language="en"))
    assert english.get("lang") == "en"
    spoken = {each: next(one.get("lang") for one in (each, *each.iterancestors()) if one.get("lang"))
              for each in english[2:] for each in each.iter() if (each.text or "").strip()}
    assert {language for each, language in spoken.items() if "Nama" in each.text} == {"id"}
    assert {language for each, language in spoken.items() if each.text == "done"} == {"en"}
    assert (english[1].text or "").endswith(" steps. Done: 1.")   # spoken in one language: without the file's own names


@pytest.mark.parametrize(("state", "word", "english"), [
    ("done", "selesai", "done"), ("now", "sekarang", "now"), ("next", "berikutnya", "next"), ("late", "terlambat", "late"),
    ("limited", "terbatas", "restricted"),
])
def test_a_state_is_told_by_word_and_sign_and_not_by_colour_alone(state: str, word: str, english: str) -> None:
    drawn = Drawn().node("userTask", "a", (0, 0), name="A").bytes()
    for language, told in (("id", word), ("en", english)):
        svg = diagram.svg(drawn, title="", highlight={"a": state}, language=language)
        tags = [g for g in parsed(svg).iter(f"{SVG}g") if g.get("class") == "tag"]
        assert ["".join(tag.itertext()) for tag in tags] == [told]
        assert len(tags[0].findall(f"{SVG}path")) == 1
        assert f"is-{state}" in svg.decode()


def test_a_state_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no such states"):
        diagram.svg(everything().bytes(), title="", highlight={"task": "done' onload='"})


def test_a_badge_stands_at_its_element() -> None:
    svg = diagram.svg(Drawn().node("userTask", "a", (0, 0), name="A").bytes(), title="", badges={"a": "3×", "nobody": "9×"})
    assert [("".join(g.itertext())) for g in parsed(svg).iter(f"{SVG}g") if g.get("class") == "badge"] == ["3×"]


def a_secret_case() -> bytes:
    drawn = Drawn()
    drawn.node("userTask", "before", (0, 0), name="Sebelum")
    drawn.node("userTask", "hiv_consent", (200, 0), name="Persetujuan HIV")
    drawn.node("boundaryEvent", "hiv_timer", (260, 62), (36, 36), name="Batas HIV", attributes='attachedToRef="hiv_consent"',
               inside="<timerEventDefinition/>")
    drawn.node("textAnnotation", "hiv_note", (200, 150), inside="<text>Catatan HIV</text>")
    drawn.node("subProcess", "hiv_part", (400, 0), (300, 200), name="Bagian HIV", shape='isExpanded="true"',
               inside='<serviceTask id="hiv_inner" name="Uji HIV"/>').place("hiv_inner", (450, 50), (100, 80))
    drawn.flow("hiv_flow", "before", "hiv_consent", [(100, 40), (200, 40)], name="HIV positif",
               inside="<conditionExpression>hiv</conditionExpression>")
    drawn.flow("hiv_link", "hiv_note", "hiv_consent", [(250, 150), (250, 80)], tag="association")
    drawn.flow("hiv_told", "before", "hiv_inner", [(50, 80), (50, 130), (450, 130)], name="Kabar HIV", tag="messageFlow")
    return drawn.bytes()


def test_a_limited_step_tells_neither_name_id_kind_nor_content() -> None:
    assert "HIV" in words(diagram.svg(a_secret_case(), title=""))
    for language, told in (("id", "langkah terbatas"), ("en", "restricted step")):
        svg = diagram.svg(a_secret_case(), title="", highlight={"hiv_consent": "limited", "hiv_part": "limited"},
                          badges={"hiv_consent": "HIV", "hiv_timer": "HIV"}, language=language)
        assert b"hiv" not in svg.lower()
        assert told in words(svg)
        assert "Sebelum" in words(svg)
        assert b"userTask" in svg  # of the step before
        assert svg.count(b"subProcess") == svg.count(b"serviceTask") == 0


def test_a_limited_step_looks_the_same_whatever_it_is() -> None:
    looks = {
        diagram.svg(Drawn().node(tag, "a", (0, 0), name=tag, inside=inside).bytes(), title="", highlight={"a": "limited"})
        for tag, inside in (("userTask", ""), ("serviceTask", ""), ("callActivity", ""), ("subProcess", ""),
                            ("userTask", "<multiInstanceLoopCharacteristics/>"))
    }
    assert len(looks) == 1


def test_words_of_the_file_stay_words() -> None:
    drawn = Drawn()
    kinds = ("userTask", "startEvent", "exclusiveGateway", "subProcess", "dataObjectReference", "choreographyTask")
    for n, tag in enumerate(kinds):
        drawn.node(tag, f'{tag}" onload="x', (150 * n, 0), name=HOSTILE)
    drawn.node("textAnnotation", "note", (0, 200), inside="<text>&lt;script&gt;alert(1)&lt;/script&gt;<x>y</x></text>")
    drawn.flow("f<", 'userTask" onload="x', 'startEvent" onload="x', [(100, 40), (150, 40)], name=HOSTILE)
    drawn.pool("pool", (0, 400), (600, 200), name=HOSTILE, attributes='processRef="p"')
    svg = diagram.svg(drawn.bytes(), title=HOSTILE, badges={"note": "<script>"})
    assert_nothing_runs(svg)
    assert b"<script" not in svg
    assert parsed(svg)[0].text == HOSTILE
    hints = [element.text for element in parsed(svg).iter(f"{SVG}title")]
    assert " ".join(HOSTILE.split()) in hints


def test_characters_xml_cannot_hold_are_left_out() -> None:
    svg = diagram.svg(everything().bytes(), title="a\x00b\x1bc\ud800d\uffff", badges={"task": "\x08x"})
    assert parsed(svg)[0].text == "abcd"


def test_the_same_arguments_give_the_same_bytes_and_others_other_ids() -> None:
    first, again = (diagram.svg(everything().bytes(), title="A", highlight={"task": "now"}) for _ in range(2))
    assert first == again
    other = diagram.svg(everything().bytes(), title="B", highlight={"task": "now"})
    assert parsed(first)[0].get("id") != parsed(other)[0].get("id")


def test_a_file_without_layout_says_so() -> None:
    bare = (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test"><process id="p">'
            b'<task id="a"/></process></definitions>')
    with pytest.raises(DiagramWithoutLayout) as refusal:
        diagram.svg(bare, title="")
    assert refusal.value.message("id") != refusal.value.message("en")
    elsewhere = everything().bytes().replace(b'bpmnElement="', b'bpmnElement="no_')
    with pytest.raises(DiagramWithoutLayout):
        diagram.svg(elsewhere, title="")


@pytest.mark.parametrize("data", [
    b"", b"not xml", b"<svg/>",
    b'<!DOCTYPE d [<!ENTITY x "y">]><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&x;</definitions>',
])
def test_bytes_that_are_no_diagram_are_refused(data: bytes) -> None:
    with pytest.raises(BundleRefused):
        diagram.svg(data, title="")


@pytest.mark.parametrize("number", ["NaN", "inf", "-1e308", "1e400", "", "x", "0x10", "999999999"])
def test_a_place_that_is_none_is_left_out(number: str) -> None:
    drawn = Drawn().node("userTask", "good", (0, 0), name="Baik").node("userTask", "bad", (0, 200), name="Buruk").flow(
        "f", "good", "bad", [(50, 80), (50, 200)])
    data = drawn.bytes().replace(b'y="200"', f'y="{number}"'.encode())
    svg = diagram.svg(data, title="")
    assert "Baik" in words(svg) and "Buruk" not in words(svg)
    box = [float(part) for part in (parsed(svg).get("viewBox") or "").split()]
    assert max(map(abs, box)) < 1_000


def test_lines_drawn_to_the_middle_of_things_end_at_their_outline() -> None:
    drawn = Drawn().node("userTask", "a", (0, 0)).node("endEvent", "e", (200, 22), (36, 36)).flow(
        "f", "a", "e", [(50, 40), (218, 40)])
    d = group(diagram.svg(drawn.bytes(), title=""), "f")[0].get("d") or ""
    xs = [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", d)]
    assert min(xs) == pytest.approx(100, abs=1) and max(xs) == pytest.approx(194, abs=1)  # an arrowhead fills the rest


def test_a_line_without_points_joins_its_nodes() -> None:
    drawn = Drawn().node("userTask", "a", (0, 0)).node("userTask", "b", (300, 0)).flow("f", "a", "b", [])
    assert group(diagram.svg(drawn.bytes(), title=""), "f") is not None


def test_long_words_are_wrapped_and_cut() -> None:
    long = "Pertanggungjawaban" * 60
    svg = diagram.svg(Drawn().node("userTask", "a", (0, 0), name=long).bytes(), title="")
    lines = ["".join(tspan.itertext()) for tspan in parsed(svg).iter(f"{SVG}tspan")]
    assert 1 < len(lines) < 8
    assert lines[-1].endswith("…")


def test_a_large_diagram_is_drawn_in_bounded_time_and_size() -> None:
    drawn = Drawn()
    drawn.roots.append(f'<dataStore id="s" name="{"sangat panjang " * 40_000}"/>')
    for n in range(900):
        drawn.node("dataStoreReference", f"n{n}", (n % 30 * 150, n // 30 * 120), attributes='dataStoreRef="s"')
    for n in range(899):
        drawn.flow(f"f{n}", f"n{n}", f"n{n + 1}", [(n, n), (n + 5, n + 90)] * 6, tag="association")
    began = time.process_time()
    svg = diagram.svg(drawn.bytes(), title="x" * 1_000_000)
    assert time.process_time() - began < 10
    assert len(svg) < 6_000_000


EXAMPLES = sorted((Path(__file__).parents[3] / "bpmn").glob("*/*/*.bpmn"))


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_our_own_diagrams_are_drawn_whole(file: Path) -> None:
    data = file.read_bytes()
    svg = diagram.svg(data, title=file.stem)
    ids = {g.get("data-element-id") for g in parsed(svg).iter(f"{SVG}g")}
    places = re.findall(r'<\w+:BPMN(?:Shape|Edge)\s[^>]*?bpmnElement="([^"]+)"', data.decode())
    assert places and set(places) <= ids
    assert_nothing_runs(svg)
