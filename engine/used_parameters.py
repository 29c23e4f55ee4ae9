"""Which values of an agency's profile an SOP uses: behind its lanes, in its expressions, and where a clock begins."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from engine import resolving, sop_toml
from engine.authorization import ABSTRACT_ROLES
from engine.definitions import Definition, nodes_of
from engine.deployed_results import AgencyParameter
from engine.executor import Context
from storage import agencies, deployments

_NAMED = re.compile(r"\bparameters\.([a-z_]{1,80})")
_WORD = re.compile(r"[a-z_]{1,80}")
#: Whoever holds authority over cases is asked of every SOP: escalations, corrections, letters that came back.
_ALWAYS = frozenset({"case_authority"})


def of_sop(context: Context, definition: Definition) -> tuple[AgencyParameter, ...]:
    """Those of the actor's agency that stand behind a lane or in an expression, in the profile's order."""
    agency = agencies.get(context.uow, context.actor.agency_id)
    named = {role for sheet in definition.sheets.values() for role in sheet.lanes.values()}
    return _chosen(agency.profile if agency is not None else {}, named | _drawn(definition.files))


def read_by_steps(context: Context) -> frozenset[str]:
    """The names that the agency's SOPs in force read: in expressions, and roles behind lanes, of who may start and of who is told."""
    in_force = deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day())
    return _ALWAYS.union(*(_read(deployments.files(context.uow, row.id)) for row in in_force))


def _read(files: Mapping[str, bytes]) -> frozenset[str]:
    sheets = [sop_toml.read_folder(files, folder) for folder in resolving.folders(files)]
    told = frozenset().union(*(_WORD.findall(data.decode()) for path, data in files.items() if path.endswith(".bpmn"))) & ABSTRACT_ROLES
    return _drawn(files).union(told, sheets[0].start_roles, *(sheet.lanes.values() for sheet in sheets))


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
