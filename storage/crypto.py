"""Keys of cases: each case has a key of its own, kept wrapped by the key-encryption key (AES-256-GCM).

What a case says is sealed under its key by `engine.seal`. Destroying a case's content means forgetting its wrapped key
(`cases.destroy_key`): every ciphertext of the case stays shut for good.

A wrapped key is one byte that names the scheme, 12 bytes nonce, then ciphertext and tag. The case id is bound in, so that
one case's wrapped key does not open as another's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage import randomness
from storage.errors import DamagedCiphertext

KEY_BYTES = 32
_NONCE_BYTES = 12
_SCHEME = b"\x01"


@dataclass(frozen=True)
class CaseKey:
    """The opened key of one case. Its bytes stay out of its repr, and so out of logs."""

    case_id: str
    key: bytes = field(repr=False)


class Keyring:
    """Opens and closes case keys with the key-encryption key: 32 bytes, kept outside the database."""

    def __init__(self, key_encryption_key: bytes) -> None:
        if len(key_encryption_key) != KEY_BYTES:
            raise ValueError("the key-encryption key has 32 bytes")
        self._cipher = AESGCM(key_encryption_key)

    def new_case_key(self, case_id: str) -> tuple[CaseKey, bytes]:
        """A fresh key for a case, and its wrapped form for the database."""
        key = CaseKey(case_id, randomness.random_bytes(KEY_BYTES))
        return key, self.wrap(key)

    def wrap(self, key: CaseKey) -> bytes:
        """The form of a case key that may lie in the database."""
        nonce = randomness.random_bytes(_NONCE_BYTES)
        return _SCHEME + nonce + self._cipher.encrypt(nonce, key.key, _binding(key.case_id))

    def unwrap(self, case_id: str, wrapped: bytes) -> CaseKey:
        """The case key. Raises DamagedCiphertext: wrapped by another key-encryption key, for another case, or changed."""
        if wrapped[:1] != _SCHEME:
            raise DamagedCiphertext
        nonce, sealed = wrapped[1:1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES:]
        try:
            return CaseKey(case_id, self._cipher.decrypt(nonce, sealed, _binding(case_id)))
        except (InvalidTag, ValueError):
            raise DamagedCiphertext from None


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal, as contents are addressed."""
    return hashlib.sha256(data).hexdigest()


def _binding(case_id: str) -> bytes:
    return f"kawal:1:case-key:{case_id}".encode()
