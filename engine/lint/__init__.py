"""Checks of a bundle before it may run: each with a code, a reason and a fix, in Indonesian and English."""

from engine.lint.run import RULES, lint

__all__ = ["RULES", "lint"]
