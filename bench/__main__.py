"""`python -m bench`: what the product costs, in ratios within one run. Numbers are printed, never asserted."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping
from typing import Any

from bench import completions, databases, histories, inboxes, sizes, timers

INBOX_TASKS, INBOX_VARIABLE = 100_000, "KAWAL_BENCH_INBOX"      # tasks in the database; the whole measure: 1000000
TIMERS, TIMERS_VARIABLE = 500, "KAWAL_BENCH_TIMERS"             # the whole measure: 100000


def main() -> None:
    """Run the parts and print a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, epilog=(
        f"{INBOX_VARIABLE}=1000000 and {TIMERS_VARIABLE}=100000 give the whole measure; they take their time."))
    parser.add_argument("parts", nargs="*", help="completions, inbox, timers, sizes, histories; all when none is named")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    parser.add_argument("--sqlite", action="store_true", help="leave PostgreSQL out")
    chosen = parser.parse_args()
    # The product's own settings must not leak in: what is measured is the same for everybody.
    for name in [name for name in os.environ if name.startswith("KAWAL_") and not name.startswith("KAWAL_BENCH_")]:
        del os.environ[name]
    inbox_tasks = int(os.environ.get(INBOX_VARIABLE, INBOX_TASKS))
    timer_count = int(os.environ.get(TIMERS_VARIABLE, TIMERS))
    with databases.opened(with_postgresql=not chosen.sqlite) as fresh:
        parts: Mapping[str, Callable[[], list[dict[str, Any]]]] = {
            "completions": lambda: completions.run(fresh),
            "histories": histories.run,
            "inbox": lambda: inboxes.run(fresh, many=inbox_tasks),
            "timers": lambda: timers.run(fresh, count=timer_count),
            "sizes": lambda: sizes.run(fresh),
        }
        if unknown := set(chosen.parts) - set(parts):
            parser.error(f"no such part: {', '.join(sorted(unknown))}")
        found: list[dict[str, Any]] = []
        for name in chosen.parts or parts:
            lines = [{"part": name, **line} for line in parts[name]()]
            found += lines
            if not chosen.json:
                _print(lines)
    if chosen.json:
        machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()}
        json.dump({"machine": machine, "lines": found}, sys.stdout, indent=1)
        print()
    elif databases.POSTGRESQL not in fresh.kinds:
        print("NOT RUN: PostgreSQL (left out, or its server is not installed)")


def _print(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        print(f"{line['database']:<11} {line['measure']:<76} {_number(line['value']):>12}  {_wanted(line)}", flush=True)


def _wanted(line: Mapping[str, Any]) -> str:
    """The aim of a line and whether this run reached it."""
    least, most = line.get("at_least"), line.get("at_most")
    if least is None and most is None:
        return ""
    met = (least is None or line["value"] >= least) and (most is None or line["value"] <= most)
    aim = f"exactly {most:g}" if least == most else f"at most {most:g}" if most is not None else f"at least {least:g}"
    return f"{'met' if met else 'MISSED'}: {aim}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.2f}"


if __name__ == "__main__":
    main()
