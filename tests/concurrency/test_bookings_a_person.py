"""One person books twenty times at the same moment where a clinic lets them have two."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from tests.blueprints.conftest import held_by_patient
from tests.concurrency.crowd import Crowd
from tests.concurrency.test_forms import Person
from tests.conftest import Clinic, Records
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.web.links import seal

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

BOTH = pytest.mark.parametrize("which", ["server", "settling_server"])
CLIENTS, MOST, ROUNDS = 20, 2, 4
SHOWN = re.compile(rb'name="shown" value="([^"]+)"')
#: The same person, as they may write themselves: any one of the three is enough.
SELVES = (
    {"full_name": "Pat Doe", "email": "pat.{n}@mail.example", "phone": "030 90 18 20"},
    {"full_name": "P. Doe", "email": "pat.{n}@MAIL.example", "phone": ""},
    {"full_name": "pat doe", "email": "pat.{n}@mail.example", "phone": "+49 30 901820"},
)


@BOTH
def test_the_cap_holds(request, app, which, place: Clinic, records: Records, no_deadlock):
    records.rows("UPDATE tenants SET bookings_a_person = :most WHERE id = :id", most=MOST, id=place.id)
    start = utc_now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with Crowd(request.getfixturevalue(which), place.id, size=CLIENTS) as crowd:
        people = [Person(crowd, number, place) for number in range(CLIENTS)]
        for number in range(ROUNDS):
            held = [
                held_by_patient(place, place.slot(start + timedelta(days=number), after=30 * client))
                for client in range(CLIENTS)
            ]
            with app.app_context(), tenant_scope(place.id):
                paths = [f"/hold/{seal('hold', one)}" for one in held]
            asks = []
            for client, (person, path) in enumerate(zip(people, paths, strict=True)):
                person.open(path)
                typed = {name: text.format(n=number) for name, text in SELVES[client % len(SELVES)].items()}
                typed["phone"] = typed["phone"].replace("1820", f"182{number}")
                crowd.one(client, person.press(path, **typed))
                page = person.open(f"{path}/check")
                asks.append(person.press(f"{path}/check", shown=SHOWN.search(page)[1].decode()))
            told = crowd.ask(asks)
            booked = Counter("/visit/" in one.headers["Location"] for one in told if one.status == 303)
            assert booked == {True: MOST, False: CLIENTS - MOST}, number
            standing = records.one(
                "SELECT count(*) FROM appointments WHERE id = ANY (:ids) AND status = 'CONFIRMED'", ids=held
            )
            assert standing[0] == MOST
