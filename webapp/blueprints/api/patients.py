from typing import Any

from flask import Response, jsonify

from webapp.blueprints.api import blueprint
from webapp.blueprints.api.access import Caller
from webapp.blueprints.api.guard import token
from webapp.blueprints.api.operations import operation
from webapp.blueprints.api.schemas import Patient, PatientIn, Patients, PatientsQuery
from webapp.core.errors import NotFound
from webapp.core.timezones import iso
from webapp.queries.patients import PatientHit, find_patient, search_patients
from webapp.services.patients import add_patient


@blueprint.get("/api/patients")
@token("read")
@blueprint.input(PatientsQuery, location="query", arg_name="query")
@operation("Find patients", tag="patients", answers={200: Patients})
def list_patients(query: PatientsQuery, caller: Caller) -> Response:
    return jsonify([_body(hit) for hit in search_patients(query.q)])


@blueprint.post("/api/patients")
@token("book")
@blueprint.input(PatientIn, arg_name="patient")
@operation("Add a patient", tag="patients", answers={201: Patient}, refusals=(400, 409))
def make_patient(patient: PatientIn, caller: Caller) -> tuple[Response, int]:
    patient_id = add_patient(**patient.model_dump())
    found = find_patient(patient_id)
    if found is None:
        raise NotFound("This clinic has no such patient.")
    return jsonify(_body(found)), 201


def _body(hit: PatientHit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "full_name": hit.full_name,
        "email": hit.email,
        "phone": hit.phone,
        "date_of_birth": hit.date_of_birth.isoformat() if hit.date_of_birth else None,
        "reference": hit.reference,
        "next_visit": iso(hit.next_visit) if hit.next_visit else None,
    }
