"""The secret of a link that manages a visit: what is kept of it, and for how long it works."""

import hashlib
from datetime import timedelta
from typing import Final

BYTES: Final = 24  # 192 random bits
KEPT_FOR: Final = timedelta(days=7)  # after the end of the visit


def digest(token: str) -> bytes:
    """What the database knows of a token. No salt: nobody guesses 192 random bits."""
    return hashlib.sha256(token.encode()).digest()
