"""The reception desk: a day at a glance, a caller booked in seconds."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/c/<clinic>/desk")

from webapp.blueprints.desk import appointments, blocks, days, holds, settings, sick_day, squeeze, waitlist, why  # noqa: E402, F401
