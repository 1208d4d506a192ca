"""The front door: which clinics there are."""

from tests.conftest import make_clinic


def test_clinics_that_take_bookings_are_listed_with_both_ways_in(client, clinic, records):
    # The page lists a hundred: this one comes first.
    records.rows("UPDATE tenants SET name = ' ' || name WHERE id = :id", id=clinic.id)
    text = client.get("/").text
    assert f'href="/c/{clinic.id}/book"' in text
    assert f'href="/c/{clinic.id}/sign-in"' in text


def test_a_clinic_that_books_by_phone_only_is_not_listed(app, client, records):
    shy = make_clinic("shy")
    records.rows("UPDATE tenants SET name = ' ' || name, public_booking = false WHERE id = :id", id=shy.id)
    assert shy.id not in client.get("/").text


def test_wrong_method(client):
    assert client.delete("/").status_code in (400, 405)
