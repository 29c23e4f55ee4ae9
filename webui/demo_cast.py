"""Who plays in the demo, and which cases: rows, no code. Invented: any likeness to a person in office is chance."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """An account of the demo."""

    sign_in: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One case of the demo: which story, the element before whose task it stops, and how long ago its last step was."""

    story: str
    before: str | None
    weeks: int = 0
    minutes: int = 0    # instead of weeks: the last step was just now
    sop: str = "pengelolaan-kasus"


#: By folder of the agency.
PEOPLE = {
    "kalbar": (
        Person("operator", "Ayu Lestari", ("intake_operator",)),
        Person("manajer", "Bima Pratama", ("case_manager",)),
        Person("kepala", "Citra Anggraini", ("head_of_unit",)),
        Person("pendamping", "Dewi Kartika", ("companion",)),
        Person("pendamping2", "Eko Saputra", ("companion",)),
        Person("mitra", "Fajar Nugroho (RSUD A)", ("external_provider",)),
        Person("data", "Gita Maharani", ("data_staff",)),
        Person("pemilik", "Hadi Wijaya", ("process_owner",)),
        Person("auditor", "Indah Permata", ("auditor",)),
        Person("pelindungan", "Joko Susilo", ("data_protection_officer",)),
        Person("admin", "Kirana Putri", ("system_admin",)),
    ),
    "depok": (
        Person("depok.kepala", "Laras Wulandari", ("head_of_unit",)),
        Person("depok.pendamping", "Mega Rahayu", ("companion",)),
        Person("depok.data", "Nanda Prakoso", ("data_staff",)),
        Person("depok.dinas", "Oki Setiawan", ("dinas_pppa",)),
        Person("depok.operator", "Putri Maharani", ("intake_operator",)),
        Person("depok.mitra", "Rangga Adinata (RSUD B)", ("external_provider",)),
        Person("depok.auditor", "Sekar Ayuningtyas", ("auditor",)),
    ),
    "bandung": (
        Person("bandung.operator", "Tari Oktaviani", ("intake_operator",)),
        Person("bandung.penyelia", "Umar Hakim", ("supervisor",)),
        Person("bandung.pendamping", "Vina Melati", ("companion", "psychologist")),
        Person("bandung.kepala", "Wening Astuti", ("head_of_unit",)),
        Person("bandung.penampungan", "Yanti Suryani", ("shelter_officer",)),
        Person("bandung.mediator", "Zaki Firmansyah", ("mediator",)),
        Person("bandung.data", "Arif Budiman", ("data_staff",)),
        Person("bandung.layanan", "Bunga Cahyani", ("service_officer",)),
        Person("bandung.puspaga", "Cahyo Purnomo", ("puspaga_receiver",)),
        Person("bandung.koordinator", "Dian Paramita", ("puspaga_coordinator",)),
        Person("bandung.ketua", "Endang Sulistyo", ("puspaga_head",)),
        Person("bandung.konselor", "Farah Nabila", ("counsellor",)),
        Person("bandung.auditor", "Galih Ramadhan", ("auditor",)),
    ),
    "sapa129": (
        Person("sapa.penyelia", "Hesti Pramudita", ("supervisor",)),
        Person("sapa.pendamping", "Ilham Maulana", ("companion",)),
        Person("sapa.operator", "Jihan Safitri", ("intake_operator",)),
        Person("sapa.kepala", "Kurnia Dewi", ("head_of_unit",)),
        Person("sapa.data", "Lukman Hidayat", ("data_staff",)),
        Person("sapa.mitra", "Maya Anindita (UPTD provinsi)", ("external_provider",)),
        Person("sapa.auditor", "Nurul Aini", ("auditor",)),
    ),
    "tebing_tinggi": (
        Person("tebing.penyelia", "Olivia Simanjuntak", ("supervisor",)),
        Person("tebing.pendamping", "Pandu Siregar", ("companion",)),
        Person("tebing.operator", "Rina Lubis", ("intake_operator",)),
        Person("tebing.kepala", "Saut Nasution", ("head_of_unit",)),
        Person("tebing.data", "Tiara Harahap", ("data_staff",)),
        Person("tebing.mitra", "Ucok Pane (RSUD C)", ("external_provider",)),
        Person("tebing.auditor", "Wira Ginting", ("auditor",)),
    ),
}

CAST = {
    "kalbar": (
        Part("a01_rujukan_kesehatan", None, weeks=2),                           # done, straight
        Part("a02_belum_terpenuhi", None, weeks=1),                             # done, after a "belum terpenuhi" round
        Part("dikembalikan_ke_pengaduan", None, weeks=1),                       # handed back to intake
        Part("a03_adaptasi_rencana", "agree_plan"),                             # the plan is being adapted
        Part("a03_adaptasi_rencana", None, weeks=3),                            # done, with an adapted plan
        Part("a04_anak_dan_kewajiban_hukum", "report_to_police"),               # a legal duty runs, day and night
        Part("a27_penyelenggara_menolak", "hand_over_referral"),                # a provider refused, another accepted; late
        Part("a01_rujukan_kesehatan", "review_results"),                        # results wait for review
        Part("a01_rujukan_kesehatan", "document_case"),                         # everything done but the file; late
        Part("semua_waktu_baku_terlampaui", "monitor_beneficiary", weeks=1),    # late at every step so far
        Part("a31_menit_melewati_natal", "coordinate_provider", minutes=25),    # the minutes are running now
        Part("a01_rujukan_kesehatan", "coordinate_provider", minutes=8),
        Part("perdagangan_orang", "approve_case_report", minutes=3),            # just reported
    ),
}
