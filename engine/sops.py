"""`engine.sops`: deployed SOPs, checks and trials."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from threading import Lock
from typing import Any

from engine import authorization, definitions, drawings, entrances, errors, forms, matrix, pack
from engine.bundle import SopBundle
from engine.commands import starts
from engine.definitions import Definition
from engine.executor import Context, Executor
from engine.lint import guarded
from engine.render import sop_ap
from engine.results import AgencyParameter, FormView, SopDetail, SopStep, SopSummary
from engine.sop_toml import SopSheet
from engine.trial import Trial
from engine.types import Actor, LintFinding, Severity, Text, Value
from storage import agencies, deployments, instances, randomness

_PARAMETER = re.compile(rb"\bparameters\.([a-z_]{1,80})")
TRIALS_KEPT = 50   # in one process; the oldest make room
_ACTIVITIES = frozenset({
    "userTask", "manualTask", "task", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity", "subProcess",
    "transaction"})
_PEOPLE = frozenset({"userTask", "manualTask", "task"})
_DONE_BY = {**dict.fromkeys(("serviceTask", "sendTask", "receiveTask", "businessRuleTask"), "system"),
            **dict.fromkeys(("callActivity", "subProcess", "transaction"), "steps")}


class Sops:
    """Deploy, read, draw, check, try."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._trials: OrderedDict[str, tuple[str, Trial]] = OrderedDict()
        self._lock = Lock()

    def deploy(self, actor: Actor, bundle: SopBundle, *, effective_from: date | None = None) -> SopSummary:
        """Puts a bundle in force from a day on (default today). The same bytes again give the version they already have.

        Raises:
            BundleRefused: a finding is an ERROR or a RULE; all findings are in it, nothing was stored.
        """
        authorization.require(actor, "sop.deploy")
        findings = tuple(guarded.lint_guarded(bundle, operations=frozenset(self._executor.operations)))
        if any(finding.severity is not Severity.ADVICE for finding in findings):
            raise errors.BundleRefused(findings)
        definition = definitions.load(bundle)

        def command(context: Context) -> SopSummary:
            nobodys = [_waits_for_nobody(role) for role in _unheld(definition, context.parameters_in_force())]
            for known in deployments.by_digest(context.uow, bundle.digest):
                if known.agency_id == actor.agency_id:
                    return _summary(known, {}, findings=len(findings), sheet=definition.sheet)
            row = deployments.DeploymentRow(
                id=randomness.new_id(), agency_id=actor.agency_id, key=definition.sheet.key,
                version=deployments.latest_version(context.uow, actor.agency_id, definition.sheet.key) + 1, digest=bundle.digest,
                title={"id": definition.sheet.title.id, "en": definition.sheet.title.en}, process_id=definition.main_process or "",
                effective_from=effective_from or context.local_day(), deployed_at=context.now, deployed_by=actor.account_id,
                findings=[guarded.to_json(finding) for finding in (*findings, *nobodys)])
            deployments.add(context.uow, row, {path: (pack.bytes_digest(data), data) for path, data in bundle.files.items()})
            starts.deployed(context, row)
            return _summary(row, {}, findings=len(findings) + len(nobodys), sheet=definition.sheet)

        return self._executor.run(actor, command)

    def list(self, actor: Actor) -> tuple[SopSummary, ...]:
        """Every version of the agency's SOPs, newest first within each."""
        authorization.require(actor, "sop.list")

        def query(context: Context) -> tuple[SopSummary, ...]:
            running = instances.running_by_deployment(context.uow, actor.agency_id)
            return tuple(
                _summary(row, running, findings=len(row.findings or ()), sheet=self._sheet(context, row))
                for row in deployments.of_agency(context.uow, actor.agency_id))

        return self._executor.read(actor, query)

    def get(self, actor: Actor, deployment_id: str) -> SopDetail:
        """One version: identity sheet, steps in reading order, findings, files."""
        authorization.require(actor, "sop.read")

        def query(context: Context) -> SopDetail:
            row = _own(context, deployment_id)
            definition = context.executor.definition(context.uow, deployment_id)
            running = instances.running_by_deployment(context.uow, actor.agency_id)
            findings = tuple(guarded.from_json(each) for each in row.findings or ())
            return SopDetail(
                summary=_summary(row, running, findings=len(findings), sheet=definition.sheet),
                identity=definition.sheet.identity, steps=steps_of(definition, context.parameters_in_force()), findings=findings,
                files=definition.files, process_id=row.process_id, parameters=_parameters(context, definition))

        return self._executor.read(actor, query)

    def unheld_roles(self, actor: Actor) -> tuple[str, ...]:
        """Roles that steps of the SOPs in force wait for and that no account can hold: an abstract one without its parameter."""
        authorization.require(actor, "sop.list")

        def query(context: Context) -> tuple[str, ...]:
            in_force = deployments.all_in_force(context.uow, actor.agency_id, context.local_day())
            held = context.parameters_in_force()
            return tuple(sorted({role for row in in_force for role in _unheld(context.executor.definition(context.uow, row.id), held)}))

        return self._executor.read(actor, query)

    def startable(self, actor: Actor) -> tuple[SopSummary, ...]:
        """SOPs in force today that one of the actor's roles may start."""
        if not authorization.allows(actor, "case.start"):
            return ()

        def query(context: Context) -> tuple[SopSummary, ...]:
            found, parameters = [], context.parameters_in_force()
            for row in deployments.all_in_force(context.uow, actor.agency_id, context.local_day()):
                definition = context.executor.definition(context.uow, row.id)
                entered = entrances.entrance(definition, parameters)
                if entered is not None and (not entered.roles or actor.holds(*entered.roles)):
                    found.append(_summary(row, {}, findings=len(row.findings or ()), sheet=definition.sheet))
            return tuple(found)

        return self._executor.read(actor, query)

    def start_form(self, actor: Actor, key: str) -> FormView:
        """The form that starts the SOP in force under `key`."""
        authorization.require(actor, "case.start")

        def query(context: Context) -> FormView:
            row = deployments.in_force(context.uow, actor.agency_id, key, context.local_day())
            if row is None:
                raise errors.NotFound(sop=key)
            entered = entrances.entrance(context.executor.definition(context.uow, row.id), context.parameters_in_force())
            if entered is None:
                raise errors.NotFound(sop=key)
            form = entered.form
            if form is None:
                return FormView(key="", title=Text("Mulai", "Start"), help=Text("", ""), clause="", fields=())
            about = authorization.ObjectFacts(agency_id=actor.agency_id, worked_on=True)
            return forms.to_fill(form, {}, authorization.visible_sensitivity(actor, about))

        return self._executor.read(actor, query)

    def diagram(self, actor: Actor, deployment_id: str) -> bytes:
        """The SOP's drawing as SVG."""
        authorization.require(actor, "sop.read")

        def query(context: Context) -> bytes:
            row = _own(context, deployment_id)
            return drawings.of_definition(context.executor.definition(context.uow, deployment_id), row.process_id)

        return self._executor.read(actor, query)

    def sop_ap(self, actor: Actor, deployment_id: str, *, form: str) -> bytes:
        """The classic SOP-AP sheet of one version, as "pdf" or "xlsx".

        Raises:
            NotFound: the agency has no such version, or there is no such form.
        """
        authorization.require(actor, "sop.read")
        render = {"pdf": sop_ap.pdf, "xlsx": sop_ap.xlsx}.get(form)
        if render is None:
            raise errors.NotFound(form=form)

        def query(context: Context) -> tuple[matrix.Matrix, sop_ap.Imprint]:
            row = _own(context, deployment_id)
            agency = agencies.get(context.uow, row.agency_id)
            assert agency is not None
            head = agency.profile.get("letterhead", {})
            return matrix.matrix_of(context.executor.definition(context.uow, deployment_id)), sop_ap.Imprint(
                agency=agency.name, unit=head.get("unit") or agency.name, letterhead=tuple(head.get("lines", ())),
                version=str(row.version), digest=row.digest)

        return render(*self._executor.read(actor, query))

    def check(self, actor: Actor, files: Mapping[str, bytes]) -> tuple[LintFinding, ...]:
        """What is wrong with some files, wherever they were drawn; nothing is stored. Never raises for what is in them."""
        authorization.require(actor, "sop.check")
        try:
            return tuple(guarded.lint_guarded(SopBundle.from_files(files), operations=frozenset(self._executor.operations)))
        except errors.BundleRefused as refused:
            return refused.findings

    def try_open(self, actor: Actor, files: Mapping[str, bytes]) -> str:
        """Opens a trial of some files for this actor alone, in memory, as their agency would play it; operations answer nothing. Its id."""
        authorization.require(actor, "sop.try")
        operations = dict.fromkeys(self._executor.operations, _silent)
        calendar, parameters = self._executor.read(actor, lambda context: context.tables_of_agency())
        trial = Trial.open(SopBundle.from_files(files), now=self._executor.clock.now(), operations=operations, calendar=calendar,
                           parameters=parameters)
        trial_id = randomness.new_id()
        with self._lock:
            self._trials[trial_id] = (actor.account_id, trial)
            while len(self._trials) > TRIALS_KEPT:
                self._trials.popitem(last=False)
        return trial_id

    def trial(self, actor: Actor, trial_id: str) -> Trial:
        """A trial the actor opened in this process; `NotFound` after a restart or when newer ones took its place."""
        authorization.require(actor, "sop.try")
        with self._lock:
            owner, trial = self._trials.get(trial_id, ("", None))
        if trial is None or owner != actor.account_id:
            raise errors.NotFound(trial_id=trial_id)
        return trial

    def _sheet(self, context: Context, row: deployments.DeploymentRow) -> Any:
        return context.executor.definition(context.uow, row.id).sheet


