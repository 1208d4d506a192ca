"""The JSON API: the source contracts under their own addresses, and what goes beyond them under /api."""

from apiflask import APIBlueprint, APIFlask
from apiflask.exceptions import _ValidationError

blueprint = APIBlueprint("api", __name__)

from webapp.blueprints.api import appointments, bookings, doctors, health, patients, slots, visits  # noqa: E402, F401
from webapp.blueprints.api.document import complete  # noqa: E402
from webapp.blueprints.api.problems import problem_response  # noqa: E402
from webapp.extensions import csrf  # noqa: E402


def init_app(app: APIFlask) -> None:
    """The OpenAPI document, and no CSRF token where no cookie signs anybody in."""
    app.title = "Holdfast"
    app.version = "0.1.0"
    app.description = "A clinic's appointment book in which a time is never sold twice."
    app.spec_processor(complete)
    app.register_error_handler(_ValidationError, problem_response)
    csrf.exempt(blueprint)
