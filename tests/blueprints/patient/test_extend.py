"""More time: a hold lasts longer, up to ten times."""

from datetime import timedelta

from tests.blueprints.patient.conftest import PAT
from webapp.services.standing import MAX_EXTENSIONS


def more_time(visitor, page, **fields):
    return visitor.post(f"{page.path}/more-time", fields)


def test_it_lasts_longer_and_the_answers_stay(visitor, details_page, held, records):
    records.rows("UPDATE appointments SET expires_at = expires_at - interval '2 minutes' WHERE id = :id", id=held)
    before = records.appointment(held).expires_at
    page = more_time(visitor, details_page, **PAT)
    assert page.status == 200
    assert records.appointment(held).expires_at - before > timedelta(seconds=90)
    assert page.value("full_name") == "Pat Doe"
    assert page.problems == []


def test_a_script_gets_the_strip_only(visitor, details_page):
    page = visitor.post(f"{details_page.path}/more-time", headers={"X-Fragment": "1"})
    assert page.soup.select_one("[data-countdown]")
    assert not page.soup.select("html")


def test_ten_times_and_no_more(visitor, details_page, held, records):
    records.rows("UPDATE appointments SET extensions = :n WHERE id = :id", n=MAX_EXTENSIONS - 1, id=held)
    assert not more_time(visitor, details_page).soup.select("[data-extend]")
    assert "as often as it can be" in more_time(visitor, details_page).text


def test_once_it_ran_out_it_is_too_late(visitor, details_page, held, records):
    records.run_out(held)
    page = more_time(visitor, details_page, **PAT)
    assert (page.status, page.heading) == (409, "Your hold has ended")
    assert "What you typed is kept." in page.text


def test_wrong_method(visitor, details_page):
    assert visitor.get(f"{details_page.path}/more-time").status == 405
