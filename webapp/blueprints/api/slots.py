"""Open slots, and taking a seat in one."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, jsonify

from webapp.blueprints.api import blueprint
from webapp.blueprints.api.access import Caller
from webapp.blueprints.api.guard import token
from webapp.blueprints.api.operations import operation
from webapp.blueprints.api.requests import idempotency_key, link_next, read_cursor
from webapp.blueprints.api.schemas import BookIn, Booking, Slot, Slots, SlotsQuery
from webapp.blueprints.api.states import booking_body
from webapp.core.errors import NotFound, SlotTaken
from webapp.core.timezones import iso, utc_now
from webapp.queries.slots import SlotSummary, open_slots, slot_summary
from webapp.rules.people import NewPatient
from webapp.services import booking


@blueprint.get("/api/slots")
@token("read")
@blueprint.input(SlotsQuery, location="query", arg_name="query")
@operation("Open slots, by start", tag="slots", answers={200: Slots})
def list_slots(query: SlotsQuery, caller: Caller) -> Response:
    rows = open_slots(
        since=query.since or utc_now(), until=query.until, limit=query.limit, after=read_cursor(query.after)
    )
    response = jsonify([slot_body(row) for row in rows])
    return link_next(response, rows[-1].start, rows[-1].slot_id) if len(rows) == query.limit else response


@blueprint.get("/api/slots/<uuid:slot_id>")
@token("read")
@operation("One slot, with the seats left", tag="slots", answers={200: Slot}, refusals=(400, 404))
def one_slot(slot_id: UUID, caller: Caller) -> Response:
    row = slot_summary(slot_id)
    if row is None:
        raise NotFound("This clinic has no such slot.")
    return jsonify(slot_body(row))


@blueprint.post("/api/slots/<uuid:slot_id>/book")
@token("book")
@blueprint.input(BookIn, arg_name="wanted")
@operation(
    "Take a seat; it is held until it is confirmed",
    tag="slots",
    answers={201: Booking},
    refusals=(400, 404, 409, 422),
)
def book_slot(slot_id: UUID, wanted: BookIn, caller: Caller) -> tuple[Response, int]:
    key = idempotency_key(wanted.idempotency_key, slot=slot_id, **wanted.model_dump(exclude={"idempotency_key"}))
    try:
        held = booking.hold(
            slot_id=slot_id,
            new_patient=NewPatient(full_name=wanted.patient_name, contact=wanted.patient_contact or None),
            type_id=wanted.appointment_type_id,
            priority=wanted.priority,
            key=key,
            actor=caller.actor,
            source="API",
            hold_seconds=current_app.config["SETTINGS"].booking_expiry_seconds,
        )
    except SlotTaken:
        raise SlotTaken("No available seat") from None
    return jsonify(booking_body(held)), 201


def slot_body(row: SlotSummary) -> dict[str, Any]:
    return {
        "id": str(row.slot_id),
        "doctor_id": str(row.specialist_id),
        "doctor_name": row.specialist_name,
        "start_time": iso(row.start),
        "end_time": iso(row.end),
        "capacity": row.capacity,
        "available_seats": row.seats_left,
    }
