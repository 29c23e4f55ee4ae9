"""The demo: invented people of every role and a dozen cases in different states, made by driving the real engine."""

from __future__ import annotations

from engine.settings import Settings
