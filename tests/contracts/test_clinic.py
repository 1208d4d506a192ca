"""The clinic API: doctors, their slots, a seat that is held and then confirmed, and what may happen afterwards."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.conftest import DAY, serving, settings_for
from webapp import create_app
from webapp.core import database
from webapp.core.database import engines
from webapp.core.timezones import iso, utc_now

HOUR = timedelta(hours=1)


def seat(api, slot, **more):
    return api.post(f"/api/slots/{slot}/book", json={"patient_name": "Ines Prado"} | more)


def step(api, booking: str, name: str, **body):
    return api.post(f"/api/bookings/{booking}/{name}", **({"json": body} if body else {}))


def test_a_doctor_is_added_and_listed(api, clinic):
    made = api.post("/api/admin/doctors", json={"name": " Dr. Ada ", "specialization": "Surgery"})
    assert (made.status_code, made.json["name"], made.json["specialization"]) == (201, "Dr. Ada", "Surgery")
    assert {doctor["id"] for doctor in api.get("/api/admin/doctors").json} == {
        made.json["id"], str(clinic.specialist_id)
    }  # fmt: skip


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "   "}, {"name": None}, {"name": 7}, {"name": "x" * 256}])
def test_a_doctor_needs_a_name(api, body):
    assert api.post("/api/admin/doctors", json=body).status_code == 400


def slot_body(start: datetime = DAY, *, hours: float = 1, **more):
    return {"start_time": iso(start), "end_time": iso(start + hours * HOUR)} | more


def test_a_slot_is_added(api, clinic):
    made = api.post(f"/api/admin/doctors/{clinic.specialist_id}/slots", json=slot_body(capacity=3))
    assert made.status_code == 201
    assert made.json == {
        "id": made.json["id"], "doctor_id": str(clinic.specialist_id), "doctor_name": "Dr. Sam Weiss",
        "start_time": iso(DAY), "end_time": iso(DAY + HOUR), "capacity": 3, "available_seats": 3,
    }  # fmt: skip
    assert api.get(f"/api/slots/{made.json['id']}").json == made.json


def test_slots_of_a_doctor_do_not_overlap(api, clinic):
    path = f"/api/admin/doctors/{clinic.specialist_id}/slots"
    assert api.post(path, json=slot_body()).status_code == 201
    assert api.post(path, json=slot_body(DAY + HOUR / 2)).status_code == 409
    assert api.post(path, json=slot_body(DAY + HOUR)).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        slot_body(hours=0),
        slot_body(hours=-1),
        slot_body(hours=24),
        slot_body(capacity=0),
        slot_body(capacity=-1),
        slot_body(capacity="3"),
        slot_body(capacity=True),
        slot_body(capacity=1.5),
        slot_body(capacity=10**30),
        slot_body() | {"start_time": "2031-03-03T00:00:00"},
        slot_body() | {"end_time": None},
        slot_body() | {"start_time": int(DAY.timestamp())},
        slot_body() | {"start_time": str(int(DAY.timestamp()))},
        slot_body() | {"start_time": "2031-03-03"},
    ],
)
def test_a_slot_that_makes_no_sense(api, clinic, body):
    assert api.post(f"/api/admin/doctors/{clinic.specialist_id}/slots", json=body).status_code == 400


def test_a_slot_of_nobody(api, other_clinic):
    for doctor in (uuid4(), other_clinic.specialist_id):
        assert api.post(f"/api/admin/doctors/{doctor}/slots", json=slot_body()).status_code == 404


def test_open_slots_from_now_on(api, clinic):
    clinic.slot(utc_now() - HOUR)
    soon, later = clinic.slot(utc_now() + HOUR), clinic.slot(utc_now() + 2 * HOUR, capacity=2)
    assert [(slot["id"], slot["available_seats"]) for slot in api.get("/api/slots").json] == [
        (str(soon), 1), (str(later), 2)
    ]  # fmt: skip
    assert seat(api, soon).status_code == seat(api, later).status_code == 201
    assert [(slot["id"], slot["available_seats"]) for slot in api.get("/api/slots").json] == [(str(later), 1)]


@pytest.mark.parametrize("since", ["now", "2031-03-03", "2031-03-03T00:00:00", "1893456000", "1e9", ""])
def test_from_an_instant_with_its_offset(api, since):
    assert api.get("/api/slots", query_string={"since": since}).status_code == 400


def test_page_by_page(api, clinic):
    made = [str(clinic.slot(after=30 * n)) for n in range(5)]
    seen, path = [], "/api/slots?limit=2"
    while path:
        answer = api.get(path)
        seen += [slot["id"] for slot in answer.json]
        path = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert seen == made


@pytest.mark.concurrency
def test_a_seat_is_held_and_confirmed(api, clinic, records):
    slot = clinic.slot()
    held = seat(api, slot, patient_contact="ines@mail.example")
    assert (held.status_code, held.json["status"], held.json["appointment_status"]) == (201, "PENDING", "HOLD")
    assert datetime.fromisoformat(held.json["expires_at"]) == records.appointment(UUID(held.json["id"])).expires_at
    assert seat(api, slot).status_code == 409
    confirmed = step(api, held.json["id"], "confirm")
    assert (confirmed.status_code, confirmed.json["status"], confirmed.json["expires_at"]) == (200, "CONFIRMED", None)
    assert step(api, held.json["id"], "confirm").json == confirmed.json
    patient = records.one("SELECT * FROM patients WHERE tenant_id = :t AND full_name = 'Ines Prado'", t=clinic.id)
    assert patient.contact == "ines@mail.example"


def test_when_it_is_full_the_sentence_is_the_sources(api, clinic):
    slot = clinic.slot(capacity=2)
    assert [seat(api, slot).status_code for _ in range(3)] == [201, 201, 409]
    assert seat(api, slot).json["error"] == "No available seat"


def test_an_overdue_booking_fails_and_its_seat_is_free(api, clinic, records):
    slot = clinic.slot()
    held = seat(api, slot).json["id"]
    records.run_out(UUID(held))
    assert api.get(f"/api/bookings/{held}").json["status"] == "FAILED"
    assert api.get(f"/api/slots/{slot}").json["available_seats"] == 1
    refused = step(api, held, "confirm")
    assert (refused.status_code, refused.json["status"], refused.json["id"]) == (409, "FAILED", held)
    assert seat(api, slot).status_code == 201


def test_a_cancelled_booking_fails(api, clinic):
    held = seat(api, clinic.slot()).json["id"]
    cancelled = step(api, held, "cancel", reason="moved away")
    assert (cancelled.status_code, cancelled.json["status"]) == (200, "FAILED")
    refused = step(api, held, "confirm")
    assert (refused.status_code, refused.json["status"]) == (409, "FAILED")
    events = api.get(f"/api/bookings/{held}/events").json
    assert [(event["event_type"], event["detail"]) for event in events] == [
        ("HELD", {}), ("CANCELLED", {"reason": "moved away"})
    ]  # fmt: skip


@pytest.mark.parametrize("body", [{}, {"patient_name": ""}, {"patient_name": " "}, {"patient_name": "\t"}])
def test_a_seat_is_for_somebody(api, clinic, body, records):
    slot = clinic.slot()
    assert api.post(f"/api/slots/{slot}/book", json=body).status_code == 400
    assert records.live(slot) == []


def test_names_in_any_script(api, clinic, records):
    names = ["Ελένη", "佐藤花子", "فاطمة", "नम‍्रता", "O'Brien-Ñandú", "👩‍⚕️"]
    slot = clinic.slot(capacity=len(names))
    assert [seat(api, slot, patient_name=name).status_code for name in names] == [201] * len(names)
    rows = records.rows("SELECT full_name FROM patients WHERE tenant_id = :t", t=clinic.id)
    assert set(names) <= {row.full_name for row in rows}


@pytest.mark.parametrize("priority", ["NORMAL", "VIP", "URGENT"])
def test_the_priority_is_recorded(api, clinic, records, priority):
    held = seat(api, clinic.slot(), priority=priority).json["id"]
    assert records.appointment(UUID(held)).priority == priority


@pytest.mark.begun
def test_what_is_not_there(api, clinic, other_clinic):
    theirs = other_clinic.slot()
    for slot in (uuid4(), theirs):
        assert seat(api, slot).status_code == 404
        assert api.get(f"/api/slots/{slot}").status_code == 404
    for name in ("confirm", "cancel", "release", "extend", "arrive", "complete", "no-show"):
        assert step(api, str(uuid4()), name).status_code == 404
    assert api.get(f"/api/bookings/{uuid4()}").status_code == 404
    assert api.get(f"/api/bookings/{uuid4()}/events").status_code == 404


def test_a_hold_is_extended_ten_times(api, clinic):
    held = seat(api, clinic.slot()).json["id"]
    assert [step(api, held, "extend").status_code for _ in range(11)] == [200] * 10 + [409]


def test_a_hold_is_given_back(api, clinic):
    slot = clinic.slot()
    held = seat(api, slot).json["id"]
    assert [step(api, held, "release").status_code for _ in range(2)] == [200, 200]
    assert seat(api, slot).status_code == 201


@pytest.mark.begun
def test_from_arrival_to_the_end(api, clinic):
    held = seat(api, clinic.slot()).json["id"]
    assert step(api, held, "arrive").status_code == 409
    told = [step(api, held, name).json["appointment_status"] for name in ("confirm", "arrive", "complete")]
    assert told == ["CONFIRMED", "ARRIVED", "COMPLETED"]
    assert step(api, held, "no-show").status_code == step(api, held, "cancel").status_code == 409


@pytest.mark.begun
def test_a_missed_visit_frees_its_seat(api, clinic):
    slot = clinic.slot()
    held = seat(api, slot).json["id"]
    step(api, held, "confirm")
    assert step(api, held, "no-show").json["status"] == "FAILED"
    assert seat(api, slot).status_code == 201


def test_a_booking_moves(api, clinic):
    first, second = clinic.slot(), clinic.slot(after=30)
    held = seat(api, first).json["id"]
    moved = step(api, held, "reschedule", slot_id=str(second), version=1)
    assert (moved.status_code, moved.json["start_time"], moved.json["version"]) == (200, iso(DAY + HOUR / 2), 2)
    assert step(api, held, "reschedule", slot_id=str(first), version=1).status_code == 409
    seat(api, first)
    assert step(api, held, "reschedule", slot_id=str(first)).status_code == 409
    assert step(api, held, "reschedule", slot_id=str(uuid4())).status_code == 404
    assert step(api, held, "reschedule", slot_id="x").status_code == 400


def test_what_is_over_does_not_move_not_even_to_where_it_was(api, clinic):
    first, second = clinic.slot(), clinic.slot(after=30)
    held = seat(api, first).json["id"]
    step(api, held, "cancel")
    assert step(api, held, "reschedule", slot_id=str(second)).status_code == 409
    assert step(api, held, "reschedule", slot_id=str(first)).status_code == 409


@pytest.mark.idempotency
def test_a_key_makes_a_retry_harmless(api, clinic, records):
    slot = clinic.slot(capacity=5)
    path, body, key = f"/api/slots/{slot}/book", {"patient_name": "Ines"}, {"X-Idempotency-Key": "k"}
    answers = [api.post(path, json=body, headers=key) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == len(records.live(slot)) == 1
    assert api.post(path, json=body | {"patient_name": "Bob"}, headers=key).status_code == 422


def test_types_of_visit_and_when_they_could_begin(api, clinic):
    made = api.post(
        "/api/admin/appointment-types",
        json={"name": "Long", "minutes": 60, "doctor_ids": [str(clinic.specialist_id)]},
    )
    assert made.status_code == 201
    assert {visit["name"] for visit in api.get("/api/appointment-types").json} == {"Consultation", "Long"}
    slots = [clinic.slot(after=30 * n) for n in range(3)]
    asked = {"appointment_type_id": made.json["id"], "since": iso(DAY), "until": iso(DAY + timedelta(days=1))}
    found = api.get("/api/availability", query_string=asked).json
    assert [(time["slot_id"], time["end_time"]) for time in found] == [
        (str(slots[0]), iso(DAY + HOUR)), (str(slots[1]), iso(DAY + 1.5 * HOUR))
    ]  # fmt: skip
    assert seat(api, slots[0], appointment_type_id=made.json["id"]).json["end_time"] == iso(DAY + HOUR)
    assert api.get("/api/availability", query_string=asked).json == []
    assert api.get("/api/availability", query_string=asked | {"appointment_type_id": str(uuid4())}).status_code == 404
    too_long = asked | {"until": iso(DAY + timedelta(days=63))}
    assert api.get("/api/availability", query_string=too_long).status_code == 400


def test_patients_are_added_and_found(api, clinic):
    body = {"full_name": "Zoë Ærø", "phone": "+4512345678", "date_of_birth": "1990-02-28", "reference": "user_zoe"}
    made = api.post("/api/patients", json=body)
    assert made.status_code == 201
    assert {name: made.json[name] for name in body} == body
    assert [hit["id"] for hit in api.get("/api/patients", query_string={"q": "ærø"}).json] == [made.json["id"]]
    assert api.post("/api/patients", json=body).status_code == 409
    assert api.get("/api/patients").status_code == 400


@pytest.mark.parametrize(
    "odd",
    [
        {"date_of_birth": "1899-12-31"},
        {"date_of_birth": "2999-01-01"},
        {"date_of_birth": "1984-02-30"},
        {"email": "nobody"},
        {"email": "a@b"},
        {"email": "two@mail.example three@mail.example"},
    ],
)
def test_a_patient_with_an_odd_birth_date_or_address_is_refused(api, clinic, records, odd):
    made = api.post("/api/patients", json={"full_name": "Odd"} | odd)
    assert made.status_code == 400
    assert next(iter(odd)) in made.text
    assert records.count("patients", clinic) == 1


@pytest.fixture
def hasty(app, settings, clinic):
    """The same book, served with a hold time of seven seconds for every clinic."""
    before = engines.writer, engines.reader
    own = create_app(settings_for(settings.admin_url, api_access="open", booking_expiry_seconds=7))
    database.bind(*before)
    with serving(own):
        client = own.test_client()
        client.environ_base["HTTP_X_TENANT_ID"] = clinic.id
        yield client


def test_the_hold_time_of_the_settings_goes_before_the_clinics(hasty, clinic, records):
    held = seat(hasty, clinic.slot())
    row = records.appointment(UUID(held.json["id"]))
    assert row.expires_at - row.created_at == timedelta(seconds=7)
    extended = step(hasty, held.json["id"], "extend")
    now = records.one("SELECT clock_timestamp() AS now").now
    assert timedelta(0) < datetime.fromisoformat(extended.json["expires_at"]) - now <= timedelta(seconds=7)
