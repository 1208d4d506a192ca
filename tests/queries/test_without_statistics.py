"""A book that was filled a moment ago, before PostgreSQL has looked at what is in it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import DAY, Clinic, another_book, make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.core.transactions import one_snapshot, reading
from webapp.queries.day import desk_days

TABLES = ("time_slots", "appointments", "patients")
SLOTS_A_DAY, DAYS = 90, 28
FILLED = f"""
    WITH slots AS (
        INSERT INTO time_slots (tenant_id, specialist_id, start_time, end_time, status)
        SELECT :tenant, :specialist, at, at + interval '15 minutes', 'BOOKED'
        FROM generate_series(0, {DAYS - 1}) day, generate_series(0, {SLOTS_A_DAY - 1}) n,
             LATERAL (SELECT CAST(:day AS timestamptz) + day * interval '1 day' + n * interval '15 minutes' AS at) time
        RETURNING id, start_time, end_time),
    people AS (
        INSERT INTO patients (tenant_id, full_name)
        SELECT :tenant, 'Anna ' || n FROM generate_series(1, {SLOTS_A_DAY * DAYS}) n RETURNING id)
    INSERT INTO appointments (tenant_id, patient_id, specialist_id, time_slot_id, slot_capacity, start_time, end_time)
    SELECT :tenant, p.id, :specialist, s.id, 1, s.start_time, s.end_time
    FROM (SELECT *, row_number() OVER () AS n FROM slots) s JOIN (SELECT *, row_number() OVER () AS n FROM people) p
         USING (n)"""


@pytest.fixture
def fresh(app, new_database) -> Iterator[Clinic]:
    """A clinic with a month of visits in a database of which nothing is known yet, and nothing will be."""
    url = new_database("holdfast_test_fresh")
    with another_book(url):
        clinic = make_clinic("fresh")
        engine = create_engine(url)
        with engine.begin() as connection:
            for table in TABLES:
                connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))
            values = {"tenant": clinic.id, "specialist": clinic.specialist_id, "day": DAY}
            connection.execute(text(FILLED), values)
        engine.dispose()
        yield clinic


def test_a_week_visits_each_of_its_rows_a_few_times(fresh):
    with tenant_scope(fresh.id), one_snapshot():
        before = rows_seen()
        week = desk_days(first=DAY.date() + timedelta(days=7), count=7, zone="UTC", now=DAY)
        seen = rows_seen() - before
    booked = sum(len(cell.appointments) for day in week for column in day.columns for cell in column.cells)
    assert booked == 7 * SLOTS_A_DAY
    assert seen < 3 * len(TABLES) * DAYS * SLOTS_A_DAY  # not slots times visits


def rows_seen() -> int:
    """What PostgreSQL read of the tables in this transaction."""
    asked = "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE relname = ANY(:tables)"
    with reading() as connection:
        return connection.execute(text(asked), {"tables": list(TABLES)}).scalar_one()
