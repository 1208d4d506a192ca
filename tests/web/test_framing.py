"""The booking pages below /embed: framed by the clinic's sites and nobody else, and without a cookie."""

import pytest

from tests.blueprints.conftest import Page, soon
from webapp.core.tenancy import tenant_scope
from webapp.services.tenants import allow_embedding
from webapp.web import framing

SITE = "https://www.clinic.example"


@pytest.fixture
def slot(clinic):
    with tenant_scope(clinic.id):
        allow_embedding(origins=[SITE])
    return clinic.slot(soon())


@pytest.fixture
def stranger(app):
    """A browser that keeps no cookies."""
    return app.test_client(use_cookies=False)


def ancestors(response):
    (found,) = [p for p in response.headers["Content-Security-Policy"].split("; ") if p.startswith("frame-ancestors")]
    return found.split()[1:]


def open_page(client, path, **options):
    response = client.get(path, **options)
    assert "Set-Cookie" not in response.headers
    return Page(response)


def submit(client, page, action, **fields):
    to = page.soup.select_one(f'form[action*="{action}"]')["action"]  # the held time comes after it
    response = client.post(to, data=page.form(to) | fields)
    assert "Set-Cookie" not in response.headers
    return response


def times_page(client, clinic):
    return open_page(client, f"/embed/c/{clinic.id}/book/{clinic.type_id}/{soon().date()}")


def taken(client, clinic, slot):
    return submit(client, times_page(client, clinic), f"/{soon().date()}", slot_id=slot)


def test_the_clinics_sites_may_frame_it_and_nobody_else(stranger, clinic, other_clinic, slot):
    assert ancestors(stranger.get(f"/embed/c/{clinic.id}/")) == ["'self'", SITE]
    assert ancestors(stranger.get(f"/embed/c/{other_clinic.id}/")) == ["'self'"]
    assert ancestors(stranger.get(f"/c/{clinic.id}/")) == ["'none'"]
    assert ancestors(stranger.get("/embed/")) == ["'none'"]


def test_no_link_leads_out_of_the_frame(stranger, clinic, slot):
    for path in ("", "book", f"book/{clinic.type_id}", f"book/{clinic.type_id}/{soon().date()}"):
        page = open_page(stranger, f"/embed/c/{clinic.id}/{path}")
        links = [a["href"] for a in page.soup.select("a[href]")]
        links += [form["action"] for form in page.soup.select("form[action]")]
        assert links
        assert [link for link in links if not link.startswith("/embed/")] == []
        assert page.soup.select(".site-header, a[href*=sign-in]") == []


def test_a_visit_is_booked_without_a_cookie(stranger, clinic, slot, records):
    response = taken(stranger, clinic, slot)
    assert response.status_code == 303
    (held,) = records.live(slot)
    assert records.appointment(held).status == "HOLD"
    page = open_page(stranger, response.headers["Location"])
    action = page.soup.select_one("form#details")["action"]
    response = submit(stranger, page, action, full_name="Ana", phone="030 12345")
    page = open_page(stranger, response.headers["Location"])
    assert "Ana" in page.text
    response = submit(stranger, page, "/check")
    assert response.headers["Location"].startswith(f"/embed/c/{clinic.id}/visit/")
    page = open_page(stranger, response.headers["Location"])
    assert page.heading == "Your visit is booked"
    assert records.appointment(held).status == "CONFIRMED"
    link = response.headers["Location"].removeprefix("/embed")
    assert page.one("#link")["value"] == f"http://localhost{link}"
    assert open_page(stranger, page.one("a[href$=cancel]")["href"]).one("main a")["href"] == f"{link}/cancel"
    assert page.one("a[href$=cancel]")["target"] == "_blank"


def test_going_back_after_booking_says_that_it_is_booked(stranger, clinic, slot):
    details = taken(stranger, clinic, slot).headers["Location"]
    page = open_page(stranger, details)
    action = page.soup.select_one("form#details")["action"]
    check = submit(stranger, page, action, full_name="Ana", phone="030 12345").headers["Location"]
    receipt = submit(stranger, open_page(stranger, check), "/check").headers["Location"]
    for address in (check, details):
        page = open_page(stranger, address)
        assert (page.status, page.heading) == (200, "This is booked already")
        find = page.one("main a[href$='/find']")
        assert (find["href"], find["target"]) == (f"/embed/c/{clinic.id}/find", "_blank")  # leads out, see below
        assert "Ana" not in page.text
        assert receipt.rpartition("/")[2] not in page.response.text


