"""What makes two requests with one key the same request."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from webapp.core.errors import N_, InvalidInput

CONTROL = {"Cc", "Cs", "Zl", "Zp"}  # controls, half characters, separators of lines and paragraphs


def fingerprint(payload: Mapping[str, Any]) -> str:
    """A digest of what was asked for, independent of the order of its members."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()


def check_key(key: str) -> str:
    """The key itself; InvalidInput unless it has 1 to 255 characters, none of them a control character."""
    if not 1 <= len(key) <= 255 or any(unicodedata.category(c) in CONTROL for c in key):
        raise InvalidInput(
            N_("An idempotency key has 1 to 255 characters, none of them a control character."), field="idempotency_key"
        )
    return key
