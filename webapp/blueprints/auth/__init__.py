"""Signing in and out."""

from flask import Blueprint

blueprint = Blueprint("auth", __name__)

from webapp.blueprints.auth import locking, resuming, sessions, switching, views  # noqa: E402, F401
