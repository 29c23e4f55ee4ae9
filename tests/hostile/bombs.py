"""Files that would be too large to keep: made when needed. Each with the code that must be among its errors."""

from __future__ import annotations

from collections.abc import Callable

from tests.support import bpmn

Files = dict[str, bytes]


def diagram(data: bytes) -> Files:
    return {"x.bpmn": data}


def simple(inner: str = "", *, attributes: str = "", roots: str = "") -> bytes:
    """One task, with `inner` in it and `attributes` on it."""
    task = f'<bpmn:userTask id="t" {attributes}>{inner}</bpmn:userTask>'
    return bpmn.document(bpmn.process("p", bpmn.start(), task, bpmn.end(), bpmn.flows("s", "t", "e")), roots=roots)


def condition(feel: str) -> bytes:
    """A gateway that asks `feel`."""
    return bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.exclusive("g", default="g__e"), bpmn.end("yes"), bpmn.end(), bpmn.flows("s", "g"),
        bpmn.flow("g", "yes", feel), bpmn.flow("g", "e")))


def nested_sub_processes(depth: int) -> bytes:
    inner = ""
    for n in range(depth):
        inner = bpmn.sub(f"x{n}", bpmn.start(f"s{n}"), inner or bpmn.user(f"t{n}"), bpmn.end(f"e{n}"),
                         bpmn.flows(f"s{n}", f"x{n - 1}" if n else "t0", f"e{n}"))
    last = f"x{depth - 1}"
    return bpmn.document(bpmn.process("p", bpmn.start(), inner, bpmn.end(), bpmn.flows("s", last, "e")))


def doubling_gateways(levels: int) -> bytes:
    """Each gateway hands two tokens to the next: 2 to the power of `levels` at the end."""
    parts, flows = [bpmn.start()], [bpmn.flow("s", "f0")]
    for n in range(levels):
        parts += [bpmn.parallel(f"f{n}"), bpmn.exclusive(f"m{n}")]
        flows += [f'<bpmn:sequenceFlow id="{side}{n}" sourceRef="f{n}" targetRef="m{n}"/>' for side in "ab"]
        flows.append(bpmn.flow(f"m{n}", f"f{n + 1}" if n + 1 < levels else "t"))
    return bpmn.document(bpmn.process("p", *parts, bpmn.user("t"), bpmn.end(), *flows, bpmn.flow("t", "e")))


def call_chain(length: int) -> bytes:
    """Each process calls the next, none waits."""
    made = [bpmn.process(f"p{n}", bpmn.start(f"s{n}"), bpmn.call(f"c{n}", f"p{n + 1}"), bpmn.end(f"e{n}"),
                         bpmn.flows(f"s{n}", f"c{n}", f"e{n}")) for n in range(length)]
    last = bpmn.process(f"p{length}", bpmn.start("z"), bpmn.user("t"), bpmn.end("ze"), bpmn.flows("z", "t", "ze"))
    return bpmn.document(*made, last)


def nested_instances(levels: int, each: str) -> bytes:
    """A multi-instance inside a multi-instance inside ..."""
    inner, name = bpmn.user("t", bpmn.instances(cardinality=each)), "t"
    for n in range(levels):
        inner = bpmn.sub(f"x{n}", bpmn.start(f"s{n}"), inner, bpmn.end(f"e{n}"), bpmn.flows(f"s{n}", name, f"e{n}"),
                         loop=bpmn.instances(cardinality=each))
        name = f"x{n}"
    return bpmn.document(bpmn.process("p", bpmn.start(), inner, bpmn.end(), bpmn.flows("s", name, "e")))


def boundary_timers(count: int) -> bytes:
    edges = "".join(bpmn.boundary(f"b{n}", "t", bpmn.timer("PT1M"), interrupting=False) + bpmn.end(f"z{n}") + bpmn.flow(f"b{n}", f"z{n}")
                    for n in range(count))
    return bpmn.document(bpmn.process("p", bpmn.start(), bpmn.user("t"), bpmn.end(), edges, bpmn.flows("s", "t", "e")))


def _deep(count: int) -> bytes:
    return simple("<bpmn:extensionElements>" + "<x>" * count + "</x>" * count + "</bpmn:extensionElements>")


