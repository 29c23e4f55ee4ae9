"""What the way from a draft to a version in force refuses, beside findings."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import EngineError


class OwnApproval(EngineError):
    """Whoever edited or proposed a version does not approve it; another person must."""

    code = "own-approval"
    indonesian = "Yang menyunting atau mengajukan suatu versi tidak mengesahkannya; harus orang lain."


class DraftClosed(EngineError):
    """This draft is being looked at, or was approved or withdrawn; it cannot be changed any more."""

    code = "draft-closed"
    indonesian = "Draf ini sedang ditinjau, sudah disahkan, atau sudah dicabut; isinya tidak dapat diubah lagi."


class DraftOutdated(EngineError):
    """Another version of this SOP was approved since this draft was begun; carry the draft over to that one first."""

    code = "draft-outdated"
    indonesian = "Versi lain SOP ini sudah disahkan sejak draf ini dibuat; bawa dahulu draf ini ke versi itu."


class NothingChanged(EngineError):
    """This draft says the same as the version it was begun from."""

    code = "nothing-changed"
    indonesian = "Draf ini sama dengan versi asalnya; belum ada yang diubah."


class AnotherSop(EngineError):
    """These files are of another SOP: the key in sop.toml is not this one's."""

    code = "another-sop"
    indonesian = "Berkas ini milik SOP lain: kunci di sop.toml tidak sama."


class EffectivePast(EngineError):
    """The effective date has passed; send the proposal back so that it is proposed with a new one."""

    code = "effective-past"
    indonesian = "Tanggal berlakunya sudah lewat; kembalikan agar diajukan dengan tanggal baru."


class WithdrawalStands(EngineError):
    """This version is withdrawn, or that waits for approval already."""

    code = "withdrawal-stands"
    indonesian = "Versi ini sudah dicabut, atau pencabutannya sudah menunggu pengesahan."


class NothingToWithdraw(EngineError):
    """Nothing begins by this version, and nothing will: another took its place."""

    code = "nothing-to-withdraw"
    indonesian = "Tidak ada lagi yang dimulai menurut versi ini: sudah ada versi yang menggantikannya."


class NotInForce(EngineError):
    """Running cases go on only by the version that is in force today."""

    code = "not-in-force"
    indonesian = "Kasus berjalan hanya dapat dipindahkan ke versi yang berlaku hari ini."


class ScenarioUnaccepted(EngineError):
    """Scenarios of this draft do not go as written; mend the draft, write them anew, or say why each of them is accepted."""

    code = "scenario-unaccepted"
    indonesian = ("Ada skenario draf ini yang tidak berjalan seperti tertulis; perbaiki drafnya, tulis ulang skenarionya, atau sebutkan "
                  "alasan menerimanya.")

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names=tuple(names))   # as the draft's files call them
