"""`kawal coverage`: each clause of a source and what carries it out, what stands on a law or proposal, and where the two differ."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

import engine as front_door
from engine.settings import Settings
from webui.commands import FINE, FOUND


def show(options: Namespace, settings: Settings) -> int:
    """Prints the map of every agency folder given, or of all that have an SOP; status 1 when anything differs."""
    folders = options.path or _agencies(settings.bpmn_dir)
    found = {folder.name: front_door.agency_coverage(folder) for folder in folders}
    if options.json:
        print(json.dumps({name: asdict(one) for name, one in found.items()}, ensure_ascii=False, indent=1))
    else:
        for name, one in found.items():
            _print(name, one, options.language or settings.language)
    return FOUND if any(one.differences for one in found.values()) else FINE


def _agencies(bpmn: Path) -> list[Path]:
    return [source.parent for source in sorted(bpmn.glob("*/source.txt")) if any(source.parent.glob("*/sop.toml"))]


def _print(name: str, found: front_door.Coverage, language: str) -> None:
    print(f"# {name}: {found.percent} % ({found.quoted}/{found.words})\n")
    for line in found.lines:
        clause = line.clause
        by = ", ".join(clause.elements) or f"({clause.reason or '-'})"
        print(f"{line.sop or name}  {clause.id}  [{clause.kind}]  {_short(clause.text)}\n    -> {by}")
    for ground in found.grounds:
        print(f"{', '.join(ground.sops)}  [{ground.kind}]  {_short(ground.text)}\n    -> {', '.join(ground.elements)}")
    for one in found.differences:
        where = " ".join(part for part in (one.sop, one.clause_id, one.element_id) if part)
        print(f"! {one.code}  {where}: {getattr(one.message, language)}\n    {_short(one.detail)}")
    print()


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 160 else f"{words[:157]}..."
