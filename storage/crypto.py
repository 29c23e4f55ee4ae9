"""Encryption of case data: one key per case, wrapped by the key-encryption key, AES-256-GCM throughout.

Every ciphertext is bound to the place it belongs to (case and purpose) as associated data, so that one moved to another
case, or from a draft to a payload, does not open. Destroying a case means forgetting its wrapped key (`cases.destroy_key`).

Format: one byte that names the scheme, 12 bytes nonce, then ciphertext and tag.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import DamagedCiphertext
from storage.randomness import Randomness, random_bytes

KEY_BYTES = 32
_NONCE_BYTES = 12
_SCHEME = b"\x01"


@dataclass(frozen=True)
class CaseKey:
    """The opened data key of one case. Its bytes stay out of reprs, and so out of logs."""

    case_id: str
    key: bytes = field(repr=False)

    def encrypt(self, plain: bytes, purpose: str, *, randomness: Randomness = random_bytes) -> bytes:
        """Close `plain` for this case and `purpose` (payload, state, draft, record, item, document, ...)."""
        return _encrypt(self.key, plain, _place(self.case_id, purpose), randomness)

    def decrypt(self, ciphertext: bytes, purpose: str) -> bytes:
        """Open what `encrypt` closed for this case and purpose. Raises DamagedCiphertext."""
        return _decrypt(self.key, ciphertext, _place(self.case_id, purpose))


class Keyring:
    """Opens and closes case keys with the key-encryption key (32 bytes, kept outside the database)."""

    def __init__(self, key_encryption_key: bytes, *, randomness: Randomness = random_bytes) -> None:
        if len(key_encryption_key) != KEY_BYTES:
            raise ValueError("the key-encryption key has 32 bytes")
        self._key = key_encryption_key
        self._randomness = randomness

    def new_case_key(self, case_id: str) -> tuple[CaseKey, bytes]:
        """A fresh key for a case, and its wrapped form for the database."""
        key = CaseKey(case_id, self._randomness(KEY_BYTES))
        return key, self.wrap(key)

    def wrap(self, key: CaseKey) -> bytes:
        """The form of a case key that may lie in the database."""
        return _encrypt(self._key, key.key, _place(key.case_id, "case-key"), self._randomness)

    def unwrap(self, case_id: str, wrapped: bytes) -> CaseKey:
        """The case key. Raises DamagedCiphertext: wrapped by another key-encryption key, or for another case."""
        return CaseKey(case_id, _decrypt(self._key, wrapped, _place(case_id, "case-key")))


def derive_state_mac_key(case_key: CaseKey) -> bytes:
    """The key of a case's state digests (HMAC): known to whoever holds the case key, useless for decrypting."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_place(case_key.case_id, "state-mac")).derive(case_key.key)


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal, as contents are addressed."""
    return hashlib.sha256(data).hexdigest()


def _place(case_id: str, purpose: str) -> bytes:
    """Associated data. The length in front keeps (ab, c) and (a, bc) apart."""
    return f"kawal:1:{len(case_id)}:{case_id}:{purpose}".encode()


def _encrypt(key: bytes, plain: bytes, place: bytes, randomness: Randomness) -> bytes:
    nonce = randomness(_NONCE_BYTES)
    return _SCHEME + nonce + AESGCM(key).encrypt(nonce, plain, place)


def _decrypt(key: bytes, ciphertext: bytes, place: bytes) -> bytes:
    if ciphertext[:1] != _SCHEME:
        raise DamagedCiphertext
    nonce, sealed = ciphertext[1:1 + _NONCE_BYTES], ciphertext[1 + _NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, sealed, place)
    except (InvalidTag, ValueError):
        raise DamagedCiphertext from None
