from flask import Response, jsonify

from webapp.blueprints.api import blueprint
from webapp.blueprints.api.operations import operation
from webapp.blueprints.api.problems import problem
from webapp.blueprints.api.schemas import Health
from webapp.queries.readiness import is_ready
from webapp.web.guards import public


@blueprint.get("/health")
@public
@operation("Is the process alive?", tag="health", answers={200: Health}, refusals=())
def health() -> Response:
    return jsonify(status="ok")


@blueprint.get("/ready")
@public
@operation("Can it take bookings?", tag="health", answers={200: Health}, refusals=())
def ready() -> Response:
    if is_ready():
        return jsonify(status="ready")
    response = problem(503, "The appointment book cannot be reached at the moment. Please try again.")
    response.headers["Retry-After"] = "2"
    return response
