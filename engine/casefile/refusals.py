"""What a case refuses whatever the diagram says. Each says what to do instead; none repeats what was typed."""

from __future__ import annotations

from engine.errors import InvalidSubmission


class CaseRefused(InvalidSubmission):
    """A rule of every case stands against this."""

    code = "case-refused"

    def __init__(self) -> None:
        super().__init__({"": (self.indonesian, type(self).english())})  # stands above the form, with what was typed


class ConsentMissing(CaseRefused):
    """Nobody agreed that this provider is told: record a consent that covers it, or the legal ground, then hand over."""

    code = "handover-without-consent"
    indonesian = ("Belum ada persetujuan yang mencakup penyelenggara ini: catat persetujuannya, atau dasar hukumnya, lalu serahkan.")


class ReceiverTellsTooMuch(CaseRefused):
    """The name of this provider alone tells a health condition; she decides, by the special consent: record it, or choose another."""

    code = "receiver-tells-too-much"
    indonesian = ("Nama penyelenggara ini saja sudah membuka keadaan kesehatan, dan penerima manfaat tidak menyetujuinya. Ia yang "
                  "memutuskan, lewat persetujuan khusus: catat persetujuan itu, atau pilih penyelenggara lain.")


class MediationForbidden(CaseRefused):
    """Sexual violence is not settled by mediation (UU 12/2022 Art. 23): plan another service, or record the mediation as stopped."""

    code = "mediation-forbidden"
    indonesian = ("Kekerasan seksual tidak diselesaikan dengan mediasi (UU 12/2022 Pasal 23): rencanakan layanan lain, "
                  "atau catat mediasi dihentikan.")


class HandoverBeforeAcceptance(CaseRefused):
    """The receiving agency has not accepted this case yet: record its answer first, then hand over to that agency."""

    code = "handover-before-acceptance"
    indonesian = "Instansi penerima belum menerima kasus ini: catat dahulu jawabannya, lalu serahkan kepada instansi itu."


class NotResponsible(CaseRefused):
    """Another agency answers for this case since its handover was signed: ask that agency, or reopen the case here."""

    code = "not-responsible"
    indonesian = ("Sejak penyerahan ditandatangani, kasus ini menjadi tanggung jawab instansi lain: hubungi instansi itu, "
                  "atau buka kembali kasusnya di sini.")


class SamePerson(CaseRefused):
    """Who proposes does not approve: let a colleague decide, or state that one person holds both roles, and why."""

    code = "same-person"
    indonesian = "Pengusul bukan penyetuju: minta rekan memutuskan, atau nyatakan rangkap peran beserta alasannya."


class EmergencyFirst(CaseRefused):
    """The risk is high: record what was done to make her safe, then go on with assessment and papers."""

    code = "emergency-first"
    indonesian = "Risiko tinggi: catat dahulu tanggap darurat yang dilakukan, lalu lanjutkan asesmen dan berkas."


class SurveyLinked(CaseRefused):
    """Survey answers are never kept with a beneficiary's case: start the survey on its own."""

    code = "survey-linked"
    indonesian = "Jawaban survei tidak disimpan bersama kasus penerima manfaat: mulai survei sebagai proses tersendiri."


class RecordDerived(CaseRefused):
    """This record is made by the engine from signed minutes; no form may write it."""

    code = "record-derived"
    indonesian = "Catatan ini dibuat mesin dari berita acara yang ditandatangani; formulir tidak boleh mengisinya."
