"""The demo: a clinic that looks lived in, and the single-chair clinic of the API examples."""

import random
from datetime import date, time, timedelta
from uuid import UUID

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import NullPool, create_engine

from webapp.cli.demo_people import NEAR_DUPLICATES, names
from webapp.core.errors import DomainError
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import day_bounds, local_day, utc_now
from webapp.queries.appointments import started_appointments
from webapp.queries.availability import FreeTime, free_times_between
from webapp.rules.people import NewPatient
from webapp.rules.slots import Interval
from webapp.services import appointments, booking
from webapp.services.hours import add_closure, set_opening_hours
from webapp.services.patients import add_patient
from webapp.services.signin import add_user
from webapp.services.slots import regenerate_slots
from webapp.services.specialists import add_room, add_specialist, add_type
from webapp.services.tenants import ensure_tenant

CLINIC = "riverside"
ZONE = "Europe/Berlin"
PATIENTS = 400
PASSWORD = "holdfast-demo-2026"  # noqa: S105 - printed on every start of the demo

DEMO_SIGN_INS = f"""
  Patients   {{address}}/c/{CLINIC}/book
  Desk       {{address}}/c/{CLINIC}/desk/    olga@riverside.example   {PASSWORD}
  Admin      {{address}}/c/{CLINIC}/admin/   alice@riverside.example  {PASSWORD}
  API        {{address}}/api/openapi.json   (open to this machine)
"""

SPECIALISTS = (
    # name, service, slot minutes, hours of a day
    ("Dr. Amara Okafor", "General practice", 15, ((8, 12), (13, 17))),
    ("Dr. Jonas Weber", "General practice", 15, ((9, 12), (13, 18))),
    ("Dr. Leyla Şahin", "Dentistry", 30, ((8, 12), (13, 16))),
    ("Marta Nowak", "Physiotherapy", 60, ((9, 12), (13, 17))),
)
TYPES = (
    # name, minutes, minutes of buffer after, indexes of the specialists, room
    ("Short check", 15, 0, (0, 1), None),
    ("Consultation", 30, 0, (0, 1, 2), None),
    ("First visit", 45, 0, (0, 1), None),
    ("Dental treatment", 60, 0, (2,), "Dental surgery"),
    ("Physiotherapy", 60, 0, (3,), "Gym"),
    ("Minor surgery", 30, 15, (0,), "Treatment room"),
)
BOOKED_BY_PROGRAMS = "The times of the service bay are booked by programs, or by phone."
GROUP = "Back school (group)"
SHARE_OF_DAY = {-1: 0.7, 0: 0.85, 1: 0.55, 2: 0.45, 3: 0.4}  # how full a day is, by its distance from today


@click.command("seed-demo")
@with_appcontext
def seed_demo() -> None:
    """Load the demo clinic and the single-chair clinic, unless they are there."""
    load_demo()


def load_demo() -> None:
    _load_single_chair(current_app.config["SETTINGS"].default_tenant)
    with tenant_scope(CLINIC):
        if ensure_tenant(
            name="Riverside Health Centre", timezone=ZONE, locale="en-GB", phone="+49 30 901820", address="Uferweg 4"
        ):
            click.echo("Loading the demo clinic …")
            _load_clinic()
    admin = create_engine(current_app.config["SETTINGS"].admin_url, poolclass=NullPool)
    with admin.begin() as connection:  # what allows `flask bookings reset`
        database = connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar_one()
        connection.exec_driver_sql(f"ALTER DATABASE {database} SET app.demo = 'on'")
        connection.exec_driver_sql("ANALYZE")  # a thousand rows came at once, of which PostgreSQL knows nothing yet


def _load_single_chair(tenant_id: str) -> None:
    with tenant_scope(tenant_id):
        if not ensure_tenant(
            name="Service bay", phone="+49 30 901830", public_booking=False, closed_message=BOOKED_BY_PROGRAMS
        ):
            return
        set_opening_hours(
            specialist_id=None, intervals=[Interval(weekday, time(9), time(17), 60) for weekday in range(7)]
        )
        for name in ("alice", "bob", "charlie", "dave"):
            add_patient(full_name=name.title(), reference=f"user_{name}")


