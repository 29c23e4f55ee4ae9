"""Keys of cases: each case has a key of its own, kept wrapped by the key-encryption key (AES-256-GCM).

What a case says is sealed under its key by `engine.seal`. Destroying a case's content means forgetting its wrapped key
(`cases.destroy_key`): every ciphertext of the case stays shut for good.

A wrapped key is one byte that names the scheme, 12 bytes nonce, then ciphertext and tag. The case id is bound in, so that
one case's wrapped key does not open as another's.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage import randomness
from storage.errors import DamagedCiphertext

KEY_BYTES = 32
_NONCE_BYTES = 12
_SCHEME = b"\x01"


def new_case_key(key_encryption_key: bytes, case_id: str) -> tuple[bytes, bytes]:
    """A fresh key for a case, and its wrapped form for the database."""
    case_key = randomness.random_bytes(KEY_BYTES)
    return case_key, wrap_key(key_encryption_key, case_id, case_key)


def wrap_key(key_encryption_key: bytes, case_id: str, case_key: bytes) -> bytes:
    """The form of a case key that may lie in the database."""
    if len(case_key) != KEY_BYTES:
        raise ValueError("a case key has 32 bytes")
    nonce = randomness.random_bytes(_NONCE_BYTES)
    return _SCHEME + nonce + _cipher(key_encryption_key).encrypt(nonce, case_key, _binding(case_id))


def unwrap_key(key_encryption_key: bytes, case_id: str, wrapped: bytes) -> bytes:
    """The case key. Raises DamagedCiphertext: wrapped by another key-encryption key, for another case, or changed."""
    if wrapped[:1] != _SCHEME:
        raise DamagedCiphertext
    nonce, sealed = wrapped[1:1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES:]
    try:
        return _cipher(key_encryption_key).decrypt(nonce, sealed, _binding(case_id))
    except (InvalidTag, ValueError):
        raise DamagedCiphertext from None


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal, as contents are addressed."""
    return hashlib.sha256(data).hexdigest()


def _cipher(key_encryption_key: bytes) -> AESGCM:
    if len(key_encryption_key) != KEY_BYTES:
        raise ValueError("the key-encryption key has 32 bytes")
    return AESGCM(key_encryption_key)


def _binding(case_id: str) -> bytes:
    return f"kawal:1:case-key:{case_id}".encode()
