from flask import Response, jsonify

from webapp.blueprints.api import blueprint
from webapp.blueprints.api.problems import problem
from webapp.blueprints.api.schemas import Health
from webapp.queries.readiness import is_ready
from webapp.web.guards import public


@blueprint.get("/health")
@public
@blueprint.output(Health)
@blueprint.doc(summary="Is the process alive?", tags=["health"])
def health() -> dict[str, str]:
    return {"status": "ok"}


@blueprint.get("/ready")
@public
@blueprint.doc(
    summary="Can it take bookings?",
    tags=["health"],
    responses={200: {"description": "Ready", "content": {"application/json": {}}}, 503: "The database does not answer"},
)
def ready() -> Response:
    if is_ready():
        return jsonify(status="ready")
    response = problem(503, "The appointment book cannot be reached at the moment. Please try again.")
    response.headers["Retry-After"] = "2"
    return response
