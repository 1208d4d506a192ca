"""Weekly hours: the slots follow, slots with patients are kept and named."""

from datetime import date

import pytest

from tests.blueprints.conftest import held_at_desk, soon
from webapp.core.tenancy import tenant_scope
from webapp.queries.specialists import opening_hours


def row(number, weekday, opens, closes, minutes="30", capacity="1", since="", until=""):
    names = ("weekday", "opens", "closes", "slot_minutes", "capacity", "valid_from", "valid_until")
    values = (weekday, opens, closes, minutes, capacity, since, until)
    return {f"{number}-{name}": value for name, value in zip(names, values, strict=True)}


def save(alice, *rows, **more):
    alice.csrf()
    fields = {name: value for one in rows for name, value in one.items()}
    return alice.post(f"/admin/specialists/{alice.clinic.specialist_id}/hours", fields | more)


def hours(clinic):
    with tenant_scope(clinic.id):
        return [
            (i.weekday, f"{i.opens:%H:%M}", f"{i.closes:%H:%M}", i.slot_minutes, i.capacity)
            for i in opening_hours(clinic.specialist_id)
        ]


def test_several_intervals_a_day(alice, clinic, records):
    page = save(alice, row(0, "0", "08:00", "12:00"), row(1, "0", "13:00", "17:00", "60", "8"), row(2, "", "", ""))
    assert hours(clinic) == [(0, "08:00", "12:00", 30, 1), (0, "13:00", "17:00", 60, 8)]
    assert "Hours saved:" in page.text
    assert records.count("time_slots", clinic) >= 12 * 8


def test_monday_to_friday_in_one_row(alice, clinic):
    save(alice, row(0, "0-4", "09:00", "10:00"))
    assert [weekday for weekday, *_rest in hours(clinic)] == [0, 1, 2, 3, 4]


def test_until_midnight(alice, clinic):
    save(alice, row(0, "6", "22:00", "00:00"))
    assert hours(clinic) == [(6, "22:00", "00:00", 30, 1)]


def test_hours_for_a_time_only(alice, clinic):
    save(alice, row(0, "0", "08:00", "12:00", since="2031-01-01", until="2031-06-30"))
    with tenant_scope(clinic.id):
        (interval,) = opening_hours(clinic.specialist_id)
    assert (interval.valid_from, interval.valid_until) == (date(2031, 1, 1), date(2031, 6, 30))
    page = alice.get(f"/admin/specialists/{clinic.specialist_id}")
    assert page.value("0-valid_until") == "2031-06-30"


def test_no_rows_means_no_hours(alice, clinic):
    save(alice, row(0, "0", "08:00", "12:00"))
    save(alice, row(0, "", "", ""))
    assert hours(clinic) == []


def test_slots_with_patients_are_kept_and_named(alice, clinic, records):
    slot = clinic.slot(soon(days=3))
    held_at_desk(clinic, slot)
    page = save(alice, row(0, str(soon(days=3).weekday()), "09:15", "12:00"))
    assert page.status == 200
    assert "1 slot with patients lies outside the new hours." in page.text
    assert page.one(".conflicts tbody a")["href"].endswith(f"/desk/{soon(days=3).date()}")
    assert len(records.live(slot)) == 1


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (row(0, "0", "12:00", "08:00"), "Row 1, Closes: Closing time must be after opening time."),
        (row(0, "0", "noon", "13:00"), "Row 1, Opens: Enter a time of day such as 08:30."),
        (row(0, "0", "08:00", ""), "Row 1, Closes: Enter a time of day such as 08:30."),
        (row(0, "9", "08:00", "09:00"), "Row 1, Day: Choose a day of the week."),
        (row(0, "0", "08:00", "09:00", "0"), "Row 1, Slot minutes: Enter a whole number from 1 to 1439."),
        (row(0, "0", "08:00", "09:00", capacity="x"), "Row 1, Seats a slot: Enter a whole number from 1 to 100000."),
        (row(0, "0", "08:00", "09:00", since="soon"), "Row 1, From day: Enter a date, or leave this empty."),
        (
            row(0, "0", "08:00", "09:00", since="2031-02-01", until="2031-01-01"),
            "Row 1, Until day: The last day must not be before the first day.",
        ),
    ],
)
def test_bad_rows_are_named_and_kept(alice, clinic, bad, problem):
    page = save(alice, bad)
    assert page.status == 400
    assert page.problems == [problem]
    assert page.value("0-closes") == bad["0-closes"]
    assert page.soup.select_one(page.one(".problem a")["href"])["aria-invalid"] == "true"
    assert hours(clinic) == []


def test_more_rows_keep_what_was_typed(alice, clinic):
    page = save(alice, row(0, "0", "08:00", "12:00"), more="1")
    assert page.value("0-opens") == "08:00"
    assert len(page.soup.select(".hours tbody tr")) == 4
    assert hours(clinic) == []


def test_another_clinics_specialist_is_404(alice, other_clinic):
    alice.csrf()
    page = alice.post(f"/admin/specialists/{other_clinic.specialist_id}/hours", row(0, "0", "08:00", "12:00"))
    assert page.status == 404
    assert hours(other_clinic) == []
