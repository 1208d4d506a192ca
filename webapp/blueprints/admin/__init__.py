"""The clinic's own arrangements: who works when, and what can be booked."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/c/<clinic>/admin")

from webapp.blueprints.admin import clinic, embed, letters, overview, questions, specialists, visit_types  # noqa: E402, F401