def steps_of(definition: Definition, parameters: Mapping[str, Value] | None = None) -> tuple[SopStep, ...]:
    """The activities in file order, with the printed wording of each time standard; "" where the SOP gives none.

    Roles are those of an agency with these `parameters`.
    """
    process = definition.processes[definition.main_process or next(iter(definition.processes))]
    nodes = list(definitions.nodes_of(process))
    standards = {node.attached_to: node.standard for node in nodes if node.standard is not None}
    return tuple(
        SopStep(element_id=node.id, name=node.name or node.id, lane=node.lane, role=definition.role_of(node.id, parameters),
                standard_text=standards[node.id].text if standards.get(node.id) else "", clauses=node.clause, inputs=node.inputs,
                outputs=node.outputs, done_by=_DONE_BY.get(node.type, "people"))
        for node in nodes if node.type in _ACTIVITIES)


def _unheld(definition: Definition, parameters: Mapping[str, Value] | None) -> list[str]:
    """The roles no account can hold that human steps of a definition wait for at an agency with these parameters."""
    people = [node for process in definition.processes.values() for node in definitions.nodes_of(process) if node.type in _PEOPLE]
    roles = {definition.role_of(node.id, parameters) for node in people} | set(definition.start_roles(parameters))
    return sorted(roles - authorization.KNOWN_ROLES - {""})