def test_an_address_that_is_none_keeps_the_clinic_and_its_frame(stranger, clinic, slot):
    page = open_page(stranger, f"/embed/c/{clinic.id}/nowhere")
    assert (page.status, page.title) == (404, "There is no such page – Harbour")
    assert ancestors(page.response) == ["'self'", SITE]
    assert page.soup.select_one("main a")["href"] == f"/embed/c/{clinic.id}/"


def test_the_waiting_list_is_joined_in_a_window_of_its_own(stranger, clinic, slot):
    for path in (f"book/{clinic.type_id}", f"book/{clinic.type_id}/{soon(days=5).date()}"):
        page = open_page(stranger, f"/embed/c/{clinic.id}/{path}")
        assert page.one("a[href*='/wait/']")["target"] == "_blank"


def choose_for_two(client, clinic):
    page = open_page(client, f"/embed/c/{clinic.id}/together/{clinic.type_id}/{soon().date()}?people=2")
    return submit(client, page, "/together/", time=page.soup.select_one("button[name=time]")["value"])


def test_two_people_are_booked_without_a_cookie(stranger, clinic, slot, records):
    clinic.slot(soon(), after=30)
    details = choose_for_two(stranger, clinic).headers["Location"]
    page = open_page(stranger, details)
    action = page.soup.select_one("form#details")["action"]
    people = {"p1_full_name": "Ana", "p2_full_name": "Ben", "phone": "030 12345"}
    check = submit(stranger, page, action, **people).headers["Location"]
    response = submit(stranger, open_page(stranger, check), "/check")
    page = open_page(stranger, response.headers["Location"])
    assert page.heading == "Your visits are booked"
    assert len(page.soup.select(".members li")) == 2
    assert page.soup.select(".members form") == []  # nothing is changed in a frame
    assert page.one("a[href$=cancel-all]")["target"] == "_blank"
    assert open_page(stranger, details).heading == "This is booked already"
    statuses = "SELECT status FROM appointments WHERE tenant_id = :id"
    assert [row.status for row in records.rows(statuses, id=clinic.id)] == ["CONFIRMED"] * 2


def test_other_times_for_two_take_the_place_of_those_that_are_held(stranger, clinic, slot, records):
    later = [clinic.slot(soon(), after=30 * number) for number in (1, 2, 3)]
    page = open_page(stranger, choose_for_two(stranger, clinic).headers["Location"])
    form = page.form(page.soup.select_one("form#details")["action"]) | {"p1_full_name": "Ana"}
    response = stranger.post(page.one("[formaction*=another]")["formaction"], data=form)
    page = open_page(stranger, response.headers["Location"])
    page = open_page(stranger, page.one("a.choice.first")["href"])
    assert "You are holding times for all" in page.text
    response = submit(stranger, page, "/together/", time=page.soup.select("button[name=time]")[-1]["value"])
    page = open_page(stranger, response.headers["Location"], follow_redirects=True)
    assert page.value("p1_full_name") == "Ana"
    assert [len(records.live(one)) for one in (slot, *later)] == [0, 0, 1, 1]


