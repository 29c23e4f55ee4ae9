"""`engine.sops`: deployed SOPs and checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from engine import authorization, definitions, drawings, entrances, errors, forms, sop_export, used_parameters, versions
from engine.bundle import SopBundle
from engine.carrying_over import CarryingOver
from engine.commands import outside
from engine.commands import versions as new_versions
from engine.definitions import Definition
from engine.entrances import Entrance
from engine.executor import Context
from engine.lint import guarded
from engine.migrating import Migrating
from engine.previewing import Previewing
from engine.rehearsing import Rehearsing
from engine.render import sop_ap
from engine.results import FormView, SopDetail, SopStep, SopSummary
from engine.sop_toml import SopSheet
from engine.steps import steps_of
from engine.types import Actor, LintFinding, Severity, Text
from engine.withdrawing import Withdrawing, standing_of
from storage import deployments, drafts, instances, withdrawals


class Sops(Rehearsing, CarryingOver, Previewing, Withdrawing, Migrating):
    """Deploy, read, draw, check; what changes an SOP stands in `Publishing`, `CarryingOver`, `Editing` and `Withdrawing`, what that does
    to running cases in `Migrating`, how it is tried in `Trying`, how its scenarios go in `Rehearsing`."""

    def deploy(self, actor: Actor, bundle: SopBundle, *, effective_from: date | None = None) -> SopSummary:
        """Puts a bundle in force from a day on (default today). The same bytes again give the version they already have,
        also where that was withdrawn: it comes back by a draft that another person approves.

        Raises:
            BundleRefused: a finding is an ERROR or a RULE; all findings are in it, nothing was stored.
        """
        authorization.require(actor, "sop.deploy")
        findings = tuple(guarded.lint_guarded(bundle, operations=frozenset(self._executor.operations)))
        if any(finding.severity is not Severity.ADVICE for finding in findings):
            raise errors.BundleRefused(findings)
        definition = definitions.load(bundle)

        def command(context: Context) -> SopSummary:
            for known in deployments.by_digest(context.uow, bundle.digest):
                if known.agency_id == actor.agency_id:
                    return _summary(known, {}, findings=len(findings), sheet=definition.sheet)
            row = new_versions.put_in_force(context, bundle, definition, findings=findings, effective_from=effective_from)
            return _summary(row, {}, findings=len(row.findings), sheet=definition.sheet)

        return self._executor.run(actor, command)

    def list(self, actor: Actor) -> tuple[SopSummary, ...]:
        """Every version of the agency's SOPs, newest first within each."""
        authorization.require(actor, "sop.list")

        def query(context: Context) -> tuple[SopSummary, ...]:
            running, decrees = instances.running_by_deployment(context.uow, actor.agency_id), drafts.decrees(context.uow, actor.agency_id)
            day = context.local_day()
            now = {row.id for row in deployments.all_in_force(context.uow, actor.agency_id, day)}
            ended = withdrawals.standing(context.uow, actor.agency_id)
            return tuple(replace(
                _summary(row, running, findings=len(row.findings or ()), sheet=self._sheet(context, row)), decree=decrees.get(row.id, ""),
                **standing_of(context, row, ended.get(row.id), is_in_force=row.id in now, day=day))
                for row in deployments.of_agency(context.uow, actor.agency_id))

        return self._executor.read(actor, query)

    def newest(self, actor: Actor) -> tuple[SopSummary, ...]:
        """Each SOP of the agency as its highest version is called. `running` stays 0: to count costs more the more cases run."""
        authorization.require(actor, "sop.list")

        def query(context: Context) -> tuple[SopSummary, ...]:
            highest = {row.key: row for row in reversed(deployments.of_agency(context.uow, actor.agency_id))}
            return tuple(_summary(row, {}, findings=len(row.findings or ()), sheet=self._sheet(context, row)) for row in highest.values())

        return self._executor.read(actor, query)

    def steps(self, actor: Actor, deployment_id: str) -> tuple[SopStep, ...]:
        """The steps of one version in reading order."""
        authorization.require(actor, "sop.read")
        return self._executor.read(actor, lambda context: steps_of(
            context.executor.definition(context.uow, _own(context, deployment_id).id), context.parameters_in_force()))

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
                files=definition.files, process_id=row.process_id, parameters=used_parameters.of_sop(context, definition))

        return self._executor.read(actor, query)

    def unheld_roles(self, actor: Actor) -> tuple[str, ...]:
        """Roles that steps of the SOPs in force wait for and that no account can hold: an abstract one without its parameter."""
        authorization.require(actor, "sop.list")

        def query(context: Context) -> tuple[str, ...]:
            in_force = deployments.all_in_force(context.uow, actor.agency_id, context.local_day())
            held = context.parameters_in_force()
            return tuple(sorted({
                role for row in in_force for role in new_versions.unheld(context.executor.definition(context.uow, row.id), held)}))

        return self._executor.read(actor, query)

    def startable(self, actor: Actor) -> tuple[SopSummary, ...]:
        """SOPs in force today that one of the actor's roles may start."""
        if not authorization.allows(actor, "case.start"):
            return ()

        def query(context: Context) -> tuple[SopSummary, ...]:
            return tuple(
                replace(_summary(row, {}, findings=len(row.findings or ()), sheet=definition.sheet),
                        begins=entrances.when_to_take(definition, entered), is_told=entered.message in outside.OF_THE_PUBLIC)
                for row, definition, entered in _open_to(context))

        return self._executor.read(actor, query)

    def may_start(self, actor: Actor) -> bool:
        """Whether there is one; asked on pages that people open all day."""
        return authorization.allows(actor, "case.start") and self._executor.read(
            actor, lambda context: next(_open_to(context), None) is not None)

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

    def sop_ap(self, actor: Actor, version_id: str, *, form: str) -> bytes:
        """The classic SOP-AP sheet of one version or draft, as "pdf" or "xlsx".

        Raises:
            NotFound: the agency has no such version, or there is no such form.
            BundleRefused: a draft that cannot run.
        """
        authorization.require(actor, "sop.read")
        render = {"pdf": sop_ap.pdf, "xlsx": sop_ap.xlsx}.get(form)
        if render is None:
            raise errors.NotFound(form=form)
        return render(*self._executor.read(actor, lambda context: versions.printed(context, versions.find(context, version_id))))

    def export(self, actor: Actor, version_id: str, *, form: str) -> bytes:
        """One version or draft to take along: "bpmn" is its diagram as saved, "svg" its drawing, "zip" its whole folder.

        Raises:
            NotFound: the agency has no such version, or it has nothing of that form.
            BundleRefused: a draft that cannot run, where its drawing is asked for.
        """
        authorization.require(actor, "sop.read")
        made = {"bpmn": sop_export.bpmn, "svg": sop_export.svg, "zip": sop_export.folder}.get(form)
        if made is None:
            raise errors.NotFound(form=form)
        return self._executor.read(actor, lambda context: made(context, version_id))

    def check(self, actor: Actor, files: Mapping[str, bytes]) -> tuple[LintFinding, ...]:
        """What is wrong with some files, wherever they were drawn; nothing is stored. Never raises for what is in them."""
        authorization.require(actor, "sop.check")
        try:
            return tuple(guarded.lint_guarded(SopBundle.from_files(files), operations=frozenset(self._executor.operations)))
        except errors.BundleRefused as refused:
            return refused.findings

    def _sheet(self, context: Context, row: deployments.DeploymentRow) -> Any:
        return context.executor.definition(context.uow, row.id).sheet


def _open_to(context: Context) -> Iterator[tuple[deployments.DeploymentRow, Definition, Entrance]]:
    """The SOPs in force that one of the actor's roles may start, and where they begin."""
    parameters = context.parameters_in_force()
    for row in deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day()):
        definition = context.executor.definition(context.uow, row.id)
        entered = entrances.entrance(definition, parameters)
        if entered is not None and (not entered.roles or context.actor.holds(*entered.roles)):
            yield row, definition, entered


def _own(context: Context, deployment_id: str) -> deployments.DeploymentRow:
    row = deployments.get(context.uow, deployment_id)
    if row is None or row.agency_id != context.actor.agency_id:
        raise errors.NotFound(deployment_id=deployment_id)
    return row


def _summary(row: deployments.DeploymentRow, running: Mapping[str, int], *, findings: int, sheet: SopSheet) -> SopSummary:
    return SopSummary(
        deployment_id=row.id, key=row.key, agency_code=sheet.agency, kind=sheet.kind, in_case=sheet.in_case,
        title=(row.title or {}).get("id", row.key), title_en=(row.title or {}).get("en", ""), version=row.version,
        number=sheet.number, digest=row.digest, effective_from=row.effective_from,
        running=running.get(row.id, 0), findings=findings)
