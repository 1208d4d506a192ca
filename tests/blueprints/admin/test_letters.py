"""What patients are told, in the clinic's words."""

import re

import pytest

from tests.conftest import free_port
from webapp.core.tenancy import tenant_scope
from webapp.queries.clinics import find_clinic
from webapp.queries.letters import all_own_words
from webapp.rules.letters import Words, check_body, check_subject, in_braces, needed_for, places_for
from webapp.web.languages import spoken_here
from webapp.web.letters import in_language, show
from webapp.web.wording import house_words

LIST = "/admin/letters"
PATH = f"{LIST}/confirmation/email/en"
MINE = {"letter-subject": "See you on {date}", "letter-body": "Dear guest,\n\n{date} at {time}\nTo change it: {link}"}


def own(clinic):
    with tenant_scope(clinic.id):
        return all_own_words()


def save(alice, path=PATH, **fields):
    return alice.submit(alice.get(path), path, **fields)


def test_the_list_is_in_one_language(alice, clinic):
    page = alice.get(LIST)
    assert "Your visit on {date}" in page.text
    assert len(page.soup.select(".letters a")) == 12
    assert alice.get("/admin/").soup.select_one('a[href$="/admin/letters"]')
    german = alice.get(f"{LIST}?language=de")
    assert "Ihr Termin" in german.text
    assert alice.get(f"{LIST}?language=xx").soup.select_one(f'.letters a[href$="{PATH}"]')


def test_words_are_saved_marked_and_shown_as_they_go_out(alice, clinic):
    page = save(alice, **MINE)
    assert "The text was saved." in page.text
    assert own(clinic) == {("CONFIRMATION", "EMAIL", "en"): Words(*MINE.values())}
    assert page.form("/confirmation/email/en")["letter-body"] == MINE["letter-body"]
    frame = page.one("iframe")
    assert frame["sandbox"] == []
    assert "Dear guest," in frame["srcdoc"]
    assert '<a href="http' in frame["srcdoc"]
    assert "{" not in page.soup.select_one("p.as-text:not(details *)").text
    assert [one.text for one in alice.get(LIST).soup.select(".letters .badge")] == ["your words"]


def test_a_look_changes_nothing(alice, clinic):
    page = save(alice, **MINE, look="1")
    assert page.status == 200
    assert "Dear guest," in page.one("iframe")["srcdoc"]
    assert page.form(PATH)["letter-body"] == MINE["letter-body"]
    assert own(clinic) == {}


def test_the_letters_styles_are_allowed_by_digest_and_nothing_else(alice):
    policy = alice.get(PATH).response.headers["Content-Security-Policy"]
    assert re.search(r"style-src 'self' 'sha256-[\w+/=]{44}'$", policy)
    assert "unsafe" not in policy
    assert "style-src" not in alice.get(LIST).response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"letter-subject": ""}, "Enter a subject of at most 200 characters."),
        ({"letter-subject": "x" * 201}, "Enter a subject of at most 200 characters."),
        (
            {"letter-subject": "{link}"},
            "{link} cannot be used here. There are: {date}, {time}, {clinic}, {place}, {phone}.",
        ),
        ({"letter-body": ""}, "Enter the text."),
        ({"letter-body": "x" * 4001}, "The text is longer than 4000 characters. Shorten it."),
        (
            {"letter-body": "{date} {time} {link} {doctor}"},
            "{doctor} cannot be used here. There are: {date}, {time}, {clinic}, {place}, {phone}, {link}.",
        ),
        (
            {"letter-body": "{date} {time} {link} {stop}"},
            "{stop} cannot be used here. There are: {date}, {time}, {clinic}, {place}, {phone}, {link}.",
        ),
        ({"letter-body": "{date} {link"}, "A brace is open without its other half. Write places like {date}."),
        ({"letter-body": "{date}"}, "Patients need this, too: {time}, {link}. Put it into the text."),
    ],
)
@pytest.mark.parametrize("button", [{}, {"look": "1"}])
def test_bad_words_are_refused_with_what_to_do_and_kept(alice, clinic, fields, problem, button):
    page = save(alice, **MINE | fields, **button)
    assert (page.status, page.problems) == (400, [problem])
    form = page.form(PATH)
    for name, value in fields.items():
        assert form[name] == value
    assert own(clinic) == {}


def test_a_short_message_has_no_subject(alice, clinic):
    path = f"{LIST}/reminder/sms/en"
    page = alice.get(path)
    assert not page.soup.select_one("[name=letter-subject]")
    assert not page.soup.select_one("iframe")
    assert save(alice, path, **{"letter-body": "{date} {time} {link}"}).status == 400
    save(alice, path, **{"letter-body": "{date} {time}\n{link} {stop}"})
    assert own(clinic) == {("REMINDER", "SMS", "en"): Words("", "{date} {time}\n{link} {stop}")}


