"""The reception desk: a day at a glance, a caller booked in seconds."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/c/<clinic>/desk")

from webapp.blueprints.desk import (  # noqa: E402
    appointments,  # noqa: F401
    blocks,  # noqa: F401
    changes,  # noqa: F401
    days,  # noqa: F401
    finding,  # noqa: F401
    groups,  # noqa: F401
    holds,  # noqa: F401
    messages,  # noqa: F401
    moves,  # noqa: F401
    patients,  # noqa: F401
    series,  # noqa: F401
    settings,  # noqa: F401
    sheets,  # noqa: F401
    sick_day,  # noqa: F401
    squeeze,  # noqa: F401
    waiting,  # noqa: F401
    waitlist,  # noqa: F401
    why,  # noqa: F401
)
