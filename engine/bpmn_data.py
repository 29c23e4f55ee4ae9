"""Data and repetition of a BPMN file as values: data objects, associations, input and output specifications, loops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn_reading import BODIES, BPMN, EVENTS, SOP, Reading, extensions, flag, listed, local, text_of
from engine.model import DataMapping, ForEach, Loop, Model, Node

# The modeler of bpmn.io targets this made-up property when an arrow from a data object merely ends at a task.
_PLACEHOLDER = "__targetRef_placeholder"


def read_data(reading: Reading, element: Any) -> dict[str, str]:
    """The data objects, references to them and properties that stand in a scope: id -> variable name."""
    names: dict[str, str] = {}
    references: list[Any] = []
    for child in element:
        tag = local(child)
        if tag not in ("dataObject", "dataObjectReference", "property"):
            continue
        reading.take(child)
        reading.take_documentation(child)
        for state in child.findall(f"{{{BPMN}}}dataState"):
            reading.take(state)
        if tag == "dataObjectReference":
            references.append(child)
        elif child.get("id"):
            names[child.get("id")] = (child.get("name") or "").strip() or child.get("id")
    for reference in references:
        key, target = reference.get("id"), (reference.get("dataObjectRef") or "").strip()
        label = (reference.get("name") or "").strip()
        if label and names.get(target) == target:  # modelers put the name on the reference, not on the object
            names[target] = label
        if key:
            names[key] = names.get(target, label or key)
    return names


def read_io(reading: Reading, element: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The inputs and outputs an `ioSpecification` declares: id -> name."""
    inputs: dict[str, str] = {}
    outputs: dict[str, str] = {}
    for spec in element.findall(f"{{{BPMN}}}ioSpecification"):
        reading.take(spec)
        reading.take_documentation(spec)
        for child in spec.iter(
            *(
                f"{{{BPMN}}}{tag}"
                for tag in (
                    "dataInput",
                    "dataOutput",
                    "inputSet",
                    "outputSet",
                    "dataInputRefs",
                    "dataOutputRefs",
                    "inputSetRefs",
                    "outputSetRefs",
                    "optionalInputRefs",
                    "optionalOutputRefs",
                    "whileExecutingInputRefs",
                    "whileExecutingOutputRefs",
                    "dataState",
                )
            )
        ):
            reading.take(child)
            if child.get("id") and local(child) == "dataInput":
                inputs[child.get("id")] = (child.get("name") or "").strip() or child.get("id")
            elif child.get("id") and local(child) == "dataOutput":
                outputs[child.get("id")] = (child.get("name") or "").strip() or child.get("id")
    return inputs, outputs


def read_io_names(element: Any) -> dict[str, str]:
    """Inputs and outputs of an activity, as its inner elements see them."""
    inputs, outputs = read_io(Reading(Model(file="")), element)
    return {**inputs, **outputs}


def read_mappings(reading: Reading, element: Any, node: Node, names: Mapping[str, str]) -> None:
    inputs, outputs = read_io(reading, element)
    # Events carry their data inputs and outputs without a specification round them.
    for child in element:
        if node.type in EVENTS and local(child) in ("dataInput", "dataOutput", "inputSet", "outputSet"):
            for part in child.iter():
                reading.take(part)
            if local(child) in ("dataInput", "dataOutput") and child.get("id"):
                inputs[child.get("id")] = outputs[child.get("id")] = child.get("name") or child.get("id")
    own = {} if node.type in BODIES else read_data(reading, element)
    here = {**names, **inputs, **outputs, **own}
    node.input_mappings = _associations(reading, element, "dataInputAssociation", here, names)
    node.output_mappings = _associations(reading, element, "dataOutputAssociation", here, names)


