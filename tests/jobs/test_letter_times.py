"""What letters say on days of clock changes, in six zones."""

import re

import pytest
from bs4 import BeautifulSoup

from tests.clock_changes import CHANGES, on_a_clock
from tests.conftest import make_clinic
from tests.jobs.conftest import BY, file_of, send
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_letter_says_what_the_clocks_show(app, sink, change):
    """An hour that comes twice is told apart, in both of its parts; the calendar file has the same instant."""
    clinic = make_clinic("clocks", timezone=change.zone)
    with app.app_context(), tenant_scope(clinic.id):
        for start in change.starts:
            book(slot_id=clinic.slot(start, minutes=15), patient_id=clinic.pat, **BY)
            send(sink.post())
    letters = sink.letters.got
    assert [time_in(letter.get_body(("plain",)).get_content()) for letter in letters] == change.shown
    pages = [letter.get_body(("html",)).get_content() for letter in letters]
    assert [time_in(BeautifulSoup(page, "html.parser").body.get_text(" ")) for page in pages] == change.shown
    events = [file_of(letter).walk("VEVENT")[0] for letter in letters]
    assert [event.decoded("dtstart") for event in events] == change.starts


def time_in(words: str) -> tuple[str, str]:
    """What a clock with 24 hours shows, and what tells an hour apart that comes twice; before the zone's name in
    brackets."""
    face, name = re.search(r"(\d+:\d\d\s[AP]M)\s?(\S*) \(", words).groups()
    return on_a_clock(face), name
