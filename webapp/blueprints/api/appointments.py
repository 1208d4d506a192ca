"""What may happen to a booking after it was made."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, current_app, jsonify
from pydantic import BaseModel

from webapp.blueprints.api import blueprint
from webapp.blueprints.api.access import Caller
from webapp.blueprints.api.guard import token
from webapp.blueprints.api.operations import operation
from webapp.blueprints.api.problems import problem
from webapp.blueprints.api.requests import optional_body
from webapp.blueprints.api.schemas import Booking, CancelIn, Events, RescheduleIn
from webapp.blueprints.api.states import booking_body
from webapp.core.errors import HoldExpired, NotFound
from webapp.core.timezones import iso
from webapp.queries.appointments import AppointmentView, find_appointment, history
from webapp.services import appointments, booking
from webapp.services.standing import AppointmentState

LIVE = ("HOLD", "CONFIRMED", "ARRIVED")


def step(summary: str, body: type[BaseModel] | None = None) -> Any:
    return operation(summary, tag="appointments", answers={200: Booking}, refusals=(400, 404, 409), body=body)


def plain_step(path: str, summary: str, service: Callable[..., AppointmentState]) -> None:
    """A step for which the booking is all that has to be said."""

    @blueprint.post(f"/api/bookings/<uuid:booking_id>/{path}", endpoint=service.__name__)
    @token("book")
    @step(summary)
    def take(booking_id: UUID, caller: Caller) -> Response:
        return jsonify(booking_body(service(appointment_id=booking_id, actor=caller.actor)))


@blueprint.get("/api/bookings/<uuid:booking_id>")
@token("read")
@operation("One booking", tag="appointments", answers={200: Booking}, refusals=(400, 404))
def show_booking(booking_id: UUID, caller: Caller) -> Response:
    return jsonify(booking_body(_found(booking_id)))


@blueprint.get("/api/bookings/<uuid:booking_id>/events")
@token("read")
@operation("What happened to a booking, oldest first", tag="appointments", answers={200: Events}, refusals=(400, 404))
def list_events(booking_id: UUID, caller: Caller) -> Response:
    _found(booking_id)
    return jsonify(
        [
            {"event_type": e.event_type, "actor": e.actor, "detail": e.detail, "created_at": iso(e.created_at)}
            for e in history(booking_id)
        ]
    )


@blueprint.post("/api/bookings/<uuid:booking_id>/confirm")
@token("book")
@step("Confirm a held booking")
def confirm_booking(booking_id: UUID, caller: Caller) -> Response:
    try:
        state = appointments.confirm(appointment_id=booking_id, actor=caller.actor, nameless=False)
    except HoldExpired as refusal:
        return problem(409, str(refusal), id=booking_id, status="FAILED")
    return jsonify(booking_body(state))


@blueprint.post("/api/bookings/<uuid:booking_id>/extend")
@token("book")
@step("Hold it anew for the clinic's hold time, at most 10 times")
def extend_booking(booking_id: UUID, caller: Caller) -> Response:
    seconds = current_app.config["SETTINGS"].booking_expiry_seconds
    state = appointments.extend(appointment_id=booking_id, actor=caller.actor, hold_seconds=seconds)
    return jsonify(booking_body(state))


plain_step("release", "Give a held time back", appointments.release)


@blueprint.post("/api/bookings/<uuid:booking_id>/cancel")
@token("book")
@step("Cancel a booking", body=CancelIn)
def cancel_booking(booking_id: UUID, caller: Caller) -> Response:
    wanted = optional_body(CancelIn)
    state = appointments.cancel(appointment_id=booking_id, actor=caller.actor, reason=wanted.reason)
    return jsonify(booking_body(state))


@blueprint.post("/api/bookings/<uuid:booking_id>/reschedule")
@token("book")
@blueprint.input(RescheduleIn, arg_name="wanted")
@step("Move a booking to another slot; it keeps its time when that one is lost")
def reschedule_booking(booking_id: UUID, wanted: RescheduleIn, caller: Caller) -> Response:
    found = _found(booking_id)
    if found.slot_id == wanted.slot_id and wanted.version in (None, found.version) and found.status in LIVE:
        return jsonify(booking_body(found))
    moved = booking.reschedule(
        appointment_id=booking_id,
        slot_id=wanted.slot_id,
        version=wanted.version or found.version,
        actor=caller.actor,
        source="API",
    )
    return jsonify(booking_body(moved))


plain_step("arrive", "The patient is here", appointments.arrive)
plain_step("complete", "The visit is over", appointments.complete)
plain_step("no-show", "The patient did not come", appointments.no_show)


def _found(booking_id: UUID) -> AppointmentView:
    row = find_appointment(booking_id)
    if row is None:
        raise NotFound("This clinic has no such booking.")
    return row
