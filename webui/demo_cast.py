"""Who plays in the demo, and which cases: rows, no code. Invented: any likeness to a person in office is chance."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """An account of the demo."""

    sign_in: str
    name: str
    roles: tuple[str, ...]
    provider: str = ""  # of a partner: as the stories call it


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
        Person("mitra", "Fajar Nugroho (RSUD A)", ("external_provider",), "RSUD A"),
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
        Person("depok.mitra", "Rangga Adinata (RSUD A)", ("external_provider",), "RSUD A"),
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
        Person("bandung.dinas", "Hendra Kusumah", ("dinas_pppa",)),
        Person("bandung.mitra", "Ira Puspita (RSUD A)", ("external_provider",), "RSUD A"),
        Person("bandung.auditor", "Galih Ramadhan", ("auditor",)),
    ),
    "sapa129": (
        Person("sapa.penyelia", "Hesti Pramudita", ("supervisor",)),
        Person("sapa.pendamping", "Ilham Maulana", ("companion",)),
        Person("sapa.operator", "Jihan Safitri", ("intake_operator",)),
        Person("sapa.kepala", "Kurnia Dewi", ("head_of_unit",)),
        Person("sapa.data", "Lukman Hidayat", ("data_staff",)),
        Person("sapa.mitra", "Maya Anindita (UPTD Provinsi X)", ("external_provider",), "UPTD Provinsi X"),
        Person("sapa.dinas", "Nadia Rahmawati", ("dinas_pppa",)),
        Person("sapa.auditor", "Nurul Aini", ("auditor",)),
    ),
    "tebing_tinggi": (
        Person("tebing.penyelia", "Olivia Simanjuntak", ("supervisor",)),
        Person("tebing.pendamping", "Pandu Siregar", ("companion",)),
        Person("tebing.operator", "Rina Lubis", ("intake_operator",)),
        Person("tebing.kepala", "Saut Nasution", ("head_of_unit",)),
        Person("tebing.data", "Tiara Harahap", ("data_staff",)),
        Person("tebing.mitra", "Ucok Pane (RSUD A)", ("external_provider",), "RSUD A"),
        Person("tebing.dinas", "Vera Damanik", ("dinas_pppa",)),
        Person("tebing.layanan", "Yosef Sinaga", ("service_officer",)),
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
    "depok": (
        Part("a06_menyediakan_dan_merujuk", None, weeks=2),                     # done: one service provided, one referred
        Part("a08_konferensi_kasus", "hold_conference"),                        # the conference with others is prepared
        Part("a06_menyediakan_dan_merujuk", "decide_termination"),              # the end waits for the head's approval
        Part("a09_pelimpahan_dan_terminasi", "hand_over_case"),                 # about to be handed to Bandung
        Part("a07_rencana_tidak_disetujui", "offer_information"),               # she does not agree to the plan
        Part("a26_persetujuan_ditarik", "notify_receiver_withdrawal", minutes=50),  # consent withdrawn: 3 x 24 hours run
        Part("risiko_tinggi_didahulukan", "report_to_police", minutes=15),      # high risk, and a legal duty
    ),
    "bandung": (
        Part("a16_risiko_tinggi_dan_penampungan", "shelter_serve", sop="pengaduan-masyarakat"),     # she is in the shelter
        Part("a30_tpks_di_luar_jam_kerja", "report_to_police", minutes=45, sop="pengaduan-masyarakat"),  # a legal duty runs
        Part("risiko_rendah_tanpa_penampungan", "intake_identify", minutes=5, sop="pengaduan-masyarakat"),  # just reported
        Part("a17_verifikasi_gagal_dahulu", "outreach_identify", sop="penjangkauan-korban"),        # found at the second try
        Part("a21_surel_sabtu_malam", "complaint_first_response_indirect", sop="keluhan-layanan"),  # a complaint waits for its answer
        Part("a20_langsung", None, weeks=1, sop="keluhan-layanan"),                                 # a complaint answered the same day
        Part("a19_mediasi_disepakati", "mediation_hold", sop="mediasi"),                            # both agreed to mediate
        Part("a24_diproses", "decide_followup", sop="konsultasi"),                                  # the head of Puspaga decides
        Part("dua_sesi_dan_rujukan", "prioritise_problem", sop="konseling"),                        # in counselling
        Part("penyuluhan_dilaksanakan", "dispose_talk", sop="sosialisasi"),                         # a request for a talk
    ),
    "sapa129": (
        Part("a12_terlambat", "decide_services", weeks=2),                      # late: five working days are over
        Part("a10_lima_hari_kerja_melewati_natal", "decide_services", minutes=180),  # the five working days run
        Part("dilimpahkan_ke_daerah", "approve_transfer"),                      # a transfer waits for approval
        Part("persetujuan_ditarik_sesudah_surat", "notify_receiver_withdrawal", minutes=70),  # consent withdrawn after the letter
        Part("layanan_tidak_dikehendaki", None, weeks=1),                       # done: she wanted no service
    ),
    "tebing_tinggi": (
        Part("a13_24_jam_terpenuhi", None, weeks=1),                            # done, within its 24 hours
        Part("24_jam_terlampaui", "decide_mode", weeks=1),                      # late: 24 hours are over
        Part("a13_24_jam_terpenuhi", "decide_mode", minutes=150),               # the 24 hours run
        Part("a15_tanpa_ktp_kk_dan_surat_rujukan", "assign_companion"),         # papers come later, the work goes on
        Part("risiko_tinggi_konferensi_dan_kewajiban", "hold_conference"),      # a conference, and a legal duty
    ),
}
