"""Sealing under a case key: AES-256-GCM, with the case and the purpose bound in, so that no ciphertext can stand in for another.

A sealed value is a 12-byte nonce followed by ciphertext and tag. Nonces come from the caller (random, never reused).
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine import errors

NONCE_BYTES = 12


def seal(key: bytes, plain: bytes, *, nonce: bytes, bound_to: str) -> bytes:
    """Ciphertext of `plain`; `bound_to` names what it belongs to (`payload:<chain>:<seq>`, `state:<instance>`, ...)."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError("a nonce has 12 bytes")
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def unseal(key: bytes, sealed: bytes, *, bound_to: str) -> bytes:
    """The plain bytes; raises `StateCorrupt` for a wrong key, another binding or a changed byte."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError):
        raise errors.StateCorrupt() from None


def mac_key(case_key: bytes) -> bytes:
    """The key of state digests, derived from the case key, so that one cannot be found from the other's use."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kawal state digest 1").derive(case_key)


@lru_cache(maxsize=256)   # it lives as long as the master key beside it; keys of cases, which can be destroyed, are never kept
def derived(master_key: bytes, purpose: str) -> bytes:
    """A key of its own for `purpose`, from the master key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"kawal {purpose}".encode()).derive(master_key)
