"""How a test says that it could not run, and why: it is listed last under `NOT RUN:`.

What is missing is a Debian package, and then the run fails when CI=true; or examples beside the tree (`../shared/...`), which no
package brings: they are listed, and fail nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import NoReturn

import pytest

PREFIX = "NOT RUN: "
BESIDE_THE_TREE = "../"


def not_run(missing: str, what: str = "") -> NoReturn:
    """Leave the present test out because `missing` (a Debian package or a folder) is not here; `what` says what it would check."""
    pytest.skip(f"{PREFIX}{missing}{f' ({what})' if what else ''}")


class NotRunList:
    """The pytest plugin behind that list. Under xdist only the controlling process has one: it hears every report."""

    def __init__(self) -> None:
        self._missing: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = str(report.longrepr[2]).removeprefix("Skipped: ")
            if reason.startswith(PREFIX):
                self._missing[reason.removeprefix(PREFIX)] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        packages = [missing for missing in self._missing if not missing.startswith(BESIDE_THE_TREE)]
        if packages and os.environ.get("CI") == "true" and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_unconfigure(self) -> None:
        """The very last lines of a run: what it did not check, and what was missing."""
        if self._missing:
            print("\nNOT RUN:")
        for missing, count in sorted(self._missing.items()):
            print(f"  {missing}: {count} tests")
