"""Codes in the hands of people without an account. They are written to be read aloud; the database keeps a keyed digest only."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

from engine import canonical, seal

#: Crockford's base 32: no letter that is taken for a digit. What people type instead is read as what they meant.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT: Final = str.maketrans("OIL", "011")
_BITS: Final = 5
_BLOCK: Final = 4            # letters and digits of a block at least; what is left over joins the last
_LONGEST: Final = 200        # characters read of what was typed: more is no code of ours
RECEIPT_BYTES: Final = 16    # 128 bits: nobody guesses one (ASVS 11.5.1)
SURVEY_BYTES: Final = 10     # one answer to a survey, behind a rate limit


def receipt_code(master_key: bytes, agency_id: str, door: str, slip: str, submission: Mapping[str, Any]) -> str:
    """The code for what was sent on one drawing of a page: the same again gives the same code, anything else another.

    `slip` is the page's own 256 random bits; without the key nobody can compute the code from it.
    """
    body = canonical.dumps([agency_id, door, slip, canonical.variables(submission)])
    return written(hmac.digest(seal.derived(master_key, "receipt codes"), body, "sha256")[:RECEIPT_BYTES])


def written(raw: bytes) -> str:
    """Random bytes in blocks of letters and digits."""
    number, digits = int.from_bytes(raw), -(-len(raw) * 8 // _BITS)
    text = "".join(_ALPHABET[number >> _BITS * place & 31] for place in reversed(range(digits)))
    starts = [_BLOCK * number for number in range(digits // _BLOCK)]
    return "-".join(text[start:end] for start, end in zip(starts, [*starts[1:], digits], strict=True))


def digest_of(master_key: bytes, typed: str) -> str:
    """What the database knows a code by. Nonsense has a digest too, and takes as long."""
    meant = "".join(letter for letter in typed[:_LONGEST].upper().translate(_MEANT) if letter in _ALPHABET)
    return hmac.new(seal.derived(master_key, "codes of people without an account"), meant.encode(), hashlib.sha256).hexdigest()