def _waits_for_nobody(role: str) -> LintFinding:
    return LintFinding(
        code="role-unheld", severity=Severity.ADVICE, file="sop.toml", line=None, element_id=role,
        message=Text("Instansi ini belum menetapkan siapa peran ini.", "This agency has not said who this role is."),
        instead=Text("Isi parameter bernama sama di agency.toml.", "Give the parameter of the same name in agency.toml."))


def _parameters(context: Context, definition: Definition) -> tuple[AgencyParameter, ...]:
    """Those of the agency in force now that stand behind a lane of the SOP or in one of its expressions, in the sheet's order."""
    agency = agencies.get(context.uow, context.actor.agency_id)
    profile = agency.profile.get("parameters", {}) if agency is not None else {}
    named = {role for sheet in definition.sheets.values() for role in sheet.lanes.values()}
    drawn = (data for path, data in definition.files.items() if path.endswith((".bpmn", ".dmn")))
    named |= {name.decode() for data in drawn for name in _PARAMETER.findall(data)}
    return tuple(
        AgencyParameter(name=name, text=str(one.get("text", "")), value=str(one.get("value", "")), proposed=one.get("proposed") is True)
        for name, one in profile.items() if name in named)


def _own(context: Context, deployment_id: str) -> deployments.DeploymentRow:
    row = deployments.get(context.uow, deployment_id)
    if row is None or row.agency_id != context.actor.agency_id:
        raise errors.NotFound(deployment_id=deployment_id)
    return row


def _summary(row: deployments.DeploymentRow, running: Mapping[str, int], *, findings: int, sheet: SopSheet) -> SopSummary:
    return SopSummary(
        deployment_id=row.id, key=row.key, agency_code=sheet.agency, kind=sheet.kind, title=(row.title or {}).get("id", row.key),
        version=row.version, digest=row.digest, effective_from=row.effective_from, running=running.get(row.id, 0), findings=findings)


def _silent(_: object) -> Mapping[str, Any]:
    return {}

