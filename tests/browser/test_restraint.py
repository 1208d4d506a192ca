"""A proof of work costs a person nothing but a moment, and one without scripting has another way."""

import pytest
from playwright.sync_api import expect

from webapp.core.tenancy import tenant_scope
from webapp.web.throttle import WITHOUT_PROOF, count_unproved


@pytest.fixture
def watchful(app, clinic, records):
    """The clinic asks for a proof, and this address has booked all it may without."""
    records.rows("UPDATE tenants SET proof_of_work = true, phone = '+4930901820' WHERE id = :id", id=clinic.id)
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}), tenant_scope(clinic.id):
        for _booking in range(WITHOUT_PROOF.amount):
            count_unproved()


def to_the_last_page(window):
    page = window.go("/book")
    page.click("text=Consultation")
    page.click(".choice.first")
    page.click(".time >> nth=0")
    page.fill("#full_name", "Ana Costa")
    page.fill("#phone", "030 12345")
    page.click("form#details .primary")
    expect(page.locator("h1")).to_have_text("Check your answers")
    return page


@pytest.mark.usefixtures("watchful")
def test_the_browser_works_it_out_by_itself(open_window, morning, records):
    page = to_the_last_page(open_window(width=360))
    page.click("form#check .primary")
    expect(page.locator("h1")).to_have_text("Your visit is booked")
    assert len(records.live(morning[0])) == 1


@pytest.mark.usefixtures("watchful")
def test_a_form_that_is_sent_too_soon_waits_for_it(open_window, morning, records):
    window = open_window(width=360)
    window.context.add_init_script(
        "window.Worker = class extends Worker { postMessage(m) { window.begin = () => super.postMessage(m); } }"
    )
    page = to_the_last_page(window)
    page.click("form#check .primary")
    expect(page.locator("#status")).to_contain_text("One moment, then your visit is booked.")
    page.evaluate("begin()")
    expect(page.locator("h1")).to_have_text("Your visit is booked")


@pytest.mark.usefixtures("watchful")
def test_where_it_cannot_be_worked_out_the_form_goes_without(open_window, morning):
    window = open_window(width=360)
    window.context.route("**/proof_worker.js", lambda route: route.abort())
    page = to_the_last_page(window)
    page.click("form#check .primary")
    expect(page.locator(".problem")).to_contain_text("Many bookings came from where you are")


@pytest.mark.usefixtures("watchful")
def test_without_scripting_a_person_is_told_the_other_way(open_window, morning, records):
    window = open_window(width=360, scripting=False)
    page = to_the_last_page(window)
    page.click("form#check .primary")
    expect(page.locator(".problem")).to_contain_text("or call the clinic")
    expect(page.locator("a[href^='tel:']").first).to_be_visible()
    (held,) = records.live(morning[0])
    assert records.appointment(held).status == "HOLD"


def test_nobody_sees_or_reaches_the_field_for_programs(open_window, morning):
    window = open_window(width=360)
    page = window.go("/book")
    page.click("text=Consultation")
    page.click(".choice.first")
    page.click(".time >> nth=0")
    expect(page.locator("#website")).to_be_hidden()
    window.check()
