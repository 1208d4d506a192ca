"""Holdfast: a clinic's appointment book that never sells a time twice."""

from apiflask import APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import cli, web
from webapp.blueprints import admin, api, auth, desk, patient
from webapp.config import Settings, flask_config, load_settings
from webapp.core import database
from webapp.extensions import db, migrate


def create_app(settings: Settings | None = None) -> APIFlask:
    settings = settings or load_settings()
    app = APIFlask(
        __name__,
        template_folder="../templates",
        static_folder="../static",
        spec_path="/api/openapi.json",
        docs_path=None,
    )
    app.json_errors = False
    app.config.from_mapping(flask_config(settings))

    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)

    db.init_app(app)
    migrate.init_app(app, db, directory=app.config["MIGRATIONS"])
    web.init_app(app)
    api.init_app(app)
    cli.init_app(app)
    for audience in (patient, desk, admin, auth, api):
        app.register_blueprint(audience.blueprint)
    with app.app_context():
        database.bind(writer=db.engine, reader=db.engines["reader"])
    return app
