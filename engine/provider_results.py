"""What `engine.providers` answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.types import Text, Value

#: Who provides services (domain.md 5, provider).
KINDS: tuple[tuple[str, Text], ...] = (
    ("hospital", Text("Rumah sakit", "Hospital")), ("puskesmas", Text("Puskesmas", "Community health centre")),
    ("vct_clinic", Text("Klinik VCT", "VCT clinic")), ("police_ppa", Text("Unit PPA Kepolisian", "Police unit for women and children")),
    ("prosecutor", Text("Kejaksaan", "Prosecution")), ("court", Text("Pengadilan", "Court")),
    ("legal_aid", Text("Bantuan hukum", "Legal aid")), ("lpsk", Text("LPSK", "LPSK (witness and victim protection)")),
    ("dinas_sosial", Text("Dinas Sosial", "Social services")), ("shelter", Text("Rumah aman", "Shelter")),
    ("uptd_ppa", Text("UPTD PPA lain", "Another UPTD PPA")), ("dinas_pppa", Text("Dinas PPPA", "Dinas PPPA")),
    ("school", Text("Sekolah", "School")), ("ngo", Text("Lembaga masyarakat", "NGO")),
    ("religious", Text("Lembaga keagamaan", "Religious body")), ("bapas", Text("Bapas", "Bapas (probation)")),
    ("bp2mi", Text("BP2MI", "BP2MI (migrant workers)")), ("consulate", Text("Perwakilan negara", "Consulate")))
#: What they provide: the kinds of service of a plan's lines.
SERVICES: tuple[tuple[str, Text], ...] = (
    ("temporary_shelter", Text("Penampungan sementara", "Temporary shelter")), ("mediation", Text("Mediasi", "Mediation")),
    ("legal_support", Text("Layanan hukum", "Legal support")), ("health_support", Text("Layanan kesehatan", "Health support")),
    ("psychosocial", Text("Dukungan psikososial", "Psychosocial support")),
    ("social_rehabilitation", Text("Rehabilitasi sosial", "Social rehabilitation")),
    ("social_reintegration", Text("Reintegrasi sosial", "Social reintegration")),
    ("law_enforcement", Text("Penegakan hukum", "Law enforcement")), ("repatriation", Text("Pemulangan", "Repatriation")),
    ("education", Text("Pendidikan", "Education")), ("civil_documents", Text("Dokumen kependudukan", "Civil documents")),
    ("economic", Text("Pemberdayaan ekonomi", "Economic empowerment")), ("spiritual", Text("Dukungan rohani", "Spiritual support")),
    ("rights_monitoring", Text("Pemantauan hak selama proses hukum", "Monitoring of rights during proceedings")))


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider as the directory knows it.

    `values` are what was written, by key (`engine.directory.providers.FIELDS`). `display_name` is the one that other pages may say: it
    tells no health condition. `is_due`: nobody checked it for longer than the agency (or, where it is silent, our proposal) allows.
    """

    id: str
    revision: int
    checked_on: date
    is_due: bool
    display_name: str
    values: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Directory:
    """An agency's providers by name. `check_days`: after how many days each is to be checked again; `is_proposed`: by our proposal."""

    providers: tuple[Provider, ...]
    check_days: int
    is_proposed: bool
