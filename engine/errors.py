"""Every refusal of the engine. A class's docstring is its English message, `indonesian` the one people see; `code` is stable.

Errors carry ids and codes, never field values (invariant 12).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from engine.types import LintFinding, Text


class EngineError(Exception):
    """The engine refused."""

    code: ClassVar[str] = "engine-error"
    indonesian: ClassVar[str] = "Permintaan ditolak oleh mesin."

    def __init__(self, **ids: object) -> None:
        self.ids = ids
        super().__init__(type(self).english())

    @classmethod
    def english(cls) -> str:
        return (cls.__doc__ or cls.code).strip().splitlines()[0]

    def message(self, language: str = "id") -> str:
        return type(self).english() if language == "en" else self.indonesian


def in_words(code: str) -> Text:
    """What a refusal or incident of this code says; the code itself where nothing more is known."""
    from engine.types import Text

    found = [EngineError]
    for kind in found:
        if kind.code == code and kind is not EngineError:
            return Text(kind.indonesian, kind.english())
        found.extend(kind.__subclasses__())
    return Text(code, code)


def is_code(text: str) -> bool:
    """Whether this is the code of a refusal, which says nothing but what kind it is."""
    return in_words(text).id != text


class Explained(EngineError):
    """The engine refused, for a reason of its own."""

    code = "explained"

    def __init__(self, reason: Text) -> None:
        #: What is wrong and what to do instead, in both languages; never repeats a value.
        self.reason = reason
        super().__init__()

    def __str__(self) -> str:
        return self.reason.en

    def message(self, language: str = "id") -> str:
        return self.reason.in_language(language)


class BundleRefused(EngineError):
    """This bundle cannot be deployed; its findings say why and what to draw instead."""

    code = "bundle-refused"
    indonesian = "Berkas SOP ini tidak dapat dijalankan; lihat temuan pemeriksaan."

    def __init__(self, findings: Sequence[LintFinding], *, draft_id: str = "") -> None:
        self.findings = tuple(findings)
        #: Where it is mended; "" for what is no draft yet.
        self.draft_id = draft_id
        super().__init__(count=len(self.findings))

    def __str__(self) -> str:
        return "; ".join(f"{f.code} {f.file}:{f.line or '-'} {f.element_id or '-'}" for f in self.findings[:20])


class NotFound(EngineError):
    """There is no such thing here, or it is not yours to see."""

    code = "not-found"
    indonesian = "Tidak ditemukan, atau bukan kewenangan Anda."


class NotAllowed(EngineError):
    """Your role does not allow this."""

    code = "not-allowed"
    indonesian = "Peran Anda tidak mengizinkan tindakan ini."


class InvalidSubmission(EngineError):
    """Some fields need your attention; nothing was lost."""

    code = "invalid-submission"
    indonesian = "Ada isian yang perlu diperbaiki; tidak ada yang hilang."

    def __init__(self, problems: dict[str, tuple[str, str]] | None = None) -> None:
        #: field key -> (Indonesian, English) what to do
        self.problems = problems or {}
        super().__init__(fields=sorted(self.problems))


class InvalidValue(EngineError):
    """A value is of a kind that variables cannot hold."""

    code = "invalid-value"
    indonesian = "Nilai ini tidak dapat disimpan sebagai variabel."


class StaleRevision(EngineError):
    """Somebody changed this meanwhile; look again, then decide."""

    code = "stale-revision"
    indonesian = "Sudah diubah orang lain; lihat dahulu keadaan terbaru."


class TaskGone(EngineError):
    """This task no longer waits; what you typed was kept as a draft."""

    code = "task-gone"
    indonesian = "Tugas ini tidak lagi menunggu; isian Anda disimpan sebagai draf."


class TaskAlreadyClaimed(EngineError):
    """This task is held by somebody else."""

    code = "task-already-claimed"
    indonesian = "Tugas ini sudah diambil orang lain."


class NotClaimed(EngineError):
    """Claim the task before you complete it."""

    code = "not-claimed"
    indonesian = "Ambil tugas ini dahulu sebelum menyelesaikannya."


class InstanceNotActive(EngineError):
    """This process instance is suspended or has ended."""

    code = "instance-not-active"
    indonesian = "Proses ini ditangguhkan atau sudah berakhir."


class RunawayProcess(EngineError):
    """The diagram runs on without a person, timer or message; its deployment's caps stopped it."""

    code = "runaway-process"
    indonesian = "Diagram berjalan tanpa henti tanpa orang, pewaktu, atau pesan; dihentikan oleh batas."


class TimeWentBack(EngineError):
    """Time inside an instance never runs backwards."""

    code = "time-went-back"
    indonesian = "Waktu di dalam satu proses tidak boleh mundur."


class TrialNotRepeatable(EngineError):
    """What was done in this trial does not come out the same when it is done again, so it cannot go on; begin a new one."""

    code = "trial-not-repeatable"
    indonesian = "Yang dikerjakan dalam percobaan ini tidak berjalan sama ketika diulang, jadi tidak dapat dilanjutkan; mulai yang baru."


class TrialTooLong(EngineError):
    """More was done in this trial than is kept of one; begin a new one, or save it as a scenario."""

    code = "trial-too-long"
    indonesian = "Percobaan ini sudah lebih panjang daripada yang disimpan; mulai yang baru, atau simpan sebagai skenario."


class LostRace(EngineError):
    """Another command moved this instance at the same moment, three times in a row; try again."""

    code = "lost-race"
    indonesian = "Perintah lain mendahului tiga kali berturut-turut; silakan ulangi."


class UnknownElement(EngineError):
    """No such element waits in this instance."""

    code = "unknown-element"
    indonesian = "Elemen ini tidak sedang menunggu dalam proses ini."


class TooFarAhead(EngineError):
    """The clock of a trial does not go beyond the year 8999."""

    code = "too-far-ahead"
    indonesian = "Jam percobaan tidak dapat melewati tahun 8999."


class StateCorrupt(EngineError):
    """A stored state does not pass its checksum; rebuild it from the journal."""

    code = "state-corrupt"
    indonesian = "Keadaan tersimpan rusak; bangun ulang dari jurnal."


class KeyDestroyed(EngineError):
    """The key of this case was destroyed; its content cannot be read any more."""

    code = "key-destroyed"
    indonesian = "Kunci kasus ini sudah dimusnahkan; isinya tidak dapat dibaca lagi."


class BpmnError(Exception):
    """Raised by an operation: a business error the diagram handles by its `code`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class TransientFailure(Exception):
    """Raised by an operation: failed for now, try again later."""


class PermanentFailure(Exception):
    """Raised by an operation: trying again cannot help; a person must decide."""
