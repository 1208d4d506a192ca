"""A clinic's own front page."""

from datetime import date, time

from webapp.core.tenancy import tenant_scope
from webapp.rules.slots import Interval
from webapp.services.hours import set_opening_hours
from webapp.services.specialists import add_specialist


def test_it_leads_to_booking(visitor):
    page = visitor.get("/")
    assert page.heading == "Harbour"
    assert page.one("a.primary")["href"].endswith("/book")


def test_by_phone_only(visitor, records):
    records.rows("UPDATE tenants SET public_booking = false, phone = '+49 30 1' WHERE id = :id", id=visitor.clinic.id)
    page = visitor.get("/")
    assert "by phone only" in page.text
    assert page.one('main a[href^="tel:"]').get_text() == "+49 30 1"
    assert not page.soup.select("a.primary")


def test_the_clinics_own_words_while_booking_is_off(visitor, records):
    records.rows(
        "UPDATE tenants SET public_booking = false, closed_message = 'We move house until <May>.' WHERE id = :id",
        id=visitor.clinic.id,
    )
    assert "We move house until <May>." in visitor.get("/").text
    page = visitor.get(f"/book/{visitor.clinic.type_id}")
    assert (page.status, "We move house until <May>." in page.text) == (403, True)


def test_opening_hours_are_those_of_all_who_work_there(visitor):
    weekly = [Interval(0, time(8), time(12), 30), Interval(2, time(9), time(17, 30), 30)]
    with tenant_scope(visitor.clinic.id):
        set_opening_hours(specialist_id=visitor.clinic.specialist_id, intervals=weekly)
        other = add_specialist(full_name="Dr. Ruth Adler")
        over = Interval(4, time(8), time(9), 30, valid_until=date(2020, 1, 1))
        set_opening_hours(specialist_id=other, intervals=[Interval(0, time(11), time(16), 30), over])
    page = visitor.get("/")
    days = [dt.get_text() for dt in page.soup.select(".week dt")]
    told = [
        " ".join(dd.get_text(" ", strip=True).replace("\u202f", " ").split()) for dd in page.soup.select(".week dd")
    ]
    week = dict(zip(days, told, strict=True))
    assert week["Monday"] == "8:00 AM – 4:00 PM"
    assert week["Wednesday"] == "9:00 AM – 5:30 PM"
    assert {week[day] for day in ("Tuesday", "Thursday", "Friday", "Saturday", "Sunday")} == {"closed"}


def test_without_hours_there_is_no_empty_table(visitor):
    assert not visitor.get("/").soup.select(".week")


def test_it_says_what_can_be_booked(visitor):
    page = visitor.get("/")
    assert "Consultation" in page.one("ul.choices").get_text()
    assert visitor.get(page.one("a.choice")["href"]).heading == "Choose a day"


def test_an_unknown_clinic_is_404(client):
    for name in ("nowhere", "%00", "'%20or%201=1", "x" * 300):
        assert client.get(f"/c/{name}/").status_code == 404


def test_the_page_says_its_language_and_direction(visitor):
    page = visitor.get("/", headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert (page.soup.html["lang"], page.soup.html["dir"]) == ("en", "ltr")


def test_wrong_method(visitor):
    assert visitor.post("/").status == 405


def test_where_no_visit_is_open_to_patients_it_says_so_at_once_and_how_else(visitor, records):
    records.rows("UPDATE appointment_types SET is_public = false WHERE tenant_id = :id", id=visitor.clinic.id)
    records.rows("UPDATE tenants SET phone = '+49 30 1' WHERE id = :id", id=visitor.clinic.id)
    page = visitor.get("/")
    assert "Nothing can be booked online here at the moment. Please call the clinic." in page.text
    assert not page.soup.select("a.primary")
    page = visitor.get("/book")
    assert "has not opened any of its visits to online booking. Please call the clinic." in page.text
    assert page.one('main a[href^="tel:"]')
    records.rows("UPDATE tenants SET phone = NULL WHERE id = :id", id=visitor.clinic.id)
    assert "Please ask at the clinic itself." in visitor.get("/book").text
