"""Proof of work: a number that takes many tries to find and one to check."""

from hashlib import sha256
from typing import Final

#: Some 33,000 tries, at worst a few times that: a moment for one person's telephone, dear for thousands of bookings.
BITS: Final = 15


def proves(challenge: str, answer: str, *, bits: int = BITS) -> bool:
    """Does the SHA-256 of "<challenge>:<answer>" begin with so many zero bits?"""
    if not (answer.isascii() and answer.isdecimal() and len(answer) <= 16):
        return False
    digest = sha256(f"{challenge}:{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
