"""`lint` in a child process with limits on time and memory, for bytes of strangers: a deployment's first check.

`python -m engine.lint.guarded` reads `{"files": {path: base64}, "operations": [...]}` on standard input and writes the
findings as JSON. The parent believes nothing else of the child than that JSON.
"""

from __future__ import annotations

import base64
import json
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.bundle import SopBundle
from engine.lint.run import lint
from engine.types import LintFinding, Severity, Text

CPU_SECONDS = 20
WALL_SECONDS = 40
MEMORY_BYTES = 1024 * 1024 * 1024

_EXCEEDED = LintFinding(
    code="check-exceeded-limits",
    severity=Severity.ERROR,
    file="",
    line=None,
    element_id=None,
    message=Text(
        "Pemeriksaan dihentikan: terlalu lama atau terlalu banyak memori.",
        "The check was stopped: it took too long or too much memory.",
    ),
    instead=Text("Bagi SOP menjadi proses yang lebih kecil.", "Split the SOP into smaller processes."),
)


def lint_guarded(
    bundle: SopBundle,
    *,
    operations: frozenset[str] = frozenset(),
    cpu_seconds: int = CPU_SECONDS,
    memory_bytes: int = MEMORY_BYTES,
    wall_seconds: float = WALL_SECONDS,
) -> list[LintFinding]:
    """What `lint` says, or the single finding `check-exceeded-limits` when the child was stopped or broke.

    Never raises on any bytes.
    """
    question = json.dumps(
        {
            "files": {path: base64.b64encode(data).decode() for path, data in bundle.files.items()},
            "operations": sorted(operations),
            "cpu": cpu_seconds,
            "memory": memory_bytes,
        }
    )
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell; the bundle travels on standard input
            [sys.executable, "-m", "engine.lint.guarded"],
            input=question.encode(),
            capture_output=True,
            timeout=wall_seconds,
            cwd=Path(__file__).resolve().parents[2],
            env={"PYTHONUTF8": "1", "PYTHONHASHSEED": "0"},
            check=False,
        )
        if child.returncode != 0:
            return [_EXCEEDED]
        return [from_json(one) for one in json.loads(child.stdout)]
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError, OSError):
        return [_EXCEEDED]


def to_json(finding: LintFinding) -> dict[str, Any]:
    """A finding as plain JSON values."""
    return {**asdict(finding), "severity": finding.severity.value}


def from_json(plain: dict[str, Any]) -> LintFinding:
    return LintFinding(
        code=plain["code"],
        severity=Severity(plain["severity"]),
        file=plain["file"],
        line=plain["line"],
        element_id=plain["element_id"],
        message=Text(**plain["message"]),
        instead=Text(**plain["instead"]),
    )


def main() -> None:
    """The child: limits first, then the check."""
    question = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CPU, (question["cpu"], question["cpu"]))
    resource.setrlimit(resource.RLIMIT_AS, (question["memory"], question["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    bundle = SopBundle.from_files({path: base64.b64decode(data) for path, data in question["files"].items()})
    json.dump([to_json(finding) for finding in lint(bundle, operations=frozenset(question["operations"]))], sys.stdout)


if __name__ == "__main__":
    main()
