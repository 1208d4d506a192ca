"""The one booking door: every surface takes a seat here, through one statement, claim_seat().

claim_seat() decides; this module owns isolation, retry and what each outcome is called.
"""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from webapp.core.database import engines, new_id
from webapp.core.errors import (
    N_,
    Conflict,
    DomainError,
    HoldExpired,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    PatientBusy,
    SlotTaken,
    StaleVersion,
)
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import retrying
from webapp.rules.people import NewPatient


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key with the fingerprint of the request it came with."""

    value: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A seat that is the caller's. Times in UTC; ``expires_at`` only while it is held."""

    id: UUID
    status: str
    start_time: datetime
    end_time: datetime | None
    seat: int
    expires_at: datetime | None
    idempotency_key: str | None
    created_at: datetime
    patient_id: UUID | None
    version: int
    replayed: bool = False


REFUSALS: Final[Mapping[str, tuple[type[DomainError], str]]] = {
    "SLOT_FULL": (SlotTaken, N_("This time has just been taken. Choose another one.")),
    "SLOT_NOT_FOUND": (NotFound, N_("This slot does not exist. Look at the free times and choose again.")),
    "SLOT_TOO_SHORT": (Conflict, N_("There is not enough free time here for this visit. Choose another time.")),
    "TYPE_NOT_OFFERED": (InvalidInput, N_("This specialist does not offer this type of visit.")),
    "PATIENT_BUSY": (PatientBusy, N_("The patient has another appointment at this time.")),
    "KEY_REUSED": (IdempotencyMismatch, N_("This key was used for another booking. Send a new key.")),
    "TENANT_UNKNOWN": (NotFound, N_("There is no such clinic.")),
    "NOT_LIVE": (HoldExpired, N_("This appointment is no longer active. Book a new time.")),
    "STALE": (StaleVersion, N_("Somebody changed this appointment meanwhile. Look at it again before you move it.")),
}

_CLAIM: Final = (
    "SELECT * FROM claim_seat(%(tenant)s, %(id)s, %(slot)s, %(status)s, %(hold_seconds)s::integer, %(actor)s,"
    " %(source)s, %(key)s, %(fingerprint)s, %(patient)s, %(new_patient)s, %(type)s, %(minutes)s::integer,"
    " %(priority)s, %(created_by)s, %(start)s, %(end)s, %(moving)s, %(version)s::integer)"
)
_NOTHING: Final[dict[str, Any]] = dict.fromkeys(
    "slot hold_seconds key fingerprint patient new_patient type minutes created_by start end version".split()
) | {"priority": "NORMAL", "moving": False}

# One attempt on a slot at a time in this process: politeness that spares the database its losers, never correctness.
_turnstiles: Final = [threading.Lock() for _ in range(64)]


def hold(
    *,
    slot_id: UUID,
    actor: str,
    source: str,
    patient_id: UUID | None = None,
    new_patient: NewPatient | None = None,
    type_id: UUID | None = None,
    key: Key | None = None,
    priority: str = "NORMAL",
    created_by: UUID | None = None,
    hold_seconds: int | None = None,
    status: str = "HOLD",
) -> Booking:
    """Take a seat of a slot for the clinic's hold time, or for ``hold_seconds``.

    Raises SlotTaken, PatientBusy, NotFound, InvalidInput, Conflict, IdempotencyMismatch or Busy.
    """
    return _claim(
        slot=slot_id,
        status=status,
        hold_seconds=hold_seconds,
        type=type_id,
        created_by=created_by,
        priority=priority,
        actor=actor,
        source=source,
        **_person(patient_id, new_patient),
        **_key(key),
    )


def book(**claim: Any) -> Booking:
    """Hold and confirm in one: takes what hold() takes."""
    return hold(status="CONFIRMED", **claim)


def book_at(
    *,
    start: datetime,
    end: datetime | None,
    actor: str,
    source: str,
    patient_id: UUID | None = None,
    key: Key | None = None,
) -> Booking:
    """Book a time rather than a slot (UTC): the clinic's own chair, or whoever is free then where it has none.

    Without an end the chair is taken for that instant. Raises what hold() raises.
    """
    try:
        return _claim(
            start=start, end=end, status="CONFIRMED", actor=actor, source=source, **_person(patient_id, None), **_key(key)
        )
    except NotFound:  # the clinic books by specialists, and none of them has a slot then
        raise SlotTaken(N_("Nobody is free at this time. Choose another one.")) from None


def reschedule(
    *,
    appointment_id: UUID,
    version: int,
    actor: str,
    source: str,
    slot_id: UUID | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    type_id: UUID | None = None,
    minutes: int | None = None,
) -> Booking:
    """Move a live appointment to another slot, or the chair's to another start, in one transaction.

    It keeps its time when the new one is lost; it may also stay where it is and change its type or length (minutes).
    Raises what hold() raises, HoldExpired when it is no longer live and StaleVersion when it was changed meanwhile.
    """
    return _claim(
        id=appointment_id,
        slot=slot_id,
        start=start,
        end=end,
        type=type_id,
        status="CONFIRMED",
        version=version,
        minutes=minutes,
        moving=True,
        actor=actor,
        source=source,
    )


def _person(patient_id: UUID | None, new_patient: NewPatient | None) -> dict[str, Any]:
    if new_patient is None:
        return {"patient": patient_id}
    person = {name: value for name, value in asdict(new_patient).items() if value is not None}
    if new_patient.date_of_birth:
        person["date_of_birth"] = new_patient.date_of_birth.isoformat()
    return {"patient": patient_id or new_id(), "new_patient": Jsonb(person)}


def _key(key: Key | None) -> dict[str, Any]:
    return {"key": key.value, "fingerprint": key.fingerprint} if key else {}


def _claim(**given: Any) -> Booking:
    claim = _NOTHING | {"tenant": current_tenant(), "id": new_id()} | given
    with _turnstiles[hash((claim["tenant"], claim["slot"] or claim["start"])) % len(_turnstiles)]:
        outcome, *booking = retrying(lambda settle: _attempt(claim, settle))
    if outcome in ("CLAIMED", "REPLAYED"):
        return Booking(*booking, replayed=outcome == "REPLAYED")
    kind, sentence = REFUSALS[outcome]
    raise kind(sentence)


def _attempt(claim: Mapping[str, Any], settle: bool) -> tuple[Any, ...]:
    if not settle:
        with engines.door.connect() as connection:
            return _run(connection, claim)
    with engines.writer.connect().execution_options(isolation_level="READ COMMITTED") as connection, connection.begin():
        return _run(connection, claim)


def _run(connection: Connection, claim: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(connection.exec_driver_sql(_CLAIM, dict(claim)).one())
