"""The lookout sees what changes, and costs next to nothing while nothing does."""

from datetime import timedelta

import pytest

from tests.conftest import DAY, statements_read
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import hold
from webapp.streams.lookout import Lookout, Span

BEFORE = DAY - timedelta(days=30)


@pytest.fixture
def span(clinic):
    return Span(clinic.id, DAY.date(), DAY.date())


@pytest.fixture
def lookout(app):
    return Lookout(now=lambda: BEFORE)


def test_a_change_is_seen_by_the_clinic_it_happened_at(lookout, clinic, other_clinic, span):
    slot = clinic.slot()
    elsewhere = span._replace(clinic=other_clinic.id)
    before = lookout.look([span, elsewhere])
    with tenant_scope(clinic.id):
        hold(slot_id=slot, actor="test", source="DESK")
    after = lookout.look([span, elsewhere])
    assert after[span] != before[span]
    assert after[elsewhere] == before[elsewhere]


def test_while_nothing_is_written_one_small_question_is_asked(lookout, span, monkeypatch):
    monkeypatch.setattr("webapp.streams.lookout.changes_seen", lambda: "7:7:")  # others write beside this test
    first = lookout.look([span])
    with statements_read() as asked:
        lookout.look([span, span])
    assert asked == []
    assert lookout.look([span]) == first


def test_what_the_clock_changes_is_seen_though_nothing_is_written(clinic, span, monkeypatch):
    monkeypatch.setattr("webapp.streams.lookout.changes_seen", lambda: "7:7:")
    clinic.slot()
    now = [DAY + timedelta(minutes=29)]
    lookout = Lookout(now=lambda: now[0])
    before = lookout.look([span])
    now[0] = DAY + timedelta(minutes=30)
    assert lookout.look([span]) != before


def test_who_watches_later_is_told_at_once(lookout, clinic, span, monkeypatch):
    monkeypatch.setattr("webapp.streams.lookout.changes_seen", lambda: "7:7:")
    lookout.look([span])
    later = span._replace(last=DAY.date() + timedelta(days=6))
    assert later in lookout.look([span, later])


def test_a_clinic_that_is_not_there_is_left_out(lookout, span):
    assert lookout.look([span._replace(clinic="nowhere")]) == {}