def test_the_letter_to_who_waits_speaks_of_no_visit(alice, clinic):
    path = f"{LIST}/waiting/email/en"
    page = alice.get(path)
    assert page.heading == "Waiting list by e-mail"
    assert [one.text for one in page.soup.select(".places code")] == ["{clinic}", "{place}", "{phone}", "{link}"]
    assert "opens the patient’s page on the waiting list" in page.text
    words = {"letter-subject": "Your place at {clinic}", "letter-body": "We will write to you.\n\nYour page: {link}"}
    looked = save(alice, path, **words, look="1")
    assert "We will write to you." in looked.one("iframe")["srcdoc"]
    assert "/waiting/" in looked.one("iframe")["srcdoc"]
    refused = save(alice, path, **words | {"letter-body": "On {date}: {link}"})
    known = "{clinic}, {place}, {phone}, {link}"
    assert refused.problems == [f"{{date}} cannot be used here. There are: {known}."]
    assert "The text was saved." in save(alice, path, **words).text
    assert own(clinic) == {("WAITING", "EMAIL", "en"): Words(*words.values())}


def test_the_words_that_come_with_it_are_one_press_away(alice, clinic):
    assert not alice.get(PATH).soup.select_one("details form")
    page = save(alice, **MINE)
    page = alice.submit(page, f"{PATH}/reset")
    assert own(clinic) == {}
    assert page.form(PATH)["letter-subject"] == "Your visit on {date}"


def test_what_somebody_else_saved_meanwhile_is_not_lost_unseen(alice, clinic):
    form = alice.get(PATH).form(PATH)
    save(alice, **MINE | {"letter-subject": "Theirs {date}"})
    page = alice.post(PATH, form | MINE)
    assert page.status == 409
    assert "Somebody changed this text meanwhile." in page.problems[0]
    assert "Theirs" in page.one("iframe")["srcdoc"]
    assert own(clinic)["CONFIRMATION", "EMAIL", "en"].subject == "Theirs {date}"
    page = alice.submit(page, PATH)
    assert own(clinic)["CONFIRMATION", "EMAIL", "en"].subject == MINE["letter-subject"]
    assert alice.post(PATH, form | MINE).status == 200  # sent twice: the same


def test_what_the_clinic_writes_is_text(alice):
    page = save(alice, **MINE | {"letter-body": "<b>Hi</b> {date} {time} {link} <script>"}, look="1")
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page.one("iframe")["srcdoc"]
    assert not page.soup.select("b, .as-text script")


@pytest.mark.parametrize("path", ["x/email/en", "confirmation/x/en", "confirmation/email/xx", "CONFIRMATION/email/en"])
def test_there_is_no_other_text(alice, path):
    assert alice.get(f"{LIST}/{path}").status == 404


def test_another_clinic_keeps_its_words(alice, other_clinic):
    save(alice, **MINE)
    assert own(other_clinic) == {}


def test_the_words_that_come_with_it_keep_the_rules(app, clinic):
    with app.app_context(), tenant_scope(clinic.id):
        for language in spoken_here():
            for kind in ("CONFIRMATION", "CHANGE", "CANCELLATION", "REMINDER", "OFFER", "WAITING"):
                for channel in ("EMAIL", "SMS"):
                    with in_language(find_clinic(clinic.id), language):
                        words = house_words(kind, channel)
                        check_subject(words.subject, kind=kind, channel=channel)
                        check_body(words.body, kind=kind, channel=channel)
                        assert "{" not in show(words, kind=kind, channel=channel).text


def test_each_kind_knows_its_places():
    assert "stop" in needed_for("REMINDER")
    assert "until" in needed_for("OFFER")
    assert "stop" not in places_for("OFFER")
    assert places_for("WAITING") == ("clinic", "place", "phone", "link")
    assert "link" not in places_for("CHANGE", subject=True)
    assert in_braces(["a", "b"]) == "{a}, {b}"


@pytest.fixture
def mail_by(app, monkeypatch):
    """Set the mail server that the house uses."""

    def use(port: int) -> None:
        settings = app.config["SETTINGS"]
        changed = {"smtp_url": f"smtp://127.0.0.1:{port}", "mail_from": "book@clinic.example"}
        monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update=changed))

    return use


def test_a_test_mail_goes_to_ones_own_address(alice, sink, mail_by):
    mail_by(sink.port)
    sink.letters.mood = lambda _server: "250 2.0.0 queued as <b>42</b>"
    page = alice.submit(alice.get(LIST), "/letters/test")
    assert "The mail server took it and said: 250 2.0.0 queued as <b>42</b>" in page.text
    (letter,) = sink.letters.got
    assert letter["To"] == "alice@clinic.example"
    assert letter["Subject"] == "Test of mail from Harbour"


def test_what_the_server_says_against_it_is_shown(alice, sink, mail_by):
    mail_by(sink.port)
    sink.letters.refuse.add("alice@clinic.example")
    page = alice.submit(alice.get(LIST), "/letters/test")
    assert "It did not go out: 550 nobody of that name" in page.text
    mail_by(free_port())
    page = alice.submit(alice.get(LIST), "/letters/test")
    assert "It did not go out: the mail server could not be reached" in page.text


def test_without_a_mail_server_it_says_what_to_set(alice):
    page = alice.submit(alice.get(LIST), "/letters/test")
    assert "no mail server is set up. Set SMTP_URL and MAIL_FROM." in page.text


def test_test_mail_is_rationed(alice):
    page = alice.get(LIST)
    for _ in range(10):
        page = alice.submit(alice.get(LIST), "/letters/test")
    assert alice.submit(page, "/letters/test").status == 429
