"""The shop: local dates and times, users by reference, four refusals in their order."""

from datetime import time
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from tests.conftest import Clinic, make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.rules.slots import Interval
from webapp.services.hours import set_opening_hours
from webapp.services.patients import add_patient
from webapp.services.tenants import ensure_tenant

EVERY_HOUR = [f"{hour:02d}:00" for hour in range(9, 17)]
DATE = "2031-03-03"


def open_shop(opens: int = 9, closes: int = 17) -> None:
    hours = [Interval(weekday, time(opens), time(closes), 60) for weekday in range(7)]
    set_opening_hours(specialist_id=None, intervals=hours)


@pytest.fixture
def shop(within: Clinic) -> Clinic:
    open_shop()
    add_patient(full_name="Bob", reference="user_bob")
    return within


def book(api: FlaskClient, user: object = "user_pat", date: object = DATE, at: object = "10:00", **headers: str):
    return api.post("/bookings", json={"user_id": user, "date": date, "time": at}, headers=headers)


def times(api: FlaskClient, date: str = DATE) -> list[str]:
    return api.get("/slots", query_string={"date": date}).json["available_times"]


def test_health(client):
    assert (client.get("/health").status_code, client.get("/health").json) == (200, {"status": "ok"})


def test_the_free_times_of_a_day(api, shop):
    answer = api.get("/slots", query_string={"date": DATE})
    assert (answer.status_code, answer.json) == (200, {"available_times": EVERY_HOUR})


def test_a_booked_time_is_not_free_any_more(api, shop):
    answer = book(api)
    assert answer.status_code == 200
    assert answer.json == {"booking_id": str(UUID(answer.json["booking_id"]))}
    assert times(api) == [hour for hour in EVERY_HOUR if hour != "10:00"]


@pytest.mark.concurrency
def test_it_is_sold_once(api, shop):
    book(api)
    answer = book(api, "user_bob")
    assert (answer.status_code, answer.json["error"]) == (400, "Slot full")


@pytest.mark.parametrize("date", ["", "03-03-2031", "2031-3-3", "2031-02-30", "2031/03/03", "tomorrow", "20310303"])
def test_a_date_that_is_none(api, shop, date):
    for answer in (book(api, date=date), api.get("/slots", query_string={"date": date})):
        assert (answer.status_code, answer.json["error"]) == (400, "Invalid date format")


def test_no_date(api, shop):
    assert api.get("/slots").json["error"] == "Invalid date format"
    assert api.post("/bookings", json={"user_id": "user_pat", "time": "10:00"}).json["error"] == "Invalid date format"


@pytest.mark.parametrize("user", ["user_nobody", "", "USER_PAT", "user_pat "])
def test_a_user_there_is_not(api, shop, user):
    answer = book(api, user)
    assert (answer.status_code, answer.json["error"]) == (400, "User not found")


@pytest.mark.parametrize("at", ["08:00", "17:00", "10:30", "10:00:00", "25:00", "", "9:00", "ten"])
def test_a_time_at_which_it_is_closed(api, shop, at):
    answer = book(api, at=at)
    assert (answer.status_code, answer.json["error"]) == (400, "Shop closed")


def test_what_is_wrong_is_told_in_the_order_of_the_source(api, shop):
    book(api)
    assert book(api, "user_nobody", "bad", "03:00").json["error"] == "Invalid date format"
    assert book(api, "user_nobody", DATE, "03:00").json["error"] == "User not found"
    assert book(api, "user_bob", DATE, "03:00").json["error"] == "Shop closed"
    assert book(api, "user_bob", DATE, "10:00").json["error"] == "Slot full"


@pytest.mark.isolation
def test_another_clinics_user_is_not_found(api, shop, other_clinic):
    with tenant_scope(other_clinic.id):
        add_patient(full_name="Theirs", reference="user_theirs")
    assert book(api, "user_theirs").json["error"] == "User not found"


@pytest.mark.idempotency
def test_a_key_makes_a_retry_harmless(api, shop):
    answers = [book(api, **{"Idempotency-Key": "k"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["booking_id"] for answer in answers}) == 1
    assert book(api, at="11:00", **{"Idempotency-Key": "k"}).status_code == 422
    assert times(api) == [hour for hour in EVERY_HOUR if hour != "10:00"]


def test_without_a_clinic_named_it_is_the_default_one(app, client, settings):
    with tenant_scope(settings.default_tenant):
        ensure_tenant()
        open_shop()
        user = f"user_{uuid4().hex}"
        add_patient(full_name="Walk-in", reference=user)
    date = "2031-07-01"
    assert times(client, date)[0] == "09:00"
    free = times(client, date)
    assert book(client, user, date, free[-1]).status_code == 200
    assert times(client, date) == free[:-1]


@pytest.mark.parametrize(
    ("date", "listed"),
    [
        ("2031-03-30", ["00:00", "01:00", "03:00", "04:00", "05:00"]),  # 02:00 does not come
        ("2031-10-26", ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00"]),  # it comes twice
    ],
)
def test_on_days_when_the_clocks_change_each_listed_time_can_be_had(app, client, date, listed):
    clinic = make_clinic("spree", timezone="Europe/Berlin")
    with tenant_scope(clinic.id):
        open_shop(0, 6)
        for number in range(len(listed)):
            add_patient(full_name="User", reference=f"user_{number}")
    client.environ_base["HTTP_X_TENANT_ID"] = clinic.id
    assert times(client, date) == listed
    for number, at in enumerate(listed):
        answer = book(client, f"user_{number}", date, at)
        assert answer.status_code == 200, (at, answer.json)
    assert times(client, date) == []


def test_a_time_that_does_not_come_is_closed(app, client):
    clinic = make_clinic("spree", timezone="Europe/Berlin")
    with tenant_scope(clinic.id):
        open_shop(0, 6)
    client.environ_base["HTTP_X_TENANT_ID"] = clinic.id
    assert book(client, date="2031-03-30", at="02:00").json["error"] == "Shop closed"


@pytest.mark.parametrize("date", ["0001-01-01", "0001-01-02", "9999-12-31", "1900-01-01"])
def test_the_ends_of_the_calendar(app, client, date):
    for zone in ("UTC", "Europe/Berlin", "America/New_York"):
        clinic = make_clinic("edge", timezone=zone)
        client.environ_base["HTTP_X_TENANT_ID"] = clinic.id
        assert client.get("/slots", query_string={"date": date}).status_code in (200, 400)
        assert book(client, date=date).status_code == 400