#: name -> (files, the code that must be among the errors)
REFUSED: dict[str, tuple[Callable[[], Files], str]] = {
    "five thousand elements deep": (lambda: diagram(_deep(5_000)), "xml-too-deep"),
    "sixty-one elements deep": (lambda: diagram(_deep(58)), "xml-too-deep"),
    "four hundred thousand elements": (lambda: diagram(simple("<bpmn:x/>" * 400_000)), "xml-too-big"),
    "twenty thousand and some elements": (lambda: diagram(simple("<x/>" * 20_001)), "xml-too-many-elements"),
    "one byte too many": (lambda: diagram(simple(f"<!--{'x' * 2_097_152}-->")), "xml-too-big"),
    "two million letters of nothing": (lambda: diagram(b" " * 2_000_000), "xml-empty"),
    "two million opening brackets": (lambda: diagram(b"<" * 2_000_000), "xml-malformed"),
    "a million open elements": (lambda: diagram(b"<a>" * 600_000), "xml-too-deep"),
    "an attribute without end": (lambda: diagram(b'<a b="' + b"x" * 2_000_000), "xml-malformed"),
    "a hundred thousand attributes": (
        lambda: diagram(simple(attributes=" ".join(f'a{n}="{n}"' for n in range(100_000)))), "xml-too-many-attributes"),
    "a thousand and one steps": (
        lambda: diagram(bpmn.document(bpmn.process("p", *(bpmn.user(f"t{n}") for n in range(1_001))))), "too-many-nodes"),
    "ten thousand boundary timers": (lambda: diagram(boundary_timers(10_000)), "xml-too-big"),
    "three thousand boundary timers": (lambda: diagram(boundary_timers(3_000)), "too-many-nodes"),
    "two hundred boundary timers on a task": (lambda: diagram(boundary_timers(200)), "too-many-boundary-events"),
    "a thousand times a thousand instances": (lambda: diagram(nested_instances(1, "1000")), "too-many-instances"),
    "ten to the fourth by nesting": (lambda: diagram(nested_instances(3, "10")), "too-many-instances"),
    "a condition of two million letters": (lambda: diagram(condition("x = " + "1 + " * 490_000 + "1")), "expression-unreadable"),
    "a condition of brackets": (lambda: diagram(condition("(" * 100_000)), "expression-unreadable"),
    "a condition of lists in lists": (lambda: diagram(condition("[" * 5_000 + "]" * 5_000)), "expression-unreadable"),
    "a condition of nots": (lambda: diagram(condition("not(" * 3_000 + "true" + ")" * 3_000)), "expression-unreadable"),
    "a condition of ifs": (lambda: diagram(condition("if true then " * 1_000 + "true" + " else false" * 1_000)), "expression-unreadable"),
    "a condition of filters": (lambda: diagram(condition("x" + "[1]" * 6_000 + " = 1")), "expression-unreadable"),
    "a condition of paths": (lambda: diagram(condition("x" + ".a" * 9_000 + " = 1")), "expression-unreadable"),
    "a number of a million digits": (lambda: diagram(condition("x > " + "9" * 1_000_000)), "expression-unreadable"),
    "a text without end": (lambda: diagram(condition('x = "' + "a" * 1_000_000)), "expression-unreadable"),
}


def _sheet(text: str) -> Files:
    return {**diagram(simple()), "sop.toml": text.encode("utf-8", "surrogatepass")}


def _form(text: str | bytes) -> Files:
    return {**diagram(simple(attributes='sop:form="a"')), "forms/a.json": text.encode() if isinstance(text, str) else text}


#: The same for the files beside the diagram; here the code is only the beginning of one.
REFUSED_BESIDE: dict[str, tuple[Callable[[], Files], str]] = {
    "lists in lists in the sheet": (lambda: _sheet("key = " + "[" * 100_000), "toml"),
    "tables in tables in the sheet": (lambda: _sheet("key = " + "{a=" * 50_000), "toml"),
    "a key of fifty thousand parts": (lambda: _sheet("a" + ".a" * 50_000 + " = 1"), "toml"),
    "a number without end in the sheet": (lambda: _sheet("key = " + "9" * 400_000), "toml"),
    "a sheet of one megabyte": (lambda: _sheet('key = "' + "x" * 1_000_000 + '"'), "toml"),
    "a sheet that is not text": (lambda: {**diagram(simple()), "sop.toml": b"\xff\xfe\x00\x00"}, "toml"),
    "a key twice in the sheet": (lambda: _sheet('key = "a"\nkey = "b"'), "toml"),
    "lists in lists in a form": (lambda: _form("[" * 100_000), "form"),
    "objects in objects in a form": (lambda: _form('{"a":' * 100_000), "form"),
    "a number without end in a form": (lambda: _form('{"key": ' + "9" * 400_000 + "}"), "form"),
    "an exponent in a form": (lambda: _form('{"key": 1e999999999}'), "form"),
    "not a number in a form": (lambda: _form('{"key": NaN}'), "form"),
    "a key twice in a form": (lambda: _form('{"key": "a", "key": "b"}'), "form"),
    "a form that is not text": (lambda: _form(b"\xff\xfe\x00"), "form"),
    "a form of one megabyte": (lambda: _form('{"key": "' + "x" * 1_000_000 + '"}'), "form"),
    "a lone surrogate in a form": (lambda: _form('{"key": "\\ud800"}'), "form"),
}
