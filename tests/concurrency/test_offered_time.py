"""A time that is offered is one person's: whoever else reaches for it, from wherever, while the offer stands."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from tests.concurrency.crowd import Ask, Crowd
from tests.concurrency.test_forms import Person
from tests.conftest import PASSWORD, PROJECT, Clinic, Server
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services.patients import add_patient
from webapp.services.signin import add_user
from webapp.services.waitlist import Offer, add_entry, make_offer
from webapp.web import links

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

EACH, ROUNDS = 8, 5  # of four kinds: 32
GLANCE = 0.2  # seconds between two looks at what the worker did
DAY = timedelta(days=1)


def wait(app, clinic: Clinic, name: str) -> tuple[UUID, str]:
    """Somebody on the list, and the path of their page."""
    with tenant_scope(clinic.id), app.app_context():
        patient = add_patient(full_name=name, email=f"{name.lower().replace(' ', '')}@mail.example")
        days = {"first_day": utc_now().date(), "last_day": (utc_now() + 9 * DAY).date()}
        entry = add_entry(patient_id=patient, type_id=clinic.type_id, **days)
        return entry, f"/waiting/{links.seal('wait', entry)}"


def offered(clinic: Clinic, entry: UUID, slot: UUID) -> Offer:
    with tenant_scope(clinic.id):
        return make_offer(entry_id=entry, slot_id=slot, actor="waitlist")


@pytest.fixture
def crowd(server: Server, place: Clinic) -> Iterator[Crowd]:
    with Crowd(server, place.id, size=4 * EACH + 1) as crowd:
        yield crowd


@pytest.fixture
def others(app, place: Clinic, crowd: Crowd):
    """What the 32 send for a slot: desks, patients in the book, programs, and others who wait with links of theirs."""
    with tenant_scope(place.id):
        add_user(email="olga@race.example", full_name="Olga", password=PASSWORD, role="OPERATOR")
    start = utc_now().replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    day = start.date()
    book = f"/book/{place.type_id}/{day}"
    place.slot(start + timedelta(hours=23))  # so that the page has a button
    people = [Person(crowd, number, place) for number in range(3 * EACH)]
    for desk in people[:EACH]:
        desk.sign_in("olga@race.example")
        desk.open(f"/desk/{day}")
    for patient in people[EACH : 2 * EACH]:
        patient.open(book)
    paths = [wait(app, place, f"Other {number}")[1] for number in range(EACH)]
    for one, path in zip(people[2 * EACH :], paths, strict=True):
        one.open(path)

    def asks(slot: UUID, offer: Offer) -> list[Ask]:
        found = [one.press("/desk/holds", slot_id=str(slot)) for one in people[:EACH]]
        found += [one.press(book, slot_id=str(slot)) for one in people[EACH : 2 * EACH]]
        pairs = zip(people[2 * EACH :], paths, strict=True)
        found += [one.press(f"{path}/book", offer=str(offer.id)) for one, path in pairs]
        body = {"patient_name": "Program"}
        return found + [Ask("POST", f"/api/slots/{slot}/book", body) for _ in range(EACH)]

    return asks


def taken_by_others(records, slot: UUID, offer: Offer) -> list[UUID]:
    return [one for one in records.live(slot) if one != offer.appointment_id]


def test_nobody_but_the_one_it_is_offered_to_gets_it(app, place, crowd, others, records, no_deadlock):
    start = utc_now().replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    wrong = []
    for number in range(ROUNDS):
        slot = place.slot(start, after=30 * number)
        entry, path = wait(app, place, f"Offered {number}")
        offer = offered(place, entry, slot)
        owner = Person(crowd, 4 * EACH, place)
        owner.open(path)
        told = crowd.ask(others(slot, offer))
        if taken_by_others(records, slot, offer) or any(one.status is None or one.status >= 500 for one in told):
            wrong.append(f"round {number}, before the answer")
        yes = owner.press(f"{path}/book", offer=str(offer.id))
        told = crowd.ask([*others(slot, offer), yes])
        if told[-1].status != 303 or "/visit/" not in told[-1].headers["Location"]:
            wrong.append(f"round {number}: the owner was told {told[-1].status}")
        if records.live(slot) != [offer.appointment_id]:
            wrong.append(f"round {number}: somebody else has it")
    print(f"{ROUNDS} rounds twice by {4 * EACH} others, {len(wrong)} wrong, {dict(crowd.statuses())}")
    assert wrong == []


def test_the_same_race_is_won_by_others_once_the_offer_is_over(app, place, crowd, others, records):
    """Would the test above notice? Without the hold that stands behind it, an offer keeps nobody away."""
    slot = place.slot(utc_now().replace(hour=0, minute=0, second=0, microsecond=0) + DAY)
    entry, _path = wait(app, place, "Offered")
    offer = offered(place, entry, slot)
    records.run_out(offer.appointment_id)
    crowd.ask(others(slot, offer))
    assert len(taken_by_others(records, slot, offer)) == 1


@contextmanager
def working(settings, log) -> Iterator[None]:
    """The worker as the command line runs it, without a way for mail that answers."""
    url = settings.admin_url.render_as_string(hide_password=False)
    env = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": settings.secret_key}
    env |= {"SMTP_URL": "smtp://127.0.0.1:1", "MAIL_FROM": "a@clinic.example"}
    with log.open("wb") as output:
        argv = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        process = subprocess.Popen(argv, cwd=PROJECT, env=env, stdout=output, stderr=output)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def test_when_it_runs_out_the_worker_offers_it_to_the_next(app, settings, place, records, tmp_path):
    """Each time in five seconds by the database's clock. A machine that stands still stops whoever looks on here too:
    what it took from them it may take from the worker, and nothing else may."""
    quiet = "UPDATE tenants SET quiet_from = '00:00', quiet_until = '00:00', offer_seconds = 8 WHERE id = :t"
    records.rows(quiet, t=place.id)
    slot = place.slot(utc_now().replace(hour=0, minute=0, second=0, microsecond=0) + 2 * DAY)
    entries = [wait(app, place, f"Next {number}")[0] for number in range(4)]
    offered(place, entries[0], slot)
    chain = """SELECT o.entry_id, a.created_at, a.created_at + interval '8 seconds' AS until
               FROM waitlist_offers o JOIN appointments a ON a.id = o.appointment_id
               WHERE o.tenant_id = :t ORDER BY a.created_at"""
    looks = []
    with working(settings, tmp_path / "log"):
        deadline = time.monotonic() + 120
        while len(found := records.rows(chain, t=place.id)) < len(entries):
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            looks.append(time.monotonic())
            time.sleep(GLANCE)
    assert [row.entry_id for row in found] == entries
    # The first may have run out before the worker stood.
    late = [(then.created_at - one.until).total_seconds() for one, then in pairwise(found[1:])]
    stood_still = max(later - look for look, later in pairwise(looks)) - GLANCE
    after = ", ".join(f"{seconds:.1f} s" for seconds in late)
    print(f"offered to the next after {after}; {stood_still:.1f} s stood still")
    assert len(late) == 2
    assert min(late) >= 0
    assert max(late) < 5 + stood_still
