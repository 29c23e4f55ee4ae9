"""What each `kawal` command does. Everything goes through the engine's front door, as the pages do."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import engine as front_door
import handlers
from engine.errors import BundleRefused, NotFound
from engine.results import ReplayReport, ReplayVerdict
from engine.settings import Settings, SettingsRefused
from engine.types import LintFinding, Severity
from handlers.clients import smtp
from webui import demo, serving, stage

FINE, FOUND, REFUSED = 0, 1, 2


# --- set up -----------------------------------------------------------------------------------------------------------


def initialise(options: Namespace, settings: Settings) -> int:
    """Key, database, agencies. Repeating it changes nothing that stands, and brings an older database up to date."""
    settings = serving.prepare(settings)
    if settings.demo:
        return demo.show(demo.seed(settings), settings)
    engine = open_engine(settings)
    for folder in agency_folders(settings, options.agency):
        engine.people.register_agency((folder / "agency.toml").read_bytes())
        print(f"agency {folder.name}")
    for operator in serving.operators(engine):
        engine.cases.index_older(operator)
    return FINE


def agency_folders(settings: Settings, code: str | None = None) -> list[Path]:
    """The agencies that stand under `bpmn/`, or the one asked for."""
    if code is None:
        return sorted(sheet.parent for sheet in settings.bpmn_dir.glob("*/agency.toml"))
    folder = settings.bpmn_dir / code
    if not code.isidentifier() or not (folder / "agency.toml").is_file():
        raise SettingsRefused("--agency: there is no such folder with an agency.toml")
    return [folder]


def open_engine(settings: Settings) -> Any:
    """The engine over these settings, with all operations a diagram may name."""
    return front_door.Engine.open(settings, operations=handlers.operations())


# --- run --------------------------------------------------------------------------------------------------------------


def serve(options: Namespace, settings: Settings) -> int:
    """Pages and one worker, until told to stop."""
    return serving.serve(settings, host=options.host, port=options.port, with_worker=not options.no_worker)


def work(options: Namespace, settings: Settings) -> int:
    """One worker, until told to stop or, with `--until-idle`, until nothing is due."""
    engine = open_engine(settings)
    serving.refuse_demo_accounts(engine, settings)
    desk = handlers.Desk(engine=engine, mail=smtp.mail_of(settings), base_url=settings.base_url)
    worker = handlers.Worker(
        engine.jobs, handlers.functions(desk), worker_id=f"{socket.gethostname()}:{os.getpid()}",
        lock_for=settings.job_locked_for, pause=settings.timers_checked_every)
    serving.log_to_standard_error()
    if options.until_idle:
        print(worker.run_until_idle())
        return FINE
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker.run(stop)
    return FINE


# --- SOPs -------------------------------------------------------------------------------------------------------------


def deploy(options: Namespace, settings: Settings) -> int:
    """Put an SOP in force. Findings that stop it are printed and nothing is stored."""
    engine = open_engine(settings)
    bundle = read_bundle(options.path)
    actor = engine.people.operator(options.agency or bundle.toml.get("agency", ""))
    try:
        summary = engine.sops.deploy(actor, bundle, effective_from=_date(options.effective_from))
    except BundleRefused as refused:
        _print_findings(refused.findings, settings.language, as_json=options.json)
        return FOUND
    _print(summary, f"{summary.key} version {summary.version} is in force from {summary.effective_from}: {summary.digest}",
           as_json=options.json)
    return FINE


def lint(options: Namespace, settings: Settings) -> int:
    """What is wrong with a diagram; FOUND when it could not be deployed."""
    try:
        findings = front_door.lint(read_bundle(options.path), operations=frozenset(handlers.operations()))
    except BundleRefused as refused:
        findings = list(refused.findings)
    _print_findings(findings, options.language or settings.language, as_json=options.json)
    return FOUND if any(finding.severity is not Severity.ADVICE for finding in findings) else FINE


def play_scenarios(options: Namespace, settings: Settings) -> int:
    """Play scenario files; FOUND when one of them does not go as written."""
    files = [file for path in options.path for file in ([path] if path.is_file() else sorted(path.rglob("scenarios/*.toml")))]
    if not files:
        raise SettingsRefused("path: no scenario file there")
    results = [stage.play(file) for file in files]
    if options.json:
        _print(results, "", as_json=True)
    else:
        for result in results:
            print(f"{'ok  ' if not result.problems else 'FAIL'} {result.file}")
            for problem in result.problems:
                print(f"     {problem}")
    return FOUND if any(result.problems for result in results) else FINE


def read_bundle(path: Path) -> Any:
    """A folder or one file as a bundle."""
    if path.is_dir():
        return front_door.SopBundle.from_dir(path)
    try:
        return front_door.SopBundle.from_files({path.name: path.read_bytes()})
    except OSError:
        raise SettingsRefused("path: cannot be read") from None


# --- audit ------------------------------------------------------------------------------------------------------------


def replay(options: Namespace, settings: Settings) -> int:
    """Verify a pack, which needs neither database nor settings, or an instance of this product."""
    path = Path(options.what)
    if path.is_file():
        report = front_door.verify_pack(path.read_bytes(), head=options.head)
    else:
        report = _replayed(open_engine(settings), options.what)
    _print(_without_trace(report), _verdict_line(report), as_json=options.json)
    return FINE if report.verdict is ReplayVerdict.CONFIRMED else FOUND


def _replayed(engine: Any, instance_id: str) -> ReplayReport:
    """The instance of whichever agency it belongs to; raises `NotFound` when none has it."""
    for operator in serving.operators(engine):
        try:
            return engine.audit.replay(operator, instance_id)  # type: ignore[no-any-return]
        except NotFound:
            continue
    raise NotFound(instance_id=instance_id)


def _verdict_line(report: ReplayReport) -> str:
    where = "" if report.first_bad_seq is None else f"; the first bad entry is {report.first_bad_seq} ({report.reason})"
    return f"{report.verdict}: {report.entries} entries, head {report.head}{where}"


def _without_trace(report: ReplayReport) -> Mapping[str, object]:
    return {name: value for name, value in asdict(report).items() if name != "trace"}


def list_number_gaps(options: Namespace, settings: Settings) -> int:
    """Per agency, the numbers that were counted and stand on nothing: each wants a word in the register. FOUND when there are some."""
    engine = open_engine(settings)
    found = [{"agency": operator.agency_id, **asdict(gap)} for operator in serving.operators(engine)
             for gap in engine.cases.number_gaps(operator, year=options.year)]
    lines = [f"{one['agency']}: {one['series']} {one['number']} {one['written'] or '(passed over: it stood already)'}" for one in found]
    _print({"gaps": found}, "\n".join(lines) or "every number stands on a document or a case", as_json=options.json)
    return FOUND if found else FINE


def examine(options: Namespace, settings: Settings) -> int:
    """Look at everything an operator would look at first; FOUND when something needs a person."""
    checks = serving.examine(settings)
    if options.json:
        _print(checks, "", as_json=True)
    else:
        language = options.language or settings.language
        for check in checks:
            print(f"{'ok  ' if check.fine else 'FAIL'} {check.code}: {check.says.in_language(language)}")
    return FINE if all(check.fine for check in checks) else FOUND


# --- print ------------------------------------------------------------------------------------------------------------


def _print_findings(findings: Sequence[LintFinding], language: str, *, as_json: bool) -> None:
    if as_json:
        _print(findings, "", as_json=True)
        return
    for one in findings:
        place = f"{one.file}:{one.line or '-'}:{one.element_id or '-'}"
        print(f"{place}: {one.severity} {one.code}: {one.message.in_language(language)}")
        print(f"    {one.instead.in_language(language)}")


def _print(value: object, line: str, *, as_json: bool) -> None:
    if as_json:
        json.dump(_plain(value), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        print(line)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(item) for name, item in vars(value).items()}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (StrEnum, str)):
        return str(value)
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    return value if isinstance(value, (bool, int)) or value is None else str(value)


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise SettingsRefused("--effective-from: a date such as 2026-12-01") from None
