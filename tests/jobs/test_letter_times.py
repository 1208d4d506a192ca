"""What letters say on days of clock changes, in six zones."""

import re
from datetime import datetime

import pytest

from tests.conftest import make_clinic
from tests.jobs.conftest import BY, file_of, send
from tests.web.test_calendar_file import CLOCK_CHANGES
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import instants
from webapp.services.booking import book


@pytest.mark.parametrize(("zone", "walls"), CLOCK_CHANGES)
def test_a_letter_says_what_the_clocks_show(app, sink, zone, walls):
    """An hour that comes twice is told apart; the calendar file beside the words has the same instant."""
    clinic = make_clinic("clocks", timezone=zone)
    starts = [start for wall in walls for start in instants(datetime.fromisoformat(wall), zone)]
    assert len(starts) == len(walls) + 1
    with app.app_context(), tenant_scope(clinic.id):
        for start in starts:
            book(slot_id=clinic.slot(start, minutes=15), patient_id=clinic.pat, **BY)
            send(sink.post())
    said = [time_in(letter.get_body(("plain",)).get_content()) for letter in sink.letters.got]
    shown = [datetime.strptime(f"{face} {half}", "%I:%M %p").strftime("%H:%M") for face, half, _ in said]  # noqa: DTZ007 - a clock face
    assert shown == [wall[-5:] for wall in [*walls, walls[-1]]]
    assert [bool(label) for *_, label in said] == [False] * (len(walls) - 1) + [True, True]
    assert said[-1] != said[-2]
    events = [file_of(letter).walk("VEVENT")[0] for letter in sink.letters.got]
    assert [event.decoded("dtstart") for event in events] == starts


def time_in(words: str) -> tuple[str, str, str]:
    """The clock's face, AM or PM, and what tells an hour that comes twice apart; before the zone's name in brackets."""
    return re.search(r"(\d+:\d\d)\s([AP]M)\s?(\S*) \(", words).groups()
