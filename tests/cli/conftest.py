"""A database of its own with the demo in it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from tests.conftest import another_book


@pytest.fixture(scope="module")
def demo_app(app: Flask, new_database) -> Iterator[Flask]:
    with another_book(new_database("holdfast_test_demo")) as demo:
        loaded = demo.test_cli_runner().invoke(args=["seed-demo"])
        assert loaded.exit_code == 0, loaded.output
        yield demo


@pytest.fixture(scope="module")
def count_of(demo_app: Flask) -> Iterator[Callable[[str], int]]:
    engine = create_engine(demo_app.config["SETTINGS"].admin_url)
    with engine.connect() as connection:
        yield lambda what: connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one()
    engine.dispose()
