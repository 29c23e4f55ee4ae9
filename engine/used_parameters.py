"""Which values of an agency's profile an SOP uses: behind its lanes, in its expressions, and where a clock begins."""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.definitions import Definition, nodes_of
from engine.deployed_results import AgencyParameter
from engine.executor import Context
from storage import agencies

_NAMED = re.compile(r"\bparameters\.([a-z_]{1,80})")


def of_sop(context: Context, definition: Definition) -> tuple[AgencyParameter, ...]:
    """Those in force now that stand behind a lane or in an expression, in the profile's order."""
    named = {role for sheet in definition.sheets.values() for role in sheet.lanes.values()}
    drawn = (data for path, data in definition.files.items() if path.endswith((".bpmn", ".dmn")))
    return _in_force(context, named.union(*(_NAMED.findall(data.decode()) for data in drawn)))


def of_clocks(context: Context, definition: Definition) -> tuple[AgencyParameter, ...]:
    """Those in force now that choose the instant a time standard counts from."""
    begins = (node.standard.start_from or "" for process in definition.processes.values() for node in nodes_of(process) if node.standard)
    return _in_force(context, {name for text in begins for name in _NAMED.findall(text)})


def _in_force(context: Context, names: Collection[str]) -> tuple[AgencyParameter, ...]:
    agency = agencies.get(context.uow, context.actor.agency_id)
    profile = agency.profile.get("parameters", {}) if agency is not None else {}
    return tuple(
        AgencyParameter(name=name, text=str(one.get("text", "")), value=str(one.get("value", "")), proposed=one.get("proposed") is True)
        for name, one in profile.items() if name in names)
