"""POST and GET /bookings: the ledger's bookings by instant, and the shop's by local date and time."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, jsonify

from webapp.blueprints.api import blueprint
from webapp.blueprints.api.access import Caller
from webapp.blueprints.api.guard import token
from webapp.blueprints.api.operations import operation
from webapp.blueprints.api.requests import idempotency_key, link_next, read_cursor
from webapp.blueprints.api.schemas import (
    AvailableTimes,
    BookingIn,
    BookingMade,
    DayQuery,
    LedgerBooking,
    LedgerBookings,
    PageQuery,
)
from webapp.core.errors import Conflict, InvalidInput, NotFound, SlotTaken
from webapp.core.timezones import iso, parse_day, parse_instant, to_wall
from webapp.queries import bookings as ledger
from webapp.queries.chair import day_times
from webapp.queries.clinics import find_clinic
from webapp.queries.patients import patient_by_reference
from webapp.rules.slots import Span
from webapp.services import booking

BAD_DATE = "Invalid date format"


@blueprint.post("/bookings")
@token("book")
@blueprint.input(BookingIn, arg_name="wanted")
@operation(
    "Book a time: by start_time_utc and key, or by user_id, date and time",
    tag="bookings",
    answers={200: BookingMade, 201: LedgerBooking},
    refusals=(400, 409, 422),
)
def make_booking(wanted: BookingIn, caller: Caller) -> tuple[Response, int]:
    if {"user_id", "date", "time"} & wanted.model_fields_set and wanted.start_time_utc is None:
        return _book_by_day(wanted, caller)
    return _book_by_instant(wanted, caller)


def _book_by_instant(wanted: BookingIn, caller: Caller) -> tuple[Response, int]:
    if not caller.named:
        raise InvalidInput("Name the clinic: send X-Tenant-ID, or tenant_id.", field="tenant_id")
    if wanted.start_time_utc is None:
        raise InvalidInput("Send start_time_utc, such as 2030-06-15T10:00:00Z.", field="start_time_utc")
    start = parse_instant(wanted.start_time_utc, field="start_time_utc")
    key = idempotency_key(wanted.idempotency_key, required=True, start=iso(start))
    made = booking.book_at(start=start, end=None, actor=caller.actor, source="API", key=key)
    _still_there(made)
    row = ledger.LedgerBooking(made.id, caller.tenant_id, made.start_time, made.idempotency_key, made.created_at)
    return jsonify(_ledger_body(row)), 200 if made.replayed else 201


def _book_by_day(wanted: BookingIn, caller: Caller) -> tuple[Response, int]:
    day = parse_day(wanted.date or "")
    if day is None:
        raise InvalidInput(BAD_DATE, field="date")
    patient_id = patient_by_reference(wanted.user_id or "")
    if patient_id is None:
        raise InvalidInput("User not found", field="user_id")
    span = _span_at(day, wanted.time or "", caller)
    if span is None:
        raise InvalidInput("Shop closed", field="time")
    key = idempotency_key(wanted.idempotency_key, user=wanted.user_id, start=iso(span.start))
    try:
        made = booking.book_at(
            start=span.start, end=span.end, patient_id=patient_id, actor=caller.actor, source="API", key=key
        )
    except SlotTaken:
        raise InvalidInput("Slot full", field="time") from None
    _still_there(made)
    return jsonify(booking_id=made.id), 200


def _still_there(made: booking.Booking) -> None:
    """A key that was used before is no answer any more once its booking was cancelled."""
    if made.status in ("CANCELLED", "NO_SHOW", "EXPIRED"):
        raise Conflict("The booking made with this key has ended. Send a new key to book again.")


def _span_at(day: date, time: str, caller: Caller) -> Span | None:
    zone = _zone(caller)
    if len(time) != 5:
        return None
    every, free = day_times(day, zone)  # of a time that the clocks show twice, the one that is still free
    return next((span for span in free + every if f"{to_wall(span.start, zone):%H:%M}" == time), None)


def _zone(caller: Caller) -> str:
    clinic = find_clinic(caller.tenant_id)
    return clinic.timezone if clinic else "UTC"


@blueprint.get("/slots")
@token("read")
@blueprint.input(DayQuery, location="query", arg_name="query")
@operation("Free times of a day", tag="bookings", answers={200: AvailableTimes})
def free_times_of_day(query: DayQuery, caller: Caller) -> Response:
    day = parse_day(query.date)
    if day is None:
        raise InvalidInput(BAD_DATE, field="date")
    zone = _zone(caller)
    _, free = day_times(day, zone)
    return jsonify(available_times=[f"{to_wall(span.start, zone):%H:%M}" for span in free])


@blueprint.get("/bookings")
@token("read", default=False)
@blueprint.input(PageQuery, location="query", arg_name="page")
@operation("The clinic's bookings, by start", tag="bookings", answers={200: LedgerBookings})
def list_bookings(page: PageQuery, caller: Caller) -> Response:
    rows = ledger.list_bookings(limit=page.limit, after=read_cursor(page.after))
    response = jsonify([_ledger_body(row) for row in rows])
    return link_next(response, rows[-1].start_time_utc, rows[-1].id) if len(rows) == page.limit else response


@blueprint.get("/bookings/<uuid:booking_id>")
@token("read", default=False)
@operation("One booking", tag="bookings", answers={200: LedgerBooking}, refusals=(400, 404))
def one_booking(booking_id: UUID, caller: Caller) -> Response:
    row = ledger.find_booking(booking_id)
    if row is None:
        raise NotFound("This clinic has no such booking.")
    return jsonify(_ledger_body(row))


def _ledger_body(row: ledger.LedgerBooking) -> dict[str, Any]:
    return {
        "id": row.id,
        "tenant_id": row.tenant_id,
        "start_time_utc": iso(row.start_time_utc),
        "idempotency_key": row.idempotency_key,
        "created_at": iso(row.created_at),
    }
