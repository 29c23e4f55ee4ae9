"""What the product does not meet yet, and why. Each entry is strict: the test fails as soon as it is met."""

from __future__ import annotations

_WATCHED = "a table that weighs consent is watched whole: any row of it asks the data protection officer"

#: Edits whose change `compare` does not name as expected.
TOLD_MISSES: dict[str, str] = {}

#: Edits for which `compare` names something that nobody expected.
NOISE: dict[str, str] = {
    'depok/pengelolaan-kasus: d11-jawaban-penyelenggara.dmn: "incomplete_documents" -> "incomplete_documents", "other"': _WATCHED,
    'tebing_tinggi/pengelolaan-kasus: d11-jawaban-penyelenggara.dmn: <outputEntry><text>"resend"</text></outputEntry> -> '
    '<outputEntry><text>"next_provider"</text></outputEntry>': _WATCHED,
    "kalbar/pengelolaan-kasus: a decision reckons otherwise": _WATCHED,
    **{f"{agency}/pengelolaan-kasus: a step nobody is led to": "a step without a way in counts as a way past the consent before it"
       for agency in ("tebing_tinggi", "depok", "sapa129")},
}

#: Faults of issue 5's list that lint has no rule for, and single edits that a rule passes over.
LINT_MISSES: dict[str, str] = {
    "time-missing": "no rule holds the clauses of kind time against the standards drawn",
    **{f"{agency}/pengelolaan-kasus: a step has longer than all of it": "no rule holds a standard beside that of the sub-process round it"
       for agency in ("sapa129", "tebing_tinggi")},
    "one-hand": "no rule; the engine refuses approval by who proposed it, person by person",
    "referral-without-deadline": "no rule knows which step waits for a provider",
    "simfoni-missing": "no rule; clauses quoting Simfoni are held against the diagram only by `kawal coverage`",
    "mediation-in-sexual-violence": "no rule; the engine refuses it in every case, whatever is drawn",
    "parallel-write": "no rule compares what parallel branches write",
    "consent-gate-removed": "lint sees one version; compare names it, and publishing then asks the data protection officer",
    "sensitive-not-wrapped": "no rule; a marked step is hidden from those who may not see it, its name is not",
    "kalbar/pengelolaan-kasus: a role this agency has nobody for": "lint sees the SOP, not the agency's people",
}