def test_the_same_button_pressed_twice_holds_one_time(stranger, clinic, slot, records):
    page = times_page(stranger, clinic)
    first, second = (submit(stranger, page, f"/{soon().date()}", slot_id=slot) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(records.live(slot)) == 1


def test_errors_keep_what_was_typed_and_the_form_can_be_sent_again(stranger, clinic, slot, records):
    page = open_page(stranger, taken(stranger, clinic, slot).headers["Location"])
    action = page.soup.select_one("form#details")["action"]
    page = open_page(stranger, submit(stranger, page, action, full_name="Ana").headers["Location"])
    assert (page.status, page.value("full_name")) == (400, "Ana")
    assert submit(stranger, page, action, phone="030 12345").status_code == 303


def refused_form(stranger, clinic, token, **headers):
    path = f"/embed/c/{clinic.id}/book/{clinic.type_id}/{soon().date()}"
    response = stranger.post(path, data={"csrf_token": token, "slot_id": clinic.pat}, headers=headers)
    assert ancestors(response) == ["'self'", *([SITE] if "harbour" in clinic.id else [])]
    return "This form was open too long" in response.text


def test_a_form_of_another_site_or_clinic_is_refused(stranger, clinic, other_clinic, slot):
    token = times_page(stranger, clinic).value("csrf_token")
    assert not refused_form(stranger, clinic, token)
    assert not refused_form(stranger, clinic, token, **{"Sec-Fetch-Site": "same-origin"})
    assert refused_form(stranger, clinic, token, **{"Sec-Fetch-Site": "cross-site"})
    assert refused_form(stranger, other_clinic, token)
    assert refused_form(stranger, clinic, "")
    assert refused_form(stranger, clinic, f"{token}x")


def test_a_form_is_good_for_a_day(stranger, clinic, slot, monkeypatch):
    token = times_page(stranger, clinic).value("csrf_token")
    monkeypatch.setattr(framing, "LIFE", -framing.LIFE)
    assert refused_form(stranger, clinic, token)


def test_a_signed_in_desk_is_a_stranger_in_the_frame(olga, clinic, slot):
    for path in ("desk/", "sign-in", "admin/"):
        response = olga.client.get(f"/embed/c/{clinic.id}/{path}")
        assert response.status_code == 404
    assert "Set-Cookie" not in olga.client.get(f"/embed/c/{clinic.id}/book").headers
    assert olga.get("/desk/").status == 200


def test_a_cookie_is_not_read(visitor, clinic, slot):
    clinic.slot(soon(), after=30)
    path = f"/c/{clinic.id}/book/{clinic.type_id}/{soon().date()}"
    visitor.submit(visitor.get(path), f"/{soon().date()}", slot_id=slot)
    assert "You are holding" in visitor.get(path).text
    assert "You are holding" not in open_page(visitor.client, f"/embed{path}").text


def test_another_time_takes_the_place_of_the_one_that_is_held(stranger, clinic, slot, records):
    later = clinic.slot(soon(), after=30)
    page = open_page(stranger, taken(stranger, clinic, slot).headers["Location"])
    form = page.form(page.soup.select_one("form#details")["action"]) | {"full_name": "Ana", "phone": "030 12345"}
    response = stranger.post(page.one("[formaction*=another]")["formaction"], data=form)
    page = open_page(stranger, response.headers["Location"])
    page = open_page(stranger, page.one("a.choice.first")["href"])
    assert "You are holding" in page.text
    action = page.soup.select_one("form:has(button.time)")["action"]
    start = page.soup.select("button.time")[-1]["value"]
    response = stranger.post(action, data=page.form(action) | {"start": start})
    assert "Ana" in open_page(stranger, response.headers["Location"]).text
    assert (len(records.live(slot)), len(records.live(later))) == (0, 1)


def test_the_language_stays(stranger, clinic, slot):
    page = open_page(stranger, f"/embed/c/{clinic.id}/book?lang=de")
    assert page.one("html")["lang"] == "de"
    page = open_page(stranger, page.soup.select_one("a.choice")["href"], follow_redirects=True)
    assert page.one("html")["lang"] == "de"
    french = page.one(".languages a[lang=fr]")["href"]
    assert open_page(stranger, french).one("html")["lang"] == "fr"


def test_in_a_window_of_its_own_it_is_the_usual_page(stranger, clinic, slot):
    path = f"/c/{clinic.id}/book/{clinic.type_id}?with={clinic.specialist_id}"
    response = stranger.get(f"/embed{path}", headers={"Sec-Fetch-Dest": "document"})
    assert (response.status_code, response.headers["Location"]) == (302, path)
    assert stranger.get(f"/embed{path}", headers={"Sec-Fetch-Dest": "iframe"}).status_code == 200


def test_what_changes_a_booking_opens_outside(stranger, clinic, slot):
    path = f"/c/{clinic.id}/visit/any/cancel"
    page = open_page(stranger, f"/embed{path}")
    assert page.heading == "This opens in a window of its own"
    assert "bookings are changed" not in page.text  # nor is anything: some come to join the waiting list
    assert (page.one("main a")["href"], page.one("main a")["target"]) == (path, "_blank")
    assert stranger.post(f"/embed{path}").status_code == 404


def test_programs_have_no_addresses_below_it(stranger):
    for path in ("/embed/bookings", "/embed/api/slots", "/embed/health"):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path).status_code == 404


def test_the_script_may_be_part_of_other_sites(stranger):
    with stranger.get("/static/js/embed.js") as shared:
        assert shared.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert shared.headers["Access-Control-Allow-Origin"] == "*"
        assert len(shared.data) <= 2048
    with stranger.get("/static/js/frame.js") as other:
        assert other.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in other.headers


def test_every_page_named_exists(app):
    assert set(app.view_functions) >= framing.FRAMED
    guards = {app.view_functions[name].guard for name in framing.FRAMED}
    assert guards <= {"public", "patient:hold", "patient:party", "patient:manage"}
