"""A clinic's own front page."""


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


def test_an_unknown_clinic_is_404(client):
    for name in ("nowhere", "%00", "'%20or%201=1", "x" * 300):
        assert client.get(f"/c/{name}/").status_code == 404


def test_the_page_says_its_language_and_direction(visitor):
    page = visitor.get("/", headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert (page.soup.html["lang"], page.soup.html["dir"]) == ("en", "ltr")


def test_wrong_method(visitor):
    assert visitor.post("/").status == 405
