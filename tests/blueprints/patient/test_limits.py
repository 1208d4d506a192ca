"""How many times a visitor may hold: by browser, and far more loosely by address."""

import pytest

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import PAT, finish
from webapp.blueprints.patient.limits import (
    HELD_AN_HOUR,
    HELD_AN_HOUR_AN_ADDRESS,
    HELD_AT_ONCE,
    HELD_AT_ONCE_AN_ADDRESS,
)

COPY = """
    WITH made AS (
        INSERT INTO appointments (tenant_id, start_time, end_time, status, expires_at, source)
        SELECT tenant_id, start_time + n * interval '1 day', end_time + n * interval '1 day',
               CAST(:status AS appointment_status),
               CASE WHEN :status = 'HOLD' THEN clock_timestamp() + interval '5 min' END, 'PATIENT'
        FROM appointments, generate_series(1, CAST(:many AS int)) n WHERE id = :id
        RETURNING tenant_id, id)
    INSERT INTO patient_holds (tenant_id, appointment_id, visitor, address)
    SELECT made.tenant_id, made.id, CASE WHEN :same THEN like_this.visitor ELSE made.id::text END, like_this.address
    FROM made, patient_holds like_this WHERE like_this.appointment_id = :id
"""


@pytest.fixture
def slots(visitor):
    return [visitor.clinic.slot(soon(hour=8), after=30 * number) for number in range(4)]


@pytest.fixture
def times_page(visitor, slots):
    return visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")


def take(visitor, page, number):
    button = page.soup.select("button.time")[number]
    return visitor.submit(page, str(soon().date()), start=button["value"])


def add_holds(records, slot, many, *, status, same_browser):
    """As if so many more had been taken a moment ago, by the browser that holds this slot or by its neighbours."""
    (held,) = records.live(slot)
    records.rows(COPY, id=held, many=many, status=status, same=same_browser)


def refused(page, words):
    assert (page.status, page.heading) == (429, "Too many times held")
    assert page.response.request.method == "GET", "its address can be opened again"
    assert words in page.text
    assert int(page.response.headers["Retry-After"]) > 0
    return True


def test_a_browser_holds_a_few_times_at_once(visitor, times_page, slots, records):
    take(visitor, times_page, 0)
    add_holds(records, slots[0], HELD_AT_ONCE - 2, status="HOLD", same_browser=True)
    held = take(visitor, times_page, 1)
    assert held.heading == "Your details"
    page = take(visitor, times_page, 2)
    assert refused(page, "give it back, or wait until one runs out")
    assert len(page.soup.select(".holdings li")) == HELD_AT_ONCE
    assert held.path in [a["href"] for a in page.soup.select(".holdings a")]
    assert records.live(slots[2]) == []
    assert take(visitor, times_page, 1).path == held.path, "the same button again is no further hold"
    visitor.submit(held, "/give-back")
    assert take(visitor, times_page, 2).heading == "Your details"


def test_each_of_those_can_be_given_back(visitor, times_page, slots, records):
    first = take(visitor, times_page, 0)
    add_holds(records, slots[0], HELD_AT_ONCE - 1, status="HOLD", same_browser=True)
    page = take(visitor, times_page, 1)
    visitor.submit(page, f"{first.path}/give-back")
    assert records.live(slots[0]) == []
    assert take(visitor, times_page, 1).heading == "Your details"


def test_a_party_is_one_of_them_and_given_back_whole(visitor, halves, party_page, records):
    add_holds(records, halves[0], HELD_AT_ONCE - 3, status="HOLD", same_browser=True)
    page = take(visitor, visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}"), 0)
    assert refused(page, "give it back")
    rows = [item.get_text(" ", strip=True) for item in page.soup.select(".holdings li")]
    assert len(rows) == 1 + HELD_AT_ONCE - 3
    assert [row for row in rows if "Give these times back" in row] == rows[:1]
    visitor.submit(page, f"{party_page.path}/give-back")
    assert [one for half in halves for one in records.live(half)] == []


def test_at_the_limit_a_time_can_still_be_changed(visitor, times_page, slots, records):
    take(visitor, times_page, 0)
    add_holds(records, slots[0], HELD_AT_ONCE - 1, status="HOLD", same_browser=True)
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{soon().date()}")
    assert take(visitor, page, 0).heading == "Your details"
    assert records.live(slots[0]) == []


