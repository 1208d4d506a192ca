"""A database of its own with the demo in it."""

from collections.abc import Callable, Iterator

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from tests.conftest import settings_for
from webapp import create_app
from webapp.config import Settings
from webapp.core import database
from webapp.extensions import db


@pytest.fixture(scope="module")
def demo_settings(new_database) -> Settings:
    return settings_for(new_database("holdfast_test_demo"), api_access="open")


@pytest.fixture(scope="module")
def demo_app(app: Flask, demo_settings: Settings) -> Iterator[Flask]:
    """The demo's own application; the engines of the other one are put back afterwards."""
    demo = create_app(demo_settings)
    with demo.app_context():
        flask_migrate.upgrade()
    loaded = demo.test_cli_runner().invoke(args=["seed-demo"])
    assert loaded.exit_code == 0, loaded.output
    yield demo
    with demo.app_context():
        for engine in db.engines.values():
            engine.dispose()
    with app.app_context():
        database.bind(writer=db.engine, reader=db.engines["reader"])


@pytest.fixture(scope="module")
def count_of(demo_settings: Settings) -> Iterator[Callable[[str], int]]:
    engine = create_engine(demo_settings.admin_url)
    with engine.connect() as connection:
        yield lambda what: connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one()
    engine.dispose()
