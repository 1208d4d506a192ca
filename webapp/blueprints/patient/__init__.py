"""Patients book for themselves: no account, no script, five pages."""

from flask import Blueprint

blueprint = Blueprint("patient", __name__)

from webapp.blueprints.patient import choosing, details, finding, front, moving, visit  # noqa: E402, F401
