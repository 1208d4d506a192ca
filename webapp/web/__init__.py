"""Flask glue shared by every audience: whose clinic, who asks, in which language, and what a refusal looks like."""

from flask import Flask

from webapp.web import converters, errors, filters, framing, headers, identity, languages, live, tenant


def init_app(app: Flask) -> None:
    """Bind the glue to the application; blueprints are registered afterwards."""
    converters.init_app(app)
    tenant.init_app(app)
    framing.init_app(app)
    identity.init_app(app)
    languages.init_app(app)
    filters.init_app(app)
    live.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
