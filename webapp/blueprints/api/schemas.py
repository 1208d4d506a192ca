"""The shapes of the API: what comes in is checked here, what goes out is described here."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
)

from webapp.web.contact import as_address


def _in_calendar(value: datetime) -> datetime:
    if not 1900 <= value.year < 2200:
        raise ValueError("must lie between the years 1900 and 2199")
    return value


# One line: no control characters; the joiners that some scripts need are none.
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
Text = Annotated[str, StringConstraints(max_length=255, pattern=f"^[^{_CONTROL}]*$")]  # as it was sent
Line = Annotated[str, StringConstraints(max_length=255, pattern=f"^[^{_CONTROL}]*$"), AfterValidator(str.strip)]
Name = Annotated[
    str,
    StringConstraints(max_length=255, pattern=f"^[^{_CONTROL}]*[^\\s{_CONTROL}][^{_CONTROL}]*$"),
    AfterValidator(str.strip),
]
IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=f"^[^{_CONTROL}]*$")]


def _number(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("must be a whole number")
    return value


def _written_out(value: object) -> object:
    """A bare number may be seconds or milliseconds, nobody can tell: an instant comes as ISO 8601 text."""
    if isinstance(value, datetime) or (isinstance(value, str) and value.strip("+-.0123456789")):
        return value
    raise ValueError("must be an ISO 8601 time with its offset, such as 2030-06-15T10:00:00Z")


Whole = Annotated[int, BeforeValidator(_number)]  # 5 and 5.0, as JSON has it, but not "5" or true
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_out),
    AfterValidator(_in_calendar),
    Field(description="ISO 8601 with an offset; answers are in UTC", examples=["2030-06-15T10:00:00Z"]),
]


class Shape(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=False)


class BookingIn(Shape):
    """Either a booking at an instant (start_time_utc), or one by a person's reference, local date and time."""

    start_time_utc: str | None = None
    user_id: Text | None = None
    date: Text | None = None
    time: Text | None = None
    tenant_id: str | None = None
    idempotency_key: IdempotencyKey | None = None


class LedgerBooking(Shape):
    id: UUID
    tenant_id: str
    start_time_utc: Instant
    idempotency_key: str | None
    created_at: Instant


class LedgerBookings(RootModel[list[LedgerBooking]]):
    pass


class DoctorIn(Shape):
    name: Name
    specialization: Line | None = None


class Doctor(Shape):
    id: UUID
    name: str
    specialization: str
    created_at: Instant | None = None


class Doctors(RootModel[list[Doctor]]):
    pass


class SlotIn(Shape):
    start_time: Instant
    end_time: Instant
    capacity: Whole = Field(default=1, ge=1, le=100_000)


class Slot(Shape):
    id: UUID
    doctor_id: UUID
    doctor_name: str
    start_time: Instant
    end_time: Instant
    capacity: int
    available_seats: int


class Slots(RootModel[list[Slot]]):
    pass


class PageQuery(Shape):
    limit: int = Field(default=1000, ge=1, le=1000)
    after: str | None = Field(default=None, max_length=200, description="the cursor of the Link header's next page")


class SlotsQuery(PageQuery):
    since: Instant | None = Field(default=None, description="the earliest start; now when it is left out")
    until: Instant | None = None


class BookIn(Shape):
    patient_name: Name
    patient_contact: Line | None = None
    appointment_type_id: UUID | None = None
    priority: Literal["NORMAL", "VIP", "URGENT"] = "NORMAL"
    idempotency_key: IdempotencyKey | None = None


class Booking(Shape):
    """A booking as the clinic API tells it: PENDING while held, FAILED once it is over without a visit."""

    id: UUID
    status: Literal["PENDING", "CONFIRMED", "FAILED"]
    appointment_status: str
    start_time: Instant
    end_time: Instant | None
    expires_at: Instant | None
    version: int


class CancelIn(Shape):
    reason: Annotated[str, StringConstraints(max_length=500, pattern=f"^[^{_CONTROL}]*$")] = ""


class RescheduleIn(Shape):
    slot_id: UUID
    version: Annotated[int, Field(ge=1, le=2_000_000_000), BeforeValidator(_number)] | None = Field(
        default=None, description="refuse when it changed since"
    )


class Event(Shape):
    event_type: str
    actor: str
    detail: dict[str, Any]
    created_at: Instant


class Events(RootModel[list[Event]]):
    pass


def _address(value: str | None) -> str | None:
    if not value:
        return None
    address = as_address(value)
    if address is None:
        raise ValueError("must be an e-mail address such as name@example.com")
    return address


class PatientIn(Shape):
    full_name: Name
    email: Annotated[Line | None, AfterValidator(_address)] = None
    phone: Line | None = None
    date_of_birth: date | None = None
    reference: Name | None = None


class Patient(Shape):
    id: UUID
    full_name: str
    email: str | None
    phone: str | None
    date_of_birth: date | None
    reference: str | None
    next_visit: Instant | None


class Patients(RootModel[list[Patient]]):
    pass


class PatientsQuery(Shape):
    q: Name = Field(description="names in any order, a date of birth, the end of a phone number, or a reference")


class VisitTypeIn(Shape):
    name: Name
    minutes: Whole = Field(ge=1, le=1439)
    buffer_before: Whole = Field(default=0, ge=0, le=240)
    buffer_after: Whole = Field(default=0, ge=0, le=240)
    is_group: bool = Field(default=False, strict=True, description="takes a seat of a slot with more than one")
    doctor_ids: list[UUID] = Field(default=[], max_length=200)


class VisitType(Shape):
    id: UUID
    name: str
    minutes: int


class VisitTypes(RootModel[list[VisitType]]):
    pass


class AvailabilityQuery(Shape):
    appointment_type_id: UUID
    since: Instant
    until: Instant
    doctor_id: UUID | None = None


class FreeTime(Shape):
    slot_id: UUID
    doctor_id: UUID
    doctor_name: str
    start_time: Instant
    end_time: Instant


class FreeTimes(RootModel[list[FreeTime]]):
    pass


class DayQuery(Shape):
    date: str = Field(default="", description="YYYY-MM-DD, a day at the clinic")
    tenant_id: str | None = None


class AvailableTimes(Shape):
    available_times: list[str]


class BookingMade(Shape):
    booking_id: UUID


class Health(Shape):
    status: str


class Problem(Shape):
    """RFC 9457, and `error` with the same sentence as `detail`."""

    type: str
    title: str
    status: int
    detail: str
    error: str
    field: str | None = None
