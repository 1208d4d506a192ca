"""What goes wrong is told in words, on a page or in JSON, and gives nothing away."""

import logging

import pytest
from flask import abort
from sqlalchemy import create_engine

from tests.blueprints.conftest import Page
from webapp.core.database import engines
from webapp.web.errors import wants_json


@pytest.fixture
def away(monkeypatch):
    """The database is gone: connections go to a port nobody listens at."""
    nobody = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing", connect_args={"connect_timeout": 2})
    for name in ("reader", "writer", "door"):
        monkeypatch.setattr(engines, name, nobody)


def test_a_clinic_knows_its_own_404_page(visitor):
    page = visitor.get("/hold/nonsense")
    assert (page.status, page.heading) == (404, "There is no such page")
    assert page.soup.select_one("main a.button")["href"] == f"/c/{visitor.clinic.id}/"


def test_an_address_that_is_none_below_a_clinic_keeps_the_clinic(visitor, records):
    records.rows("UPDATE tenants SET phone = '+49301234567' WHERE id = :id", id=visitor.clinic.id)
    visitor.get("/?lang=de")
    page = visitor.get("/nowhere/at/all")
    assert page.status == 404
    assert page.one("html")["lang"] == "de"
    assert page.title.endswith("Harbour")
    assert page.one(".brand")["href"] == f"/c/{visitor.clinic.id}/"
    ways = [a["href"] for a in page.soup.select("main a")]
    assert ways == [f"/c/{visitor.clinic.id}/", f"/c/{visitor.clinic.id}/find", "tel:+49301234567"]


def test_who_works_at_the_desk_is_led_back_there(visitor):
    page = visitor.get("/desk/nowhere")
    assert page.status == 404
    assert [a["href"] for a in page.soup.select("main a")] == [f"/c/{visitor.clinic.id}/desk/"]


def test_an_address_that_is_none_below_no_clinic(client):
    page = Page(client.get("/c/nobody-at-all/nowhere"))
    assert (page.status, page.heading) == (404, "There is no such page")
    assert [a["href"] for a in page.soup.select("main a")] == ["/"]


def test_an_address_outside_every_clinic(client):
    page = Page(client.get("/nowhere"))
    assert (page.status, page.heading) == (404, "There is no such page")


def test_what_was_typed_into_an_address_stays_text(client):
    assert "<script>" not in client.get("/c/<script>alert(1)</script>/").text


def test_a_wrong_method_names_the_right_ones(visitor):
    page = visitor.post("/book")
    assert page.status == 405
    assert "GET" in page.response.headers["Allow"]


def test_a_form_too_large(visitor, clinic):
    visitor.csrf()
    page = visitor.post("/sign-in", {"email": "x" * 100_000, "password": "x"})
    assert page.status == 413


def test_a_fault_of_ours_says_sorry_and_nothing_else(app, client, monkeypatch, caplog):
    def fault():
        raise RuntimeError("the secret of the house")

    monkeypatch.setitem(app.view_functions, "patient.clinics", fault)
    with caplog.at_level(logging.CRITICAL, logger="webapp"):
        response = client.get("/")
    assert response.status_code == 500
    assert "secret of the house" not in response.text
    assert Page(response).heading == "Something went wrong on our side"


@pytest.mark.parametrize("path", ["/", "/c/anywhere/", "/c/anywhere/book", "/c/anywhere/sign-in"])
def test_without_the_database_the_page_says_come_back(client, away, path):
    response = client.get(path)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert Page(response).heading == "The appointment book cannot be reached"


def test_without_the_database_the_page_is_still_the_clinics_and_the_readers(visitor, records, request):
    records.rows("UPDATE tenants SET phone = '+49301234567' WHERE id = :id", id=visitor.clinic.id)
    visitor.get("/?lang=de")
    request.getfixturevalue("away")
    for page in (visitor.get("/book"), visitor.post("/hold/nonsense/give-back")):
        assert (page.status, page.one("html")["lang"]) == (503, "de")
        assert page.title.endswith("Harbour")
        assert "tel:+49301234567" in [a["href"] for a in page.soup.select("main a")]
        assert page.heading == "Das Terminbuch ist nicht erreichbar"
        assert "bestätigt" in page.one(".lead").get_text()
    assert visitor.get("/book").soup.select("main a.button")[0]["href"] == visitor.url("/book")


def test_nobody_is_remembered_for_an_address_that_is_none(client, request):
    client.get("/c/nobody-at-all/")
    request.getfixturevalue("away")
    page = Page(client.get("/c/nobody-at-all/"))
    assert (page.status, page.one(".brand")["href"]) == (503, "/")


def test_without_the_database_staff_are_told_too(app, clinic, olga, away):
    assert olga.get("/desk/2031-03-03").status == 503


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 418, 429, 500, 503])
def test_every_status_has_a_page(app, client, monkeypatch, status):
    monkeypatch.setitem(app.view_functions, "patient.clinics", lambda: abort(status))
    page = Page(client.get("/"))
    assert page.status == status
    assert len(page.text) > 20
    assert page.soup.select("main a.button")


@pytest.mark.parametrize(
    ("path", "machine"),
    [
        ("/api/slots", True),
        ("/bookings", True),
        ("/bookings/1", True),
        ("/health", True),
        ("/", False),
        ("/c/api/", False),
        ("/slotsx", False),
    ],
)
def test_programs_get_json(path, machine):
    assert wants_json(path) is machine


def test_programs_get_json_for_unknown_addresses_too(client):
    response = client.get("/api/nowhere")
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
