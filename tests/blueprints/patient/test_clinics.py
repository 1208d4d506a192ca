"""The front door: which clinics there are."""

from bs4 import BeautifulSoup

from tests.conftest import make_clinic


def test_clinics_that_take_bookings_are_listed_with_both_ways_in(client, clinic, records):
    # The page lists a hundred: this one comes first.
    records.rows("UPDATE tenants SET name = ' ' || name WHERE id = :id", id=clinic.id)
    text = client.get("/").text
    assert f'href="/c/{clinic.id}/book"' in text
    assert f'href="/c/{clinic.id}/sign-in"' in text


def closed(records, clinic, **said):
    off = "UPDATE tenants SET name = ' ' || name, public_booking = false, closed_message = :said, phone = :phone"
    records.rows(f"{off} WHERE id = :id", id=clinic.id, **({"said": "", "phone": None} | said))


def test_a_clinic_of_programs_alone_is_not_listed(app, client, records):
    shy = make_clinic("shy")
    closed(records, shy)
    assert shy.id not in client.get("/").text


def test_where_booking_is_off_it_says_why_and_how_else(app, client, records):
    away, caller = make_clinic("away"), make_clinic("caller")
    closed(records, away, said="We move house until <May>.")
    closed(records, caller, phone="+49 30 1")
    soup = BeautifulSoup(client.get("/").text, "html.parser")
    (first,) = [one for one in soup.select(".clinic") if away.id in str(one)]
    (second,) = [one for one in soup.select(".clinic") if caller.id in str(one)]
    assert "We move house until <May>." in first.get_text()
    assert "by phone only" in second.get_text()
    assert second.select_one('a[href="tel:+49 30 1"]')
    for one, clinic in ((first, away), (second, caller)):
        links = [a["href"] for a in one.select("a")]
        assert f"/c/{clinic.id}/sign-in" in links
        assert f"/c/{clinic.id}/find" in links
        assert f"/c/{clinic.id}/book" not in links


def test_wrong_method(client):
    assert client.delete("/").status_code in (400, 405)
