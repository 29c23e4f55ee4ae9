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

#: Faults of issue 5's list that lint alone cannot see, and why.
LINT_MISSES: dict[str, str] = {
    "kalbar/pengelolaan-kasus: a role this agency has nobody for": "lint sees the SOP; the check of a draft names it by the agency's accounts (tests/engine/test_publishing.py)",
}
