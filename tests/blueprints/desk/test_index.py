"""The desk's front door leads to a day."""

from webapp.core.timezones import utc_now


def test_today_comes_first(olga):
    assert olga.get("/desk/").path.endswith(f"/desk/{utc_now().date()}")


def test_the_date_picker_leads_to_its_day(olga):
    assert olga.get("/desk/?date=2031-03-03").path.endswith("/desk/2031-03-03")
    assert olga.get("/desk/?date=2031-03-03&view=list").path.endswith("/desk/2031-03-03/list")


def test_a_bad_date_is_today(olga):
    for date in ("", "2031-02-31", "tomorrow", "9999-99-99"):
        assert olga.get(f"/desk/?date={date}").path.endswith(f"/desk/{utc_now().date()}")
