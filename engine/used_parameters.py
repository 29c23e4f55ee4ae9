"""Which values of an agency's profile an SOP uses: behind its lanes, in its expressions, and where a clock begins."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from engine.definitions import Definition, nodes_of
from engine.deployed_results import AgencyParameter
from engine.executor import Context
from storage import agencies, deployments

_NAMED = re.compile(r"\bparameters\.([a-z_]{1,80})")


def of_sop(context: Context, definition: Definition) -> tuple[AgencyParameter, ...]:
    """Those of the actor's agency that stand behind a lane or in an expression, in the profile's order."""
    agency = agencies.get(context.uow, context.actor.agency_id)
    named = {role for sheet in definition.sheets.values() for role in sheet.lanes.values()}
    return _chosen(agency.profile if agency is not None else {}, named | _drawn(definition.files))


def read_by_steps(context: Context) -> frozenset[str]:
    """The names that expressions of the agency's SOPs in force read."""
    return frozenset().union(*(_drawn(deployments.files(context.uow, row.id)) for row in deployments.all_in_force(
        context.uow, context.actor.agency_id, context.local_day())))


def of_clocks(profile: Mapping[str, Any], definition: Definition) -> tuple[AgencyParameter, ...]:
    """Those of this agency that choose the instant a time standard counts from."""
    begins = (node.standard.start_from or "" for process in definition.processes.values() for node in nodes_of(process) if node.standard)
    return _chosen(profile, {name for text in begins for name in _NAMED.findall(text)})


def _drawn(files: Mapping[str, bytes]) -> frozenset[str]:
    drawn = (data for path, data in files.items() if path.endswith((".bpmn", ".dmn")))
    return frozenset().union(*(_NAMED.findall(data.decode()) for data in drawn))


def _chosen(profile: Mapping[str, Any], names: Collection[str]) -> tuple[AgencyParameter, ...]:
    return tuple(
        AgencyParameter(name=name, text=str(one.get("text", "")), value=str(one.get("value", "")), proposed=one.get("proposed") is True)
        for name, one in profile.get("parameters", {}).items() if name in names)