def test_a_browser_holds_so_many_an_hour(visitor, times_page, slots, records):
    take(visitor, times_page, 0)
    add_holds(records, slots[0], HELD_AN_HOUR - 1, status="EXPIRED", same_browser=True)
    assert refused(take(visitor, times_page, 1), "in the last hour")
    records.rows(
        "UPDATE patient_holds SET taken_at = taken_at - interval '1 hour' WHERE tenant_id = :t", t=visitor.clinic.id
    )
    assert take(visitor, times_page, 1).heading == "Your details"


def test_neighbours_behind_one_address_are_not_punished(app, visitor, times_page, slots, records):
    take(visitor, times_page, 0)
    add_holds(records, slots[0], HELD_AT_ONCE_AN_ADDRESS - 2, status="HOLD", same_browser=False)
    assert take(visitor, times_page, 1).heading == "Your details"


@pytest.mark.parametrize(("status", "most"), [("HOLD", HELD_AT_ONCE_AN_ADDRESS), ("EXPIRED", HELD_AN_HOUR_AN_ADDRESS)])
def test_but_an_address_is_limited_too_so_that_new_browsers_gain_nothing(
    app, visitor, times_page, slots, records, status, most
):
    take(visitor, times_page, 0)
    add_holds(records, slots[0], most - 1, status=status, same_browser=False)
    neighbour = Visitor(app.test_client(), visitor.clinic)
    elsewhere = Visitor(app.test_client(), visitor.clinic)
    neighbour.client.environ_base["REMOTE_ADDR"] = visitor.client.environ_base["REMOTE_ADDR"]
    path = f"/book/{visitor.clinic.type_id}/{soon().date()}"
    assert refused(take(neighbour, neighbour.get(path), 0), "from your network")
    assert take(elsewhere, elsewhere.get(path), 0).heading == "Your details"


def test_other_clinics_do_not_count(app, visitor, times_page, slots, other_clinic, records):
    take(visitor, times_page, 0)
    add_holds(records, slots[0], HELD_AN_HOUR, status="EXPIRED", same_browser=True)
    other_clinic.slot(soon())
    path = f"/c/{other_clinic.id}/book/{other_clinic.type_id}/{soon().date()}"
    page = visitor.get(path)
    assert visitor.submit(page, str(soon().date()), start=page.one("button.time")["value"]).heading == "Your details"


def test_what_is_booked_is_held_no_more(visitor, times_page, slots, records):
    take(visitor, times_page, 0)
    add_holds(records, slots[0], HELD_AT_ONCE - 1, status="HOLD", same_browser=True)
    (held,) = records.live(slots[0])
    records.rows("UPDATE appointments SET status = 'CONFIRMED', expires_at = NULL WHERE id = :id", id=held)
    assert take(visitor, times_page, 1).heading == "Your details"


def test_in_place_of_a_time_that_ran_out_the_limits_hold_too(visitor, times_page, slots, records):
    page = take(visitor, times_page, 0)
    add_holds(records, slots[0], HELD_AN_HOUR, status="EXPIRED", same_browser=True)
    records.run_out(*records.live(slots[0]))
    page = visitor.submit(page, page.path, **PAT)
    assert refused(visitor.submit(page, "/instead", slot_id=str(slots[1])), "in the last hour")


def test_two_hundred_requests_of_a_program_leave_the_person_beside_it_a_time(app, visitor, times_page, slots, records):
    later = [visitor.clinic.slot(soon(hour=8), after=30 * number) for number in range(4, 16)]
    values = [button["value"] for button in visitor.get(times_page.path).soup.select("button.time")]
    assert len(values) == len(slots + later)
    told = [
        visitor.post(
            times_page.path,
            {"start": values[number % len(values)], "key": f"{number:032x}"},
            follow_redirects=False,
        ).response.location
        for number in range(200)
    ]
    assert sum("/hold/" in one for one in told) == HELD_AT_ONCE
    refusals = [one for one in told if "/taken?" in one]
    assert len(refusals) == 200 - HELD_AT_ONCE
    assert visitor.get(refusals[-1]).status == 429
    person = Visitor(app.test_client(), visitor.clinic)
    person.client.environ_base["REMOTE_ADDR"] = visitor.client.environ_base["REMOTE_ADDR"]
    page = take(person, person.get(times_page.path), 0)
    assert finish(person, page, **PAT).heading == "Your visit is booked"


def test_an_address_that_a_request_only_claims_counts_for_nothing(visitor, times_page, slots, records):
    take(visitor, times_page, 0)
    add_holds(records, slots[0], HELD_AN_HOUR_AN_ADDRESS - 1, status="EXPIRED", same_browser=False)
    visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.77"
    visitor.client.environ_base["HTTP_FORWARDED"] = "for=192.0.2.77"
    assert refused(take(visitor, times_page, 1), "from your network")
