"""Who changed which setting when, below the clinic's settings."""

from datetime import time

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.queries.setting_events import PAGE
from webapp.rules.slots import Interval
from webapp.services.hours import set_opening_hours
from webapp.services.questions import add_question, place_question

NINE_TO_FIVE = Interval(weekday=0, opens=time(9), closes=time(17), slot_minutes=30)


def changes(page):
    return [" ".join(one.get_text(" ", strip=True).split()) for one in page.soup.select("#changes .history li")]


def events(records, clinic):
    return records.rows(
        "SELECT subject, about, actor, changes FROM setting_events WHERE tenant_id = :t ORDER BY created_at",
        t=clinic.id,
    )


@pytest.fixture
def save(alice):
    return lambda **fields: alice.submit(alice.get("/admin/clinic"), "/admin/clinic", **fields)


def test_nothing_yet(alice):
    assert "Nothing yet." in alice.get("/admin/clinic").one("#changes").text


def test_a_setting_with_what_it_was_and_who_changed_it(alice, save, clinic, records):
    (told,) = changes(save(horizon_days="30"))
    assert told.startswith("Clinic Days ahead 56 → now 30")
    assert told.endswith(", Alice")
    (event,) = events(records, clinic)
    assert (event.subject, event.changes) == ("CLINIC", [{"name": "horizon_days", "from": 56, "to": 30}])
    save(horizon_days="30")
    save(horizon_days="x")
    assert len(events(records, clinic)) == 1, "what changed nothing is no change"


def test_hours(alice, clinic, records):
    with tenant_scope(clinic.id):
        for _again in range(2):
            set_opening_hours(specialist_id=clinic.specialist_id, intervals=[NINE_TO_FIVE], actor="user:alice")
    (told,) = changes(alice.get("/admin/clinic"))
    assert told.startswith("Hours: Dr. Sam Weiss Hours – → now Monday 09:00–17:00, 30 minutes")


def test_questions(alice, clinic, records):
    with tenant_scope(clinic.id):
        add_question(label="Do you smoke?", kind="TEXT")
        second = add_question(label="Do you drink?", kind="TEXT")
    alice.post(f"/admin/questions/{second}/place", {"place": "0"})
    alice.post(f"/admin/questions/{second}/asked", {"asked": "no"})
    told = changes(alice.get("/admin/clinic"))
    assert told[0].startswith("Question: Do you drink? Asked yes → now no")
    assert told[0].endswith(", Alice")
    assert told[1].startswith("Question: Do you drink? Place 2 → now 1")
    assert "Question – → now Do you smoke?" in told[3]


def test_letters(alice, clinic, records):
    path = "/admin/letters/cancellation/email/en"
    alice.submit(alice.get(path), path, **{"letter-subject": "We are sorry"})
    (told,) = changes(alice.get("/admin/clinic"))
    assert told.startswith("Letter: Cancellation, E-mail, English Subject – → now We are sorry")
    alice.post(f"{path}/reset")
    assert "Subject We are sorry → now –" in changes(alice.get("/admin/clinic"))[0]
    alice.post(f"{path}/reset")
    assert len(events(records, clinic)) == 2


def test_page_after_page(alice, clinic):
    with tenant_scope(clinic.id):
        question = add_question(label="First?", kind="TEXT")
        add_question(label="Second?", kind="TEXT")
        for number in range(PAGE):
            place_question(question_id=question, place=1 - number % 2)
    first = alice.get("/admin/clinic")
    assert len(changes(first)) == PAGE
    second = alice.get(first.one("#changes a")["href"])
    assert len(changes(second)) == 2
    assert second.one("#changes a").text == "Newer changes"
    for nonsense in ("0", "-1", "x", "99999999999999999999"):
        assert changes(alice.get(f"/admin/clinic?changes={nonsense}")) == changes(first)


def test_another_clinic_has_its_own(alice, save, mallory, other_clinic):
    save(horizon_days="30")
    mallory.clinic = other_clinic
    assert changes(mallory.get("/admin/clinic")) == []


def test_what_is_written_by_hand_into_it_is_only_text(alice, save):
    page = save(name="<b>Bold</b>")
    assert "<b>Bold</b>" in changes(page)[0]
    assert not page.one("#changes").select("b")
