"""The reception desk's day: signing in to read it, and the fixed yardstick it is held against."""

import re
import urllib.parse
import urllib.request
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from http.cookiejar import CookieJar
from urllib.parse import urlsplit

import psycopg

from bench.data import RECEPTIONIST, SLOTS_A_DAY, Size, full_day

CLINIC = "/c/bench"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_ROWS = """
SELECT a.id, a.specialist_id, a.start_time, a.end_time, a.status, a.seat, p.full_name
FROM appointments a JOIN patients p ON p.tenant_id = a.tenant_id AND p.id = a.patient_id
WHERE a.tenant_id = 'bench' AND a.start_time >= %s AND a.start_time < %s
ORDER BY a.start_time, a.specialist_id
"""


def yardstick(connection: psycopg.Connection) -> None:
    """One range query of 256 rows, fetched: the least that a page of that day could take."""
    start = datetime.combine(full_day(), time(), UTC)
    rows = connection.execute(_ROWS, (start, start + timedelta(days=1))).fetchall()
    if len(rows) != SLOTS_A_DAY:
        raise SystemExit(f"The yardstick's day has {len(rows)} appointments, not {SLOTS_A_DAY}.")


def day_path() -> str:
    return f"{CLINIC}/desk/{full_day()}"


def sign_in(url: str) -> dict[str, str]:
    """The receptionist's cookie as a header, as a browser has it once it has seen a page of the desk."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with browser.open(f"{url}{CLINIC}/sign-in") as page:
        token = TOKEN.search(page.read().decode())
    if token is None:
        raise SystemExit("The sign-in page has no form that the benchmark could send.")
    email, password = RECEPTIONIST
    form = {"csrf_token": token[1], "email": email, "password": password}
    with browser.open(f"{url}{CLINIC}/sign-in", urllib.parse.urlencode(form).encode()) as page:
        if not urlsplit(page.url).path.startswith(f"{CLINIC}/desk"):
            raise SystemExit(f"Signing in led to {page.url} instead of the desk.")
    return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)}


def check_day(url: str, cookie: dict[str, str], size: Size) -> None:
    """The page must name all 256 patients of the day, or its time says nothing."""
    answer, body = _ask(url, cookie)
    first = (size.past_days - 1) * SLOTS_A_DAY
    names = {f"Patient {n % size.patients}" for n in range(first, first + SLOTS_A_DAY)}
    shown = {name for name in names if re.search(rf">{name}<", body)}
    if answer.status != HTTPStatus.OK or shown != names:
        raise SystemExit(f"The day page answers {answer.status} and shows {len(shown)} of {len(names)} patients.")


def entity_tag(url: str, cookie: dict[str, str]) -> str:
    return _ask(url, cookie)[0].headers["ETag"]


def _ask(url: str, headers: dict[str, str]) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request("GET", day_path(), headers=headers)
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()
