"""The digest that ties an event to everything before it."""

import hashlib
import json
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class ChainedEvent(Protocol):
    @property
    def tenant_id(self) -> str: ...
    @property
    def id(self) -> UUID: ...
    @property
    def appointment_id(self) -> UUID: ...
    @property
    def event_type(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def detail(self) -> dict[str, Any]: ...
    @property
    def created_at(self) -> datetime: ...


def digest(previous: bytes, event: ChainedEvent) -> bytes:
    """SHA-256 over the digest before and every column of the event; times are compared in UTC."""
    content = json.dumps(
        [
            event.tenant_id,
            str(event.id),
            str(event.appointment_id),
            event.event_type,
            event.actor,
            event.detail,
            event.created_at.timestamp(),
        ],
        sort_keys=True,
    )
    return hashlib.sha256(previous + content.encode()).digest()
