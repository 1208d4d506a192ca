"""Step 4: the held time and the form for who comes."""

from tests.blueprints.conftest import held_by_patient, soon
from tests.blueprints.patient.conftest import PAT, finish
from webapp.core.errors import Conflict
from webapp.core.tenancy import tenant_scope
from webapp.web import links
from webapp.web.refusals import carry


def test_it_says_what_when_with_whom_and_until_when(details_page):
    text = details_page.text
    for words in ("Consultation", "Dr. Sam Weiss", "9:00 AM – 9:30 AM", "Held for you until"):
        assert words in text
    assert details_page.one("#full_name")["autocomplete"] == "name"
    assert details_page.one("#date_of_birth-day")["inputmode"] == "numeric"


def test_a_refresh_shows_the_same_hold(visitor, details_page, slot, records):
    assert visitor.get(details_page.path).heading == "Your details"
    assert len(records.live(slot)) == 1


def test_after_booking_it_leads_to_the_receipt(visitor, details_page):
    finish(visitor, details_page, **PAT)
    assert "/visit/" in visitor.get(details_page.path).path


def test_once_it_ran_out_it_offers_the_time_again(visitor, details_page, held, slot, records):
    records.run_out(held)
    page = visitor.get(details_page.path)
    assert page.status == 409
    assert page.heading == "Your hold has ended"
    assert page.soup.select_one("button.choice")["value"] == str(slot)


def test_a_link_is_good_for_one_purpose_and_one_clinic(app, visitor, held, other_clinic):
    with app.app_context():
        with tenant_scope(visitor.clinic.id):
            other = links.seal("other", held)
        with tenant_scope(other_clinic.id):
            forged = links.seal("hold", held)
    for token in (other, forged, "nonsense", f"{other}x", "."):
        assert visitor.get(f"/hold/{token}").status == 404


def test_another_clinics_link_opens_nothing_here(app, visitor, other_clinic):
    theirs = held_by_patient(other_clinic, other_clinic.slot(soon()))
    with app.app_context(), tenant_scope(other_clinic.id):
        token = links.seal("hold", theirs)
    assert visitor.get(f"/hold/{token}").status == 404


def test_it_is_not_kept_by_browsers_or_proxies(details_page):
    assert details_page.response.headers["Cache-Control"] == "no-store"


def test_every_answer_to_a_form_is_the_address_of_a_page(visitor, details_page, held, records):
    """So nobody who goes back is asked whether to send a form again."""

    def sent(path, **fields):
        page = visitor.post(path, fields, follow_redirects=False)
        assert page.status == 303
        return visitor.get(page.response.location)

    page = sent(details_page.path, **PAT | {"email": "pat@"})
    assert (page.status, page.value("email")) == (400, "pat@")
    assert page.problems == ["Enter an e-mail address in the form name@example.com."]
    page = sent(details_page.path, **PAT | {"website": "x"})
    assert (page.status, len(page.problems), len(page.soup.select(".wrong #website"))) == (400, 1, 1)
    sent(details_page.path, **PAT)
    page = sent(f"{details_page.path}/check", shown="of another window")
    assert (page.status, page.heading) == (409, "Check your answers")
    assert page.problems == ["Your answers were changed in another window. Check them again, then book."]
    records.run_out(held)
    assert sent(f"{details_page.path}/more-time").heading == "Your hold has ended"
    assert sent(details_page.path, **PAT).heading == "Your hold has ended"


def test_what_was_mended_is_not_complained_about_again(visitor, details_page):
    page = visitor.submit(details_page, details_page.path, **PAT | {"email": "pat@"})
    visitor.submit(page, details_page.path, email="pat@mail.example")
    again = visitor.get(page.response.request.full_path)
    assert (again.status, again.problems, again.value("email")) == (200, [], "pat@mail.example")


def test_a_refusal_is_only_shown_where_it_was_made(app, visitor, details_page, other_clinic):
    for clinic_id, shown in ((visitor.clinic.id, 1), (other_clinic.id, 0)):
        with app.test_request_context(), tenant_scope(clinic_id):
            why = carry(Conflict("Sent at another clinic."))["why"]
        assert visitor.get(f"{details_page.path}?why={why}").text.count("Sent at another clinic.") == shown
    assert visitor.get(f"{details_page.path}?why=Sent at another clinic.").problems == []


def test_the_language_changes_and_what_was_typed_stays(visitor, details_page):
    button = details_page.soup.select_one(".languages button[value=fr]")
    assert (button["name"], button["form"]) == ("lang", "details")
    page = visitor.post(button["formaction"], PAT | {"email": "pat@", "lang": "fr"})
    assert (page.path, page.one("html")["lang"], page.problems) == (details_page.path, "fr", [])
    assert (page.value("full_name"), page.value("email")) == ("Pat Doe", "pat@")
    page = visitor.post(button["formaction"], PAT | {"lang": "xx"})
    assert page.one("html")["lang"] == "fr"
