"""What keeps clinics apart when the application forgets: row-level security and the rights of its roles."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from tests.conftest import DAY, make_clinic
from webapp.core.database import engines
from webapp.core.roles import APP, OWNER, READER, SEARCHER
from webapp.core.tenancy import NoTenant, apply_tenant, tenant_scope
from webapp.core.transactions import reading, sqlstate
from webapp.queries.bookings import list_bookings
from webapp.services.booking import hold

pytestmark = pytest.mark.isolation

OF_A_CLINIC = """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE n.nspname = 'public' AND c.relkind = 'r'
"""


def test_every_table_of_a_clinic_is_guarded_from_its_owner_too(sql):
    rows = sql.execute(text(OF_A_CLINIC)).all()
    assert len(rows) >= 14
    assert [row.relname for row in rows if not (row.relrowsecurity and row.relforcerowsecurity)] == []


def test_each_has_a_policy_for_reading_and_for_writing(sql):
    policies = sql.execute(
        text("SELECT tablename, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'")
    ).all()
    guarded = {row.tablename for row in policies if row.cmd == "ALL" and row.qual and row.qual == row.with_check}
    assert guarded == {row.relname for row in sql.execute(text(OF_A_CLINIC))}


@pytest.mark.parametrize("role", [OWNER, APP, READER, SEARCHER])
def test_no_role_of_ours_is_above_the_rules(sql, role):
    row = sql.execute(
        text("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = :role"),
        {"role": role},
    ).one()
    assert not any(row)


@pytest.mark.parametrize("role", [APP, READER])
def test_the_serving_roles_own_and_make_nothing(sql, role):
    owned = "SELECT count(*) FROM pg_class WHERE relowner = CAST(:role AS regrole)"
    assert sql.execute(text(owned), {"role": role}).scalar_one() == 0
    assert not sql.execute(text("SELECT has_schema_privilege(:role, 'public', 'CREATE')"), {"role": role}).scalar_one()


@pytest.mark.parametrize("table", ["appointment_events", "appointment_event_chain", "desk_events"])
def test_history_can_only_be_added_to(sql, table):
    for right, may in {"SELECT": True, "INSERT": True, "UPDATE": False, "DELETE": False, "TRUNCATE": False}.items():
        query = text("SELECT has_table_privilege(:role, :table, :right)")
        assert sql.execute(query, {"role": APP, "table": table, "right": right}).scalar_one() is may, right


@pytest.mark.parametrize("claimed", ["SELECT 1", "SET TRANSACTION READ WRITE"])
def test_the_reader_cannot_write(within, claimed):
    """Its transactions are read-only; and it has no right to, whatever a transaction says of itself."""
    with engines.reader.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(claimed)
        apply_tenant(connection)
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text("UPDATE patients SET full_name = 'changed'"))
    assert sqlstate(caught.value) == ("42501" if "WRITE" in claimed else "25006")


def test_the_reader_does_not_see_passwords(within):
    with pytest.raises(DBAPIError) as caught, reading() as connection:
        connection.execute(text("SELECT password_hash FROM users"))
    assert sqlstate(caught.value) == "42501"


@pytest.mark.parametrize("engine", ["writer", "reader"])
def test_without_a_clinic_there_are_no_rows(clinic, engine):
    clinic.slot()
    with getattr(engines, engine).connect() as connection:
        for table in ("patients", "time_slots", "specialists"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


def test_without_a_clinic_work_does_not_begin(clinic):
    with pytest.raises(NoTenant):
        list_bookings(limit=1)


def test_a_row_of_another_clinic_cannot_be_written(within, other_clinic):
    stray = text("INSERT INTO patients (tenant_id, full_name) VALUES (:tenant, 'Stray')")
    with engines.writer.connect() as connection:
        apply_tenant(connection)
        with pytest.raises(ProgrammingError) as caught:
            connection.execute(stray, {"tenant": other_clinic.id})
    assert sqlstate(caught.value) == "42501"


def test_another_clinics_public_facts_cannot_be_changed(within, other_clinic):
    with engines.writer.connect() as connection:
        apply_tenant(connection)
        change = text("UPDATE tenants SET name = 'taken over' WHERE id = :id")
        assert connection.execute(change, {"id": other_clinic.id}).rowcount == 0


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_pooled_connection_carries_nothing_over(clinic, end):
    with engines.writer.connect() as connection:
        with tenant_scope(clinic.id):
            apply_tenant(connection)
        assert connection.execute(text("SELECT count(*) FROM patients")).scalar_one() == 1
        getattr(connection, end)()
        assert connection.execute(text("SELECT count(*) FROM patients")).scalar_one() == 0


def test_nor_does_the_connection_that_took_a_seat(within):
    hold(slot_id=within.slot(), actor="test", source="API")
    with engines.door.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM appointments")).scalar_one() == 0


def test_a_filter_that_is_forgotten_still_shows_one_clinic(within, other_clinic):
    other_clinic.slot(DAY)
    within.slot(DAY)
    with reading() as connection:
        seen = set(connection.scalars(text("SELECT DISTINCT tenant_id FROM time_slots")))
    assert seen == {within.id}


@pytest.mark.parametrize("name", ["o'clinic", "100%", 'quo"ted', "søvn\u200d", "a;b--c", "back\\slash"])
def test_a_clinics_name_is_only_a_name(app, name):
    clinic = make_clinic(name)
    with tenant_scope(clinic.id), reading() as connection:
        assert connection.execute(text("SELECT current_setting('app.tenant_id')")).scalar_one() == clinic.id
