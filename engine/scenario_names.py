"""Which files of an SOP are its own scenarios, and what they are called."""

from __future__ import annotations

from typing import Final

FOLDER: Final = "scenarios/"
_ENDING: Final = ".toml"


def is_scenario(path: str) -> bool:
    """Whether a file is one of the SOP's own scenarios."""
    return path.startswith(FOLDER) and path.endswith(_ENDING)


def name_of(path: str) -> str:
    """What a scenario is called."""
    return path.removeprefix(FOLDER).removesuffix(_ENDING)


def path_of(name: str) -> str:
    """The file of a scenario."""
    return f"{FOLDER}{name}{_ENDING}"
