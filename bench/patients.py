"""Finding one of 100,000 patients as the desk does, and the plain ILIKE that would be the obvious way."""

import itertools
import re
import urllib.parse
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from urllib.parse import urlsplit

import psycopg

from bench.data import full_day
from bench.desk import CLINIC, TOKEN
from webapp.cli.demo_people import names
from webapp.rules.patient_search import read

EVERYBODY = 100_000
#: What is typed, and a name that must come of it, None where only the time counts.
TYPED: Mapping[str, str | None] = {
    "a": None,
    "an": None,
    "ann": None,
    "anna": "Anna ",
    "ko": "Kowalska",
    "kow ben": "Ben Kowalska",
    "lukasik": "Łukasik",
    "weiss zo": "Zoë Weiß",
    "соко": "Соколова",
    "王": "王伟",
    "kowlaska": "Kowalska",
    "petra gronemeier": "Petra Grönemeyer",
    "patient 19": "Patient 19",
    "22.2.1984": None,
    "012345": None,
}
_ILIKE = """
SELECT id, full_name, phone, email, date_of_birth, reference FROM patients
WHERE tenant_id = 'bench' AND {} ORDER BY full_name LIMIT 20
"""

_SEARCH = """
SELECT id, full_name, phone, email, date_of_birth, reference FROM patients
JOIN search_patients(%s, %s, %s::date[], %s, %s, %s, 20) found ON found.patient_id = id
WHERE tenant_id = 'bench' ORDER BY place
"""


def enrol(connection: psycopg.Connection) -> None:
    """Make the clinic's patients 100,000, with plausible names in several scripts; as superuser."""
    known = connection.execute("SELECT count(*) FROM patients WHERE tenant_id = 'bench'").fetchone()
    copy = "COPY patients (tenant_id, full_name, phone, date_of_birth) FROM STDIN"
    with connection.cursor().copy(copy) as rows:
        for number, name in enumerate(names(EVERYBODY - (known[0] if known else 0))):
            born = f"{1935 + number % 80}-{1 + number % 12:02}-{1 + number % 28:02}"
            rows.write_row(("bench", name, f"+4930{2_000_000 + number}", born))
    connection.execute("VACUUM (ANALYZE) patients")


def plain(connection: psycopg.Connection) -> Callable[[], None]:
    """An act: the next of the typed texts, each word anywhere in the name."""
    turn = itertools.cycle(TYPED)

    def act() -> None:
        words = next(turn).split()
        condition = " AND ".join(["full_name ILIKE %s"] * len(words))
        connection.execute(_ILIKE.format(condition), [f"%{word}%" for word in words]).fetchall()

    return act


def statement(connection: psycopg.Connection) -> Callable[[], None]:
    """An act: the same as one statement of ours, which forgives typos and reads dates and numbers besides."""
    turn = itertools.cycle(TYPED)

    def act() -> None:
        sought = read(next(turn), today=full_day())
        asked = [sought.names, sought.words, list(sought.days), sought.tail, list(sought.references), sought.receipt]
        connection.execute(_SEARCH, asked).fetchall()

    return act


def finder(url: str, cookie: Mapping[str, str]) -> Callable[[], None]:
    """An act: the next of the typed texts, sent as the page sends it; the answer must name whom it is for."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", f"{CLINIC}/desk/patients", headers=dict(cookie))
    token = TOKEN.search(connection.getresponse().read().decode())
    if token is None:
        raise SystemExit("The finder has no form that the benchmark could send.")
    turn = itertools.cycle(TYPED.items())
    headers = {**cookie, "X-Fragment": "1", "Content-Type": "application/x-www-form-urlencoded"}

    def act() -> None:
        typed, expected = next(turn)
        body = urllib.parse.urlencode({"csrf_token": token[1], "q": typed})
        connection.request("POST", f"{CLINIC}/desk/patients", body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200 or not re.search(rf"<bdi>[^<]*{expected or ''}", text):
            raise SystemExit(f"The finder answers {answer.status} to {typed!r}, without {expected!r}.")

    return act
