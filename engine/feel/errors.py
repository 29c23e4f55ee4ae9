"""What FEEL refuses: a text that cannot be read, and a run that outgrows its limits. Neither repeats a value."""

from __future__ import annotations

from engine.errors import EngineError
from engine.types import Text


class FeelSyntaxError(EngineError):
    """This FEEL expression cannot be read."""

    code = "feel-syntax"
    indonesian = "Ekspresi FEEL ini tidak dapat dibaca."

    def __init__(self, position: int, reason: Text) -> None:
        #: 0-based offset into the source where reading stopped.
        self.position = position
        self.reason = reason
        super().__init__(position=position)

    def __str__(self) -> str:
        return f"{self.english()} (position {self.position + 1}: {self.reason.en})"

    def message(self, language: str = "id") -> str:
        head = self.english() if language == "en" else self.indonesian
        where = "position" if language == "en" else "posisi"
        return f"{head} ({where} {self.position + 1}: {self.reason.in_language(language)})"


class FeelLimit(EngineError):
    """This FEEL expression did more work than one evaluation may do."""

    code = "feel-limit"
    indonesian = "Ekspresi FEEL ini melebihi batas kerja satu evaluasi."