def _load_clinic() -> None:
    chance = random.Random(4)  # noqa: S311 - the same demo every time
    today = local_day(utc_now(), ZONE)
    add_user(email="alice@riverside.example", full_name="Alice Berger", password=PASSWORD, role="ADMIN")
    add_user(email="olga@riverside.example", full_name="Olga Sokolova", password=PASSWORD, role="OPERATOR")
    specialists = [_specialist(*row, today=today) for row in SPECIALISTS]
    rooms = {room: add_room(name=room) for *_, room in TYPES if room}
    types = {
        name: add_type(
            name=name,
            minutes=minutes,
            buffer_after=buffer,
            specialist_ids=[specialists[i] for i in offered],
            room_id=rooms.get(room),
        )
        for name, minutes, buffer, offered, room in TYPES
    }
    gym = rooms["Gym"]
    types[GROUP] = add_type(name=GROUP, minutes=60, is_group=True, specialist_ids=[specialists[3]], room_id=gym)
    patients = [_patient(name, number, chance) for number, name in enumerate(names(PATIENTS))]
    for *pair, born in NEAR_DUPLICATES:
        for name in pair:
            add_patient(full_name=str(name), date_of_birth=born)
    for offset in range(-3, 15):
        _fill_day(today + timedelta(days=offset), SHARE_OF_DAY.get(offset, 0.3), types, patients, chance)
    _live_through_yesterday_and_today(today, chance)
    _hold_two(today, types)
    _close_a_day(specialists[2], today + timedelta(days=10))


def _specialist(name: str, service: str, minutes: int, hours: tuple[tuple[int, int], ...], *, today: date) -> UUID:
    specialist_id = add_specialist(full_name=name, service_type=service)
    intervals = [
        Interval(weekday, time(opens), time(closes), minutes) for weekday in range(7) for opens, closes in hours
    ]
    if service == "Physiotherapy":
        intervals += [Interval(weekday, time(17), time(18), 60, capacity=8) for weekday in range(7)]
    set_opening_hours(specialist_id=specialist_id, intervals=intervals)
    regenerate_slots(specialist_id=specialist_id, first=today - timedelta(days=28), last=today + timedelta(days=56))
    return specialist_id


def _patient(name: str, number: int, chance: random.Random) -> UUID:
    return add_patient(
        full_name=name,
        email=f"patient{number}@mail.example",
        phone=f"+4930{90182000 + number}",
        date_of_birth=date(1935, 1, 1) + timedelta(days=chance.randrange(31000)),
        reference=f"P{10000 + number}",
    )


def _fill_day(day: date, share: float, types: dict[str, UUID], patients: list[UUID], chance: random.Random) -> None:
    """Book until the wanted share of the day's minutes is taken, as a week of phone calls would."""
    since, until = day_bounds(day, ZONE)
    for name, type_id in types.items():
        times = free_times_between(type_id=type_id, since=since, until=until)
        seats = times * 5 if name == GROUP else times
        part = share if len({time.specialist_id for time in times}) == 1 else share / 3
        for free in chance.sample(seats, int(len(seats) * part)):
            _book(free, type_id, chance.choice(patients), chance)


def _book(free: FreeTime, type_id: UUID, patient_id: UUID, chance: random.Random) -> None:
    priority = "URGENT" if chance.random() < 0.04 else "VIP" if chance.random() < 0.04 else "NORMAL"
    try:
        booking.book(
            slot_id=free.slot_id,
            type_id=type_id,
            patient_id=patient_id,
            priority=priority,
            actor="demo",
            source=chance.choice(("DESK", "PATIENT", "API")),
            notify=False,
        )
    except DomainError:
        return  # another visit covers the time, or the patient is elsewhere then: as in life, the next one


def _live_through_yesterday_and_today(today: date, chance: random.Random) -> None:
    """What began before now was completed, missed, or is under way."""
    now = utc_now()
    for row in started_appointments(since=day_bounds(today - timedelta(days=3), ZONE)[0], until=now):
        if chance.random() < 0.08:
            appointments.no_show(appointment_id=row.id, actor="demo")
            continue
        appointments.arrive(appointment_id=row.id, actor="demo")
        if row.end < now:
            appointments.complete(appointment_id=row.id, actor="demo")


def _hold_two(today: date, types: dict[str, UUID]) -> None:
    """Two times that somebody is choosing just now."""
    until = day_bounds(today + timedelta(days=1), ZONE)[1]
    free = free_times_between(type_id=types["Short check"], since=utc_now(), until=until)
    for time_, name in zip(free[::5], ("Ines Prado", "Tariq Aziz"), strict=False):
        booking.hold(
            slot_id=time_.slot_id,
            type_id=types["Short check"],
            new_patient=NewPatient(full_name=name),
            actor="demo",
            source="PATIENT",
            hold_seconds=1800,
        )


def _close_a_day(specialist_id: UUID, day: date) -> None:
    since, until = day_bounds(day, ZONE)
    add_closure(specialist_id=specialist_id, start=since, end=until, reason="Training day")


COMMANDS = (seed_demo,)
