"""Patients book for themselves: no account, no script, five pages and a last look."""

from flask import Blueprint

blueprint = Blueprint("patient", __name__)

from webapp.blueprints.patient import check, choosing, details, finding, front, moving, reminders, times, visit  # noqa: E402, F401
