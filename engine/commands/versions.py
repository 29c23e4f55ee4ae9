"""A checked bundle becomes the next version of an SOP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from engine import authorization, correspondence, definitions, pack
from engine.bundle import SopBundle
from engine.commands import starts
from engine.definitions import Definition
from engine.executor import Context
from engine.lint import guarded
from engine.types import LintFinding, Severity, Text, Value
from storage import accounts, deployments, randomness

_PEOPLE = frozenset({"userTask", "manualTask", "task"})


def put_in_force(
    context: Context, bundle: SopBundle, definition: Definition, *, findings: Sequence[LintFinding], effective_from: date | None,
) -> deployments.DeploymentRow:
    """Stores the bundle as the agency's next version, in force from a day on (default today), and arms what it begins by itself."""
    actor = context.actor
    nobodys = [_waits_for_nobody(role) for role in unheld(definition, context.parameters_in_force())]
    row = deployments.DeploymentRow(
        id=randomness.new_id(), agency_id=actor.agency_id, key=definition.sheet.key,
        version=deployments.latest_version(context.uow, actor.agency_id, definition.sheet.key) + 1, digest=bundle.digest,
        title={"id": definition.sheet.title.id, "en": definition.sheet.title.en}, process_id=definition.main_process or "",
        effective_from=effective_from or context.local_day(), deployed_at=context.now, deployed_by=actor.account_id,
        findings=[guarded.to_json(finding) for finding in (*findings, *nobodys)])
    deployments.add(context.uow, row, {path: (pack.bytes_digest(data), data) for path, data in bundle.files.items()})
    starts.deployed(context, row)
    return row


def unheld(definition: Definition, parameters: Mapping[str, Value] | None) -> list[str]:
    """The roles no account can hold that human steps of a definition wait for at an agency with these parameters."""
    return sorted(_wanted(definition, parameters) - authorization.KNOWN_ROLES - {""})


def without_people(context: Context, definition: Definition) -> list[LintFinding]:
    """A finding for each role that human steps wait for and nobody of the agency holds today. Other providers need no account."""
    roles = _wanted(definition, context.parameters_in_force()) & authorization.KNOWN_ROLES - {authorization.PROVIDER}
    held = accounts.holders(context.uow, context.actor.agency_id, roles, context.local_day())
    return [_has_no_people(role) for role in sorted(roles - held.keys())]


def unheard(context: Context, definition: Definition) -> list[LintFinding]:
    """A finding for each message that neither the definition nor another SOP of the agency hears, of those in force or to come."""
    agency_id, day = context.actor.agency_id, context.local_day()
    rows = (*deployments.all_in_force(context.uow, agency_id, day), *deployments.to_come(context.uow, agency_id, day))
    return correspondence.unheard(definition, (context.executor.definition(context.uow, row.id) for row in rows
                                               if row.key != definition.sheet.key))


def _wanted(definition: Definition, parameters: Mapping[str, Value] | None) -> set[str]:
    people = [node for process in definition.processes.values() for node in definitions.nodes_of(process) if node.type in _PEOPLE]
    return {definition.role_of(node.id, parameters) for node in people} | set(definition.start_roles(parameters))


def _waits_for_nobody(role: str) -> LintFinding:
    return LintFinding(
        code="role-unheld", severity=Severity.ADVICE, file="sop.toml", line=None, element_id=role,
        message=Text("Instansi ini belum menetapkan siapa peran ini.", "This agency has not said who this role is."),
        instead=Text("Isi parameter bernama sama di agency.toml.", "Give the parameter of the same name in agency.toml."))


def _has_no_people(role: str) -> LintFinding:
    return LintFinding(
        code="role-without-people", severity=Severity.ADVICE, file="sop.toml", line=None, element_id=role,
        message=Text("Hari ini tidak seorang pun di instansi ini memegang peran ini.", "Nobody at this agency holds this role today."),
        instead=Text("Beri peran itu kepada seorang petugas sebelum SOP berlaku, atau pilih peran lain untuk lajurnya.",
                     "Give the role to an officer before the SOP takes effect, or choose another role for its lane."))
