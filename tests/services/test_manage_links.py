"""Links to a visit: unguessable, kept as digests, good until some days after the visit wherever it goes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import DAY
from webapp.core.errors import NotFound
from webapp.core.tenancy import tenant_scope
from webapp.queries.manage_links import managed_by
from webapp.rules.manage_links import KEPT_FOR, digest
from webapp.services.booking import book, reschedule
from webapp.services.manage_links import forget_links, make_link

ASKED = {"actor": "test", "source": "DESK"}


@pytest.fixture
def visit(within):
    return book(slot_id=within.slot(), patient_id=within.pat, **ASKED)


def expire(records, token):
    records.rows("UPDATE manage_links SET expires_at = now() WHERE token_hash = :hash", hash=digest(token))


def put(records, visit, *, ended: timedelta):
    """The visit ended so long ago."""
    records.rows(
        """UPDATE appointments SET start_time = now() - :ended - interval '30 min', end_time = now() - :ended,
               time_slot_id = NULL, slot_capacity = NULL, specialist_id = NULL WHERE id = :id""",
        id=visit.id,
        ended=ended,
    )


def test_a_link_opens_its_visit(visit):
    assert managed_by(make_link(appointment_id=visit.id)) == visit.id


def test_each_link_is_another_and_all_of_them_work(visit):
    links = {make_link(appointment_id=visit.id) for _time in range(5)}
    assert len(links) == 5
    assert {managed_by(link) for link in links} == {visit.id}


def test_it_is_promised_for_a_week_after_the_visit(visit, records):
    make_link(appointment_id=visit.id)
    (row,) = records.rows("SELECT expires_at FROM manage_links WHERE appointment_id = :id", id=visit.id)
    assert row.expires_at == visit.end_time + KEPT_FOR


def test_moved_to_later_it_works_until_after_the_new_end(within, visit, records):
    link = make_link(appointment_id=visit.id)
    later = within.slot(DAY + timedelta(days=60))
    reschedule(appointment_id=visit.id, version=visit.version, slot_id=later, **ASKED)
    expire(records, link)  # what was promised for the old time has passed
    assert managed_by(link) == visit.id
    put(records, visit, ended=KEPT_FOR + timedelta(seconds=1))
    assert managed_by(link) is None


def test_moved_to_sooner_it_works_as_long_as_was_promised(visit, records):
    link = make_link(appointment_id=visit.id)
    put(records, visit, ended=KEPT_FOR + timedelta(days=1))
    assert managed_by(link) == visit.id


def test_nothing_opens_nothing(visit):
    assert [managed_by(token) for token in ("", "x", "☃")] == [None] * 3


def test_it_opens_nothing_at_another_clinic(visit, other_clinic):
    link = make_link(appointment_id=visit.id)
    with tenant_scope(other_clinic.id):
        assert managed_by(link) is None


def test_for_no_visit_there_is_no_link(visit, other_clinic):
    with pytest.raises(NotFound):
        make_link(appointment_id=uuid4())
    with tenant_scope(other_clinic.id), pytest.raises(NotFound):
        make_link(appointment_id=visit.id)


def test_only_links_that_open_nothing_are_forgotten(within, visit, records):
    kept, gone = make_link(appointment_id=visit.id), make_link(appointment_id=visit.id)
    expire(records, gone)
    assert forget_links() == 0  # the visit is to come
    put(records, visit, ended=KEPT_FOR)
    assert forget_links() == 1
    assert records.count("manage_links", within) == 1
    assert managed_by(kept) == visit.id
