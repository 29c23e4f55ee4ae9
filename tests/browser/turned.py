"""What gunicorn serves for a journey: the product's own pages, over an engine whose clock the test turns."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

import handlers
from engine import Engine
from engine.settings import Settings
from webui import limits
from webui.app import create_app


class FileClock:
    """A clock set by hand that several processes read: `engine.clock.ManualClock`, kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.fromisoformat(self._file.read_text("ascii"))

    def set(self, now: datetime) -> None:
        """Replaced at once: a reader sees the old instant or the new one."""
        beside = self._file.with_suffix(".next")
        beside.write_text(now.astimezone(UTC).isoformat(), "ascii")
        os.replace(beside, self._file)

    def advance(self, by: timedelta) -> None:
        if by < timedelta(0):
            raise ValueError("a clock cannot be advanced by a negative step")
        self.set(self.now() + by)


def clock_of(settings: Settings) -> FileClock:
    return FileClock(settings.data_dir / "clock")


def app() -> Flask:
    settings = Settings.from_environment()
    made = create_app(Engine.open(settings, clock=clock_of(settings), operations=handlers.operations()), settings=settings)
    limits.limiter.enabled = False  # it counts minutes by the machine's clock, and a journey's weeks pass in one
    return made
