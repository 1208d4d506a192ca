"""A patient cancels a visit by its link: asked first, within the clinic's cut-off, once."""

import pytest

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import booked, set_rule
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import reschedule


def test_it_asks_and_then_cancels(visitor, own, records):
    page = visitor.get(f"{own.path}/cancel")
    assert page.heading == "Cancel this visit?"
    assert records.appointment(own.id).status == "CONFIRMED"
    page = visitor.submit(page, "/cancel", reason="A cold <b>")
    assert page.path.endswith(own.path)
    assert page.heading == "This visit was cancelled"
    assert "Your visit is cancelled." in page.text
    assert records.appointment(own.id).status == "CANCELLED"
    assert records.slot(own.slot).status == "AVAILABLE"
    (event,) = records.rows(
        "SELECT actor, detail FROM appointment_events WHERE appointment_id = :id AND event_type = 'CANCELLED'",
        id=own.id,
    )
    assert (event.actor, event.detail["reason"]) == ("patient", "A cold <b>")


def test_a_reason_need_not_be_given(visitor, own, records):
    visitor.submit(visitor.get(f"{own.path}/cancel"), "/cancel")
    assert records.appointment(own.id).status == "CANCELLED"


def test_double_click_back_and_refresh_do_no_harm(visitor, own, records):
    asking = visitor.get(f"{own.path}/cancel")
    pages = [visitor.submit(asking, "/cancel", reason="once") for _time in range(3)]
    assert {page.heading for page in pages} == {"This visit was cancelled"}
    assert visitor.get(f"{own.path}/cancel").heading == "This visit was cancelled"
    assert records.events(own.id).count("CANCELLED") == 1


def test_a_cancelled_visit_leads_to_booking_again(visitor, own):
    page = visitor.submit(visitor.get(f"{own.path}/cancel"), "/cancel")
    again = page.one("main .actions a.primary")
    assert again["href"].endswith(f"/book/{visitor.clinic.type_id}")
    assert not page.soup.select("[href$='/cancel'], [href$='/move'], [href$='.ics'], .qr")


def test_after_the_cut_off_it_says_why_and_whom_to_call(visitor, own, records):
    asking = visitor.get(f"{own.path}/cancel")
    set_rule(records, visitor, cancel_cutoff_minutes=3 * 24 * 60, phone="+49 30 1234")
    page = visitor.get(own.path)
    assert page.one(".notice.warn").get_text() == (
        "Online cancelling here ends 3 days before the visit. Call +49 30 1234 if you cannot come."
    )
    assert not page.soup.select("[href$='/cancel']")
    assert visitor.get(f"{own.path}/cancel").path.endswith(own.path)
    late = visitor.submit(asking, "/cancel")
    assert late.status == 409
    assert "Online cancelling here ends 3 days before" in late.one("[role=alert]").get_text()
    assert records.appointment(own.id).status == "CONFIRMED"


def test_a_phone_number_in_an_arabic_sentence_reads_from_left_to_right(visitor, own, records):
    set_rule(records, visitor, cancel_cutoff_minutes=3 * 24 * 60, phone="+49 30 1234")
    assert "\u2066+49 30 1234\u2069" in visitor.get(f"{own.path}?lang=ar").one(".notice.warn").get_text()


def test_until_the_cut_off_the_page_says_until_when(visitor, own, records):
    set_rule(records, visitor, cancel_cutoff_minutes=60)
    assert "You can cancel it here until" in visitor.get(own.path).text


def test_what_the_clinic_moved_meanwhile_is_not_cancelled_unseen(visitor, own, records):
    asking = visitor.get(f"{own.path}/cancel")
    with tenant_scope(visitor.clinic.id):
        later = visitor.clinic.slot(soon(days=3))
        reschedule(appointment_id=own.id, version=1, slot_id=later, actor="user:olga", source="DESK")
    sent = visitor.post(f"{own.path}/cancel", asking.form("/cancel"), follow_redirects=False)
    assert sent.status == 303  # to a page, which going back finds again
    page = visitor.get(sent.response.location)
    assert page.status == 409
    assert "The clinic changed this visit a moment ago." in page.one("[role=alert]").get_text()
    assert records.appointment(own.id).status == "CONFIRMED"


def test_what_the_clinic_cancelled_meanwhile_stays_cancelled_once(visitor, own, records):
    asking = visitor.get(f"{own.path}/cancel")
    with tenant_scope(visitor.clinic.id):
        cancel(appointment_id=own.id, actor="user:olga")
    assert visitor.submit(asking, "/cancel").heading == "This visit was cancelled"
    assert records.events(own.id).count("CANCELLED") == 1


def test_who_is_here_already_cannot_cancel(visitor, own, records):
    asking = visitor.get(f"{own.path}/cancel")
    records.became(own.id, "ARRIVED")
    page = visitor.get(own.path)
    assert page.heading == "You are at the clinic"
    assert not page.soup.select("[href$='/cancel']")
    refused = visitor.submit(asking, "/cancel")
    assert refused.status == 409
    assert records.appointment(own.id).status == "ARRIVED"


def test_a_visit_that_began_cannot_be_cancelled(visitor, records):
    begun = booked(visitor.clinic, visitor.clinic.slot(soon(days=0, hour=0)))
    page = visitor.get(begun.path)
    assert page.heading == "The time of your visit has come"
    assert not page.soup.select("[href$='/cancel']")
    assert visitor.post(f"{begun.path}/cancel", {"version": 1}).status == 409
    assert records.appointment(begun.id).status == "CONFIRMED"


def test_too_long_a_reason_is_kept_and_refused(visitor, own, records):
    page = visitor.submit(visitor.get(f"{own.path}/cancel"), "/cancel", reason="x" * 501)
    assert (page.status, page.problems) == (400, ["This is longer than 500 characters. Shorten it."])
    assert page.one("#reason").get_text().strip() == "x" * 501
    assert records.appointment(own.id).status == "CONFIRMED"


def test_looking_changes_nothing(visitor, own, records):
    before = records.appointment(own.id)
    for method in ("GET", "HEAD"):
        visitor.client.open(visitor.url(f"{own.path}/cancel"), method=method)
    assert records.appointment(own.id) == before


@pytest.mark.parametrize("token", ["nothing", "x" * 32])
def test_without_the_link_nothing_is_cancelled(visitor, own, token):
    assert visitor.get(f"/visit/{token}/cancel").status == 404
    assert visitor.post(f"/visit/{token}/cancel", {"version": 1}).status == 404


def test_at_another_clinic_the_link_cancels_nothing(app, other_clinic, own, records):
    page = Visitor(app.test_client(), other_clinic).post(f"{own.path}/cancel", {"version": 1})
    assert page.status == 404
    assert records.appointment(own.id).status == "CONFIRMED"


def test_without_a_token_nothing_is_cancelled(visitor, own, records):
    visitor.get(f"{own.path}/cancel")
    assert visitor.client.post(visitor.url(f"{own.path}/cancel"), data={"version": 1}).status_code == 400
    assert records.appointment(own.id).status == "CONFIRMED"


def test_wrong_method(visitor, own):
    assert visitor.client.put(visitor.url(f"{own.path}/cancel"), data={"csrf_token": visitor.csrf()}).status_code == 405
