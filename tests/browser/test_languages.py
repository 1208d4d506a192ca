"""Everybody reads the pages in their own language, and from the side they read from."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon, wait_until
from tests.browser.test_changes import lift
from tests.browser.words import english_left
from tests.conftest import PASSWORD, colleague
from translations.collect import TRANSLATED, catalogue
from webapp.core.tenancy import tenant_scope
from webapp.rules.desk_settings import LANGUAGES
from webapp.services.booking import book, hold

DIRECTION = {"ar": "rtl"}


def look(window, language):
    """The page says which language it is in, and is in no other."""
    page = window.page
    spoken = page.evaluate("[document.documentElement.lang.split('-')[0], document.documentElement.dir]")
    assert spoken == [language, DIRECTION.get(language, "ltr")], page.url
    if language != "en":
        assert english_left(page, language) == set(), page.url


@pytest.mark.parametrize("scripting", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visit_is_booked_and_cancelled(open_window, morning, clinic, records, language, scripting):
    window = open_window(locale=language, width=360, height=740, scripting=scripting)
    page = window.page

    def seen():
        look(window, language)
        if scripting:
            window.check()

    def follow(selector):
        with page.expect_navigation():
            page.click(selector)
        seen()

    window.go(f"{window.address}/")
    seen()
    window.go("/")
    seen()
    follow(f'a[href$="/{clinic.id}/book"]')
    follow(".choices a.choice")
    follow(".choice.first")
    follow(".time >> nth=1")
    page.fill("#date_of_birth-day", "99")
    follow(".actions .primary")
    page.fill("#full_name", "فاطمة حداد")
    page.fill("#email", "fatima@mail.example")
    for part, digits in (("day", "٢٧"), ("month", "3"), ("year", "1984")):
        page.fill(f"#date_of_birth-{part}", digits)
    follow(".actions .primary")
    assert page.url.endswith("/check")
    follow(".actions .primary")
    (booked,) = records.live(morning[1])
    follow('a[href$="/cancel"]')
    follow("main form .button:not(.quiet)")
    assert records.appointment(booked).status == "CANCELLED"


@pytest.mark.parametrize("language", TRANSLATED)
def test_two_people_are_booked_and_cancelled(open_window, morning, clinic, records, language):
    records.rows("DELETE FROM time_slots WHERE id = :id", id=morning[1])  # somebody waits
    window = open_window(locale=language, width=360)
    page = window.page

    def follow(selector):
        with page.expect_navigation():
            page.click(selector)
        look(window, language)

    window.go("/book?visits=2")
    look(window, language)
    window.go("/book?people=2")
    look(window, language)
    follow(".choices a.choice")
    follow(".choice.first")
    follow(".time >> nth=0")
    follow("#details .primary")
    page.fill("#p1_full_name", "فاطمة حداد")
    page.fill("#p2_full_name", "Ben Doe")
    page.fill("#email", "fatima@mail.example")
    follow("#details .primary")
    follow("#check .primary")
    expect(page.locator(".members li")).to_have_count(2)
    follow('a[href$="/move-all"]')
    page.go_back()
    follow('a[href$="/cancel-all"]')
    follow("main form .button:not(.quiet)")


@pytest.mark.parametrize("language", TRANSLATED)
def test_refusals(open_window, morning, clinic, records, language):
    window = open_window(locale=language, width=360)
    for path in ("/nothing", "/find", "/visit/nothing"):
        window.go(path)
        look(window, language)
    page = window.go(f"/book/{clinic.type_id}/{soon().date()}")
    with tenant_scope(clinic.id):
        hold(slot_id=morning[2], actor="another", source="PATIENT")
    with page.expect_navigation():
        page.click(".time >> nth=2")
    expect(page.locator("button.choice")).to_have_count(3)
    look(window, language)
    window.go(f"/book/{clinic.type_id}/{soon(days=9).date()}")
    look(window, language)


def test_the_switch_at_the_foot_of_the_page(open_window, morning):
    window = open_window(width=360, scripting=False)
    page = window.go("/book")
    look(window, "en")
    for language, name in (("ar", "العربية"), ("fr", "Français")):
        with page.expect_navigation():
            page.click(f".languages >> text={name}")
        assert page.url.endswith("/book")
        look(window, language)
        window.go("/")
        look(window, language)
        window.go("/book")


@pytest.fixture
def busy_day(clinic, morning, crowd):
    with tenant_scope(clinic.id):
        book(slot_id=morning[0], patient_id=clinic.pat, priority="VIP", actor="test", source="DESK")
        made = book(slot_id=morning[1], patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK")
        hold(slot_id=morning[2], actor="test", source="PATIENT")
        hold(slot_id=clinic.slot(soon(hour=15), capacity=8), actor="test", source="DESK")
    return made.id


def signed_in(open_window, staff, language, **options):
    window = open_window(locale=language, **options)
    page = window.go("/sign-in")
    page.fill("#email", staff["alice"])
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector(".site-nav")
    return window


@pytest.mark.parametrize(("language", "width"), [("de", 1280), ("es", 1280), ("fr", 1280), ("ar", 1440), ("ar", 360)])
def test_the_desk_and_the_administration(open_window, staff, clinic, busy_day, language, width):
    window = signed_in(open_window, staff, language, width=width)
    day = f"/desk/{soon().date()}"
    views = [f"{day}{view}" for view in ("", "/week", "/list", "/rooms", "/agenda", "/print")]
    tools = ["patients", "waitlist", "waiting", "next-free", "outage", "messages", "sick-day"]
    one = [f"appointments/{busy_day}", f"appointments/{busy_day}/move", f"patients/{clinic.pat}"]
    admin = ["", "clinic", "questions", "embed", f"specialists/{clinic.specialist_id}"]
    for path in (*views, *(f"/desk/{tool}" for tool in (*tools, *one)), *(f"/admin/{page}" for page in admin)):
        assert window.page.goto(f"{window.address}/c/{clinic.id}{path}").ok, path
        look(window, language)
        window.check()


def test_arrows_go_the_way_they_point(open_window, staff, clinic, busy_day):
    """From right to left the first column is the right one, and the arrow to the left goes to the second."""
    ruth = colleague(clinic)
    hers = ruth.slot(soon())
    page = signed_in(open_window, staff, "ar").go(f"/desk/{soon().date()}")
    first, second = (page.locator("[data-column]").nth(at) for at in (0, 1))
    assert first.bounding_box()["x"] > second.bounding_box()["x"]
    first.locator(".cell").first.focus()
    page.keyboard.press("ArrowLeft")
    expect(second.locator(".cell:focus")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(first.locator(".cell:focus")).to_have_count(1)
    expect(page.locator(f'.cell[value="{hers}"]')).to_have_count(1)


def test_a_visit_is_dragged_on_a_mirrored_page(open_window, staff, morning, busy_day, records):
    page = signed_in(open_window, staff, "ar").go(f"/desk/{soon().date()}")
    target = f'.cell.free[value="{morning[4]}"]'
    lift(page, f'.cell.confirmed[href$="{busy_day}"]', target)
    expect(page.locator(".outline")).to_contain_text("11:00")
    tip, free = page.locator(".drag-tip").bounding_box(), page.locator(target).bounding_box()
    assert 0 <= tip["x"] <= 1280 - tip["width"]
    assert tip["y"] >= free["y"]
    page.mouse.up()
    wait_until(lambda: records.appointment(busy_day).time_slot_id == morning[4])


def test_the_end_of_a_long_name_is_cut_off_not_its_beginning(open_window, staff, clinic, busy_day, records):
    """Latin words in a narrow cell of a page from right to left."""
    records.rows(
        "UPDATE appointment_types SET name = :name WHERE id = :id", name="Consultation " * 12, id=clinic.type_id
    )
    page = signed_in(open_window, staff, "ar", width=600).go(f"/desk/{soon().date()}")
    note = page.locator(f'.cell.confirmed[href$="{busy_day}"] .note')
    beginning, cell = note.evaluate(
        """note => {
            const range = document.createRange();
            range.setStart(note.firstChild, 0);
            range.setEnd(note.firstChild, 1);
            return [range.getBoundingClientRect().left, note.getBoundingClientRect().left];
        }"""
    )
    assert beginning >= cell


def test_staff_choose_their_language(open_window, staff, clinic, morning):
    window = signed_in(open_window, staff, "en")
    page = window.go(f"/desk/{soon().date()}")
    page.click(".menu summary:has-text('Show')")
    page.select_option("select[name=language]", "es")
    page.click("text=Remember this")
    page.wait_for_selector("html[lang=es]")
    look(window, "es")
    expect(page.locator(".site-nav")).to_contain_text(catalogue("es").get("Desk").string)
