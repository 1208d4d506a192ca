from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from webapp.rules.chain import digest


@dataclass(frozen=True)
class Event:
    tenant_id: str
    id: UUID
    appointment_id: UUID
    event_type: str
    actor: str
    detail: dict[str, Any]
    created_at: datetime


NINE = datetime(2031, 3, 3, 9, 0, 0, 1, tzinfo=UTC)
EVENT = Event("harbour", UUID(int=1), UUID(int=2), "HELD", "desk:olga", {}, NINE)
OTHERS = {
    "tenant_id": "mallory",
    "id": UUID(int=3),
    "appointment_id": UUID(int=3),
    "event_type": "CONFIRMED",
    "actor": "desk:mallory",
    "detail": {"reason": ""},
    "created_at": EVENT.created_at + timedelta(microseconds=1),
}


@pytest.mark.parametrize("column", OTHERS)
def test_it_covers_every_column(column):
    assert digest(b"", replace(EVENT, **{column: OTHERS[column]})) != digest(b"", EVENT)


def test_it_covers_what_went_before():
    assert digest(digest(b"", EVENT), EVENT) != digest(b"", EVENT)


def test_it_is_the_same_from_wherever_it_is_read():
    elsewhere = replace(EVENT, created_at=EVENT.created_at.astimezone(timezone(timedelta(hours=13))))
    assert digest(b"", elsewhere) == digest(b"", EVENT)


def test_nor_by_the_order_of_the_detail():
    one, other = replace(EVENT, detail={"a": 1, "b": 2}), replace(EVENT, detail={"b": 2, "a": 1})
    assert digest(b"", one) == digest(b"", other)
