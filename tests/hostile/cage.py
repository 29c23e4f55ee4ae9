"""Runs one attack in a child process that may use little, open nothing new, and talk to nobody.

The child is a fork, so a case costs milliseconds; its limits are absolute and generous: what goes beyond them is the attack
having worked, not a slow machine. What the child answers comes back as JSON, together with every forbidden thing it did.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

CPU_SECONDS = 60
MEMORY_BYTES = 1024 * 1024 * 1024  # beyond what the parent has mapped already
WALL_SECONDS = 240                 # only so that a sleeping child cannot hold up the suite
SECRET_FILES = ("/etc/passwd", "/etc/hostname", "/etc/shadow", "/proc/self/environ")
#: What no attack may lead to. `exec` and `compile` are not here: Python's own imports and dataclasses raise them.
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.putenv", "ctypes.dlopen",
              "urllib.", "ftplib.", "smtplib.", "pty.", "webbrowser.", "pickle.")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a caged run ended: `answer` is what it returned, `raised` the class and text of what it raised instead."""

    answer: Any = None
    raised: str | None = None
    text: str = ""
    forbidden: tuple[str, ...] = ()
    killed_by: int | None = None
    peak_bytes: int = 0


def run(work: Callable[[], Any], *, cpu_seconds: int = CPU_SECONDS, memory_bytes: int = MEMORY_BYTES) -> Ended:
    """`work()` in the cage; what it returns must be JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _inside(work, writing, cpu_seconds, memory_bytes)
    os.close(writing)
    try:
        said = _heard(reading, child)
    finally:
        os.close(reading)
        _, status, used = os.wait4(child, 0)
    if os.WIFSIGNALED(status):
        return Ended(killed_by=os.WTERMSIG(status), peak_bytes=used.ru_maxrss * 1024)
    told = json.loads(said)
    return Ended(answer=told["answer"], raised=told["raised"], text=told["text"], forbidden=tuple(told["forbidden"]),
                 peak_bytes=used.ru_maxrss * 1024)


def _heard(reading: int, child: int) -> bytes:
    until, said = monotonic() + WALL_SECONDS, b""
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, until - monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            return said
        some = os.read(reading, 1 << 16)
        if not some:
            return said
        said += some


def _inside(work: Callable[[], Any], writing: int, cpu_seconds: int, memory_bytes: int) -> None:
    """The child's life. It leaves by `os._exit`: nothing of the test session's own endings may run here."""
    forbidden: list[str] = []
    told: dict[str, Any] = {"answer": None, "raised": None, "text": ""}
    try:
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
        resource.setrlimit(resource.RLIMIT_AS, (mapped + memory_bytes,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (used + cpu_seconds,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sys.addaudithook(_watch(forbidden))
        told["answer"] = work()
        json.dumps(told)
    except BaseException as raised:  # noqa: BLE001 - whatever comes out is what the test is about
        told |= {"answer": None, "raised": type(raised).__name__, "text": _chain(raised)}
    told["forbidden"] = sorted(set(forbidden))
    with os.fdopen(writing, "wb") as out:
        out.write(json.dumps(told).encode("utf-8", "surrogatepass"))
    os._exit(0)


def _chain(raised: BaseException) -> str:
    """What a log would show of an exception: its text and that of what it came from, unless that was suppressed."""
    texts, seen = [], raised
    while seen is not None:
        texts.append(f"{type(seen).__name__}: {seen}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)  # type: ignore[assignment]
    return " <- ".join(texts)


def _watch(forbidden: list[str]) -> Callable[[str, tuple[Any, ...]], None]:
    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN) or (event == "open" and str(given[0]) in SECRET_FILES):
            forbidden.append(event)

    return hook
