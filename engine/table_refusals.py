"""What changing an agency's calendar or parameters refuses, beside what was filled in wrongly."""

from __future__ import annotations

from engine.errors import EngineError


class OwnChange(EngineError):
    """Whoever proposes a change does not approve it; another person must."""

    code = "own-change"
    indonesian = "Yang mengusulkan perubahan tidak mengesahkannya; harus orang lain."


class ChangesNothing(EngineError):
    """It is so already; nothing would change."""

    code = "changes-nothing"
    indonesian = "Isinya sudah seperti itu; tidak ada yang berubah."


class DayPassed(EngineError):
    """Its day has come or passed; send the proposal back so that it is proposed for days to come."""

    code = "day-passed"
    indonesian = "Harinya sudah tiba atau lewat; kembalikan agar diusulkan untuk hari yang akan datang."


class SeasonsOverlap(EngineError):
    """Another season was approved for some of its days since; choose other days."""

    code = "seasons-overlap"
    indonesian = "Musim lain sudah disahkan untuk sebagian harinya; pilih hari lain."