def _associations(
    reading: Reading, element: Any, tag: str, here: Mapping[str, str], outside: Mapping[str, str]
) -> tuple[DataMapping, ...]:
    found: list[DataMapping] = []
    for association in element.findall(f"{{{BPMN}}}{tag}"):
        reading.take(association)
        reading.take_documentation(association)
        parts: dict[str, str] = {}
        for child in association:
            if local(child) in ("sourceRef", "targetRef", "transformation"):
                reading.take(child)
                parts.setdefault(local(child), text_of(child))
        source = parts.get("sourceRef", "")
        target = here.get(parts.get("targetRef", ""), parts.get("targetRef", ""))
        if target == _PLACEHOLDER:
            target = here.get(source, source)
        assignments = association.findall(f"{{{BPMN}}}assignment")
        for assignment in assignments:
            origin, to = assignment.find(f"{{{BPMN}}}from"), assignment.find(f"{{{BPMN}}}to")
            reading.take(assignment)
            if origin is not None and to is not None:
                reading.take(origin)
                reading.take(to)
                named = text_of(to)
                found.append(DataMapping(source=text_of(origin), target=here.get(named, named), is_expression=True))
        if "transformation" in parts:
            found.append(DataMapping(source=parts["transformation"], target=target, is_expression=True))
        elif source and target and not assignments:
            found.append(DataMapping(source=here.get(source, source), target=target))
    return tuple(found)


def read_loop(reading: Reading, element: Any, node: Node, names: Mapping[str, str]) -> None:
    multi = element.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
    standard = element.find(f"{{{BPMN}}}standardLoopCharacteristics")
    loop = multi if multi is not None else standard
    if loop is None:
        return
    reading.take(loop)
    reading.take_documentation(loop)
    known = {
        "loopCardinality",
        "loopDataInputRef",
        "loopDataOutputRef",
        "inputDataItem",
        "outputDataItem",
        "completionCondition",
        "loopCondition",
    }
    parts: dict[str, Any] = {}
    for child in loop:
        if local(child) in known and local(child) not in parts:
            reading.take(child)
            parts[local(child)] = child

    def text(tag: str) -> str | None:
        return text_of(parts[tag]) if tag in parts else None

    def item(tag: str) -> str | None:
        return (parts[tag].get("name") or "").strip() or parts[tag].get("id") if tag in parts else None

    inputs = {m.target: m.source for m in node.input_mappings if not m.is_expression}
    outputs = {m.source: m.target for m in node.output_mappings if not m.is_expression}
    own = {**names, **read_io_names(element)}
    input_ref, output_ref = text("loopDataInputRef"), text("loopDataOutputRef")
    input_name = own.get(input_ref, input_ref) if input_ref is not None else None
    output_name = own.get(output_ref, output_ref) if output_ref is not None else None
    node.loop = Loop(
        kind="standard" if multi is None else "sequential" if flag(loop.get("isSequential"), False) else "parallel",
        for_each=_for_each(reading, [*extensions(loop), *extensions(element)]) if multi is not None else None,
        cardinality=text("loopCardinality"),
        # An association hands the collection in from a variable: that variable is what is looped over.
        input_ref=inputs.get(input_name, input_name) if input_name is not None else None,
        input_item=item("inputDataItem"),
        output_ref=outputs.get(output_name, output_name) if output_name is not None else None,
        output_item=item("outputDataItem"),
        completion=text("completionCondition"),
        condition=text("loopCondition"),
        test_before=flag(loop.get("testBefore"), False),
        maximum=(loop.get("loopMaximum") or "").strip() or None,
        behavior=loop.get("behavior") or "All",
        line=loop.sourceline,
    )


def _for_each(reading: Reading, extensions: list[Any]) -> ForEach | None:
    for found in extensions:
        if found.tag == f"{{{SOP}}}forEach":
            reading.take(found)
            return ForEach(
                collection=(found.get("in") or "").strip(),
                item=(found.get("as") or "").strip(),
                collect=listed(found.get("collect")),
                into=(found.get("into") or "").strip() or None,
            )
    return None
