"""The statement behind the booking door, on whatever connection and transaction the caller has. Never commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.core.database import new_id
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
from webapp.models import Appointment
from webapp.rules.people import NewPatient


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key with the fingerprint of the request it came with."""

    value: str
    fingerprint: str

    def numbered(self, number: int) -> "Key":
        """The key of one of the visits that this one books together."""
        return Key(f"{self.value}:{number}", self.fingerprint)


@dataclass(frozen=True, slots=True)
class Booking:
    """A seat that is the caller's. Times in UTC; ``expires_at`` only while it is held."""

    replayed: bool  # the answer to a key that was used before
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


REFUSALS: Final[Mapping[str, tuple[type[DomainError], str]]] = {
    "SLOT_FULL": (SlotTaken, N_("This time has just been taken. Choose another one.")),
    "SLOT_NOT_FOUND": (NotFound, N_("This slot does not exist. Look at the free times and choose again.")),
    "SLOT_TOO_SHORT": (Conflict, N_("There is not enough free time here for this visit. Choose another time.")),
    "TYPE_NOT_OFFERED": (InvalidInput, N_("This type of visit is not offered here. Choose another slot or type.")),
    "PATIENT_BUSY": (PatientBusy, N_("The patient has another appointment at this time.")),
    "KEY_REUSED": (IdempotencyMismatch, N_("This key was used for another booking. Send a new key.")),
    "TENANT_UNKNOWN": (NotFound, N_("There is no such clinic.")),
    "NOT_LIVE": (HoldExpired, N_("This appointment is no longer active. Book a new time.")),
    "CLOSED": (Conflict, N_("This time is closed. Choose another one.")),
    "SQUEEZE_TAKEN": (SlotTaken, N_("Somebody is already squeezed in at this time. Choose another one.")),
    "NOT_FULL": (Conflict, N_("This time is free. Book it as usual.")),
    "STALE": (StaleVersion, N_("Somebody changed this appointment meanwhile. Look at it again before you move it.")),
}

CLAIM: Final = (
    "SELECT * FROM claim_seat(%(tenant)s, %(id)s, %(slot)s, %(status)s, %(hold_seconds)s::integer, %(actor)s,"
    " %(source)s, %(key)s, %(fingerprint)s, %(patient)s, %(new_patient)s, %(type)s, %(minutes)s::integer,"
    " %(priority)s, %(created_by)s, %(start)s, %(end)s, %(moving)s, %(squeeze)s, %(version)s::integer,"
    " %(event)s, %(detail)s)"
)
_NOTHING: Final[dict[str, Any]] = dict.fromkeys(
    [
        "slot",
        "hold_seconds",
        "key",
        "fingerprint",
        "patient",
        "new_patient",
        "type",
        "minutes",
        "created_by",
        "start",
        "end",
        "version",
        "squeeze",
    ]
) | {"priority": "NORMAL", "moving": False, "event": "RESCHEDULED", "detail": Jsonb({})}


def person(patient_id: UUID | None, new_patient: NewPatient | None) -> dict[str, Any]:
    if new_patient is None:
        return {"patient": patient_id}
    person = {name: value for name in NewPatient.__slots__ if (value := getattr(new_patient, name)) is not None}
    if new_patient.date_of_birth:
        person["date_of_birth"] = new_patient.date_of_birth.isoformat()
    return {"patient": patient_id or new_id(), "new_patient": Jsonb(person)}


def idempotency(key: Key | None) -> dict[str, Any]:
    return {"key": key.value, "fingerprint": key.fingerprint} if key else {}


def known_together(session: Session, key: Key, kind: InstrumentedAttribute[UUID | None]) -> UUID | None:
    """The series or party, as the column says, that this key made before. Raises IdempotencyMismatch."""
    made = select(kind, Appointment.fingerprint).filter_by(
        tenant_id=current_tenant(), idempotency_key=key.numbered(0).value
    )
    known, fingerprint = session.execute(made).one_or_none() or (None, None)
    if known is not None and fingerprint != key.fingerprint:
        refusal, sentence = REFUSALS["KEY_REUSED"]
        raise refusal(sentence)
    return known


def parameters(**given: Any) -> dict[str, Any]:
    """What CLAIM wants, for the current clinic: all that was not given is nothing."""
    return _NOTHING | {"tenant": current_tenant(), "id": new_id()} | given


def run(connection: Connection, claim: Mapping[str, Any]) -> Booking:
    """One attempt, one round trip. Raises what the outcome stands for, see REFUSALS."""
    outcome, *values = connection.exec_driver_sql(CLAIM, dict(claim)).one()
    if outcome in ("CLAIMED", "REPLAYED"):
        return Booking(outcome == "REPLAYED", *values)
    kind, sentence = REFUSALS[outcome]
    raise kind(sentence)


def retype(session: Session, row: Appointment, type_id: UUID, *, actor: str) -> None:
    """Give a locked hold another type of visit, where it is. Raises SlotTaken where that needs more than is free."""
    stay = {"id": row.id, "slot": row.time_slot_id, "version": row.version, "moving": True, "status": "HOLD"}
    run(session.connection(), parameters(**stay, type=type_id, actor=actor, source=row.source))
    session.refresh(row)
