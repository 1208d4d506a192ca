"""The clinic's specialists, called doctors here, and their slots."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from webapp.blueprints.api import blueprint
from webapp.blueprints.api.access import Caller
from webapp.blueprints.api.guard import token
from webapp.blueprints.api.operations import operation
from webapp.blueprints.api.schemas import Doctor, DoctorIn, Doctors, Slot, SlotIn
from webapp.blueprints.api.slots import slot_body
from webapp.core.errors import NotFound
from webapp.core.timezones import iso
from webapp.queries.slots import slot_summary
from webapp.queries.specialists import SpecialistView, find_specialist, list_specialists
from webapp.services.slots import add_slot
from webapp.services.specialists import add_specialist


@blueprint.post("/api/admin/doctors")
@token("admin")
@blueprint.input(DoctorIn, arg_name="doctor")
@operation("Add a doctor", tag="doctors", answers={201: Doctor})
def make_doctor(doctor: DoctorIn, caller: Caller) -> tuple[Response, int]:
    doctor_id = add_specialist(full_name=doctor.name, service_type=doctor.specialization or "")
    return jsonify(_body(_found(doctor_id))), 201


@blueprint.get("/api/admin/doctors")
@token("read")
@operation("All doctors", tag="doctors", answers={200: Doctors})
def list_doctors(caller: Caller) -> Response:
    return jsonify([_body(row) for row in list_specialists(active_only=False)])


@blueprint.post("/api/admin/doctors/<uuid:doctor_id>/slots")
@token("admin")
@blueprint.input(SlotIn, arg_name="slot")
@operation("Add a slot", tag="doctors", answers={201: Slot}, refusals=(400, 404, 409))
def make_slot(doctor_id: UUID, slot: SlotIn, caller: Caller) -> tuple[Response, int]:
    slot_id = add_slot(specialist_id=doctor_id, start=slot.start_time, end=slot.end_time, capacity=slot.capacity)
    made = slot_summary(slot_id)
    if made is None:
        raise NotFound("This slot does not exist.")
    return jsonify(slot_body(made)), 201


def _found(doctor_id: UUID) -> SpecialistView:
    row = find_specialist(doctor_id)
    if row is None:
        raise NotFound("This clinic has no such doctor.")
    return row


def _body(row: SpecialistView) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.full_name,
        "specialization": row.service_type,
        "is_active": row.is_active,
        "created_at": iso(row.created_at),
    }
