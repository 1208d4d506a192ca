"""Types of visit, and when one could begin."""

from datetime import timedelta

from flask import Response, jsonify

from webapp.blueprints.api import blueprint
from webapp.blueprints.api.access import Caller
from webapp.blueprints.api.guard import token
from webapp.blueprints.api.operations import operation
from webapp.blueprints.api.schemas import AvailabilityQuery, FreeTimes, VisitType, VisitTypeIn, VisitTypes
from webapp.core.errors import InvalidInput, NotFound
from webapp.core.timezones import iso
from webapp.queries.availability import all_types, find_type, free_times_between
from webapp.services.specialists import add_type

LONGEST_SEARCH = timedelta(days=62)


@blueprint.get("/api/appointment-types")
@token("read")
@operation("All types of visit", tag="visits", answers={200: VisitTypes})
def list_types(caller: Caller) -> Response:
    return jsonify([{"id": t.id, "name": t.name, "minutes": t.minutes} for t in all_types()])


@blueprint.post("/api/admin/appointment-types")
@token("admin")
@blueprint.input(VisitTypeIn, arg_name="visit")
@operation("Add a type of visit", tag="visits", answers={201: VisitType}, refusals=(400, 404))
def make_type(visit: VisitTypeIn, caller: Caller) -> tuple[Response, int]:
    type_id = add_type(
        name=visit.name,
        minutes=visit.minutes,
        buffer_before=visit.buffer_before,
        buffer_after=visit.buffer_after,
        is_group=visit.is_group,
        specialist_ids=visit.doctor_ids,
    )
    return jsonify(id=type_id, name=visit.name, minutes=visit.minutes), 201


@blueprint.get("/api/availability")
@token("read")
@blueprint.input(AvailabilityQuery, location="query", arg_name="query")
@operation("When a visit could begin", tag="visits", answers={200: FreeTimes}, refusals=(400, 404))
def availability(query: AvailabilityQuery, caller: Caller) -> Response:
    if find_type(query.appointment_type_id) is None:
        raise NotFound("This clinic has no such type of visit.")
    if query.until - query.since > LONGEST_SEARCH:
        raise InvalidInput("Search at most 62 days at once.", field="until")
    times = free_times_between(
        type_id=query.appointment_type_id, since=query.since, until=query.until, specialist_id=query.doctor_id
    )
    return jsonify(
        [
            {
                "slot_id": time.slot_id,
                "doctor_id": time.specialist_id,
                "doctor_name": time.specialist_name,
                "start_time": iso(time.start),
                "end_time": iso(time.end),
            }
            for time in times
        ]
    )
