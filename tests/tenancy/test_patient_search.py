"""The search runs with rights of its own: what they reach, and that no clinic's search leaves the clinic."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from webapp.core.database import engines
from webapp.core.roles import APP, READER, SEARCHER
from webapp.core.tenancy import apply_tenant, tenant_scope
from webapp.core.transactions import sqlstate

pytestmark = pytest.mark.isolation

SEARCH = "SELECT count(*) FROM search_patients(:name, '', '{}', '901820', ARRAY['user_pat'], NULL, 100)"
LOOK_ALIKES = "SELECT count(*) FROM look_alikes(:name, '+4930901820', NULL, 100)"
OWNED = """SELECT proname, prosecdef, proconfig::text FROM pg_proc
           WHERE proowner = CAST(:role AS regrole) AND pronamespace = 'public'::regnamespace ORDER BY 1"""


@pytest.mark.parametrize("statement", [SEARCH, LOOK_ALIKES])
@pytest.mark.parametrize("engine", ["writer", "reader"])
def test_it_finds_one_clinics_patients_only(clinic, other_clinic, engine, statement):
    with getattr(engines, engine).connect() as connection:
        connection.exec_driver_sql("BEGIN")
        for place in (clinic, other_clinic):
            with tenant_scope(place.id):
                apply_tenant(connection)
                assert connection.execute(text(statement), {"name": "Pat Doe"}).scalar_one() == 1


@pytest.mark.parametrize("statement", [SEARCH, LOOK_ALIKES])
def test_without_a_clinic_it_finds_nobody(clinic, statement):
    with engines.reader.connect() as connection:
        assert connection.execute(text(statement), {"name": "Pat Doe"}).scalar_one() == 0


def test_nobody_signs_in_as_the_searcher_and_it_can_only_read_what_is_searched(sql):
    role = sql.execute(text("SELECT * FROM pg_roles WHERE rolname = :role"), {"role": SEARCHER}).one()
    assert not any((role.rolcanlogin, role.rolsuper, role.rolbypassrls, role.rolcreaterole, role.rolcreatedb))
    grants = text("""SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges
                     WHERE grantee = :role""")
    reach = {(row.table_name, row.privilege_type) for row in sql.execute(grants, {"role": SEARCHER})}
    assert reach == {("patients", "SELECT"), ("appointments", "SELECT")}
    hidden = text("SELECT has_column_privilege(:role, 'patients', 'notes', 'SELECT')")
    assert not sql.execute(hidden, {"role": SEARCHER}).scalar_one()
    assert not sql.execute(
        text("SELECT has_schema_privilege(:role, 'public', 'CREATE')"), {"role": SEARCHER}
    ).scalar_one()


def test_its_functions_are_three_and_closed_to_everybody_else(sql):
    owned = sql.execute(text(OWNED), {"role": SEARCHER}).all()
    assert [row.proname for row in owned] == ["look_alikes", "rows_of_person", "search_patients"]
    assert all(row.prosecdef for row in owned)
    assert all("search_path=pg_catalog, public, pg_temp" in row.proconfig for row in owned)
    others = text("""SELECT count(*) FROM pg_proc, aclexplode(proacl) a
                     WHERE proowner = CAST(:role AS regrole) AND a.grantee NOT IN (
                         CAST(:role AS regrole), CAST(:app AS regrole), CAST(:reader AS regrole))""")
    assert sql.execute(others, {"role": SEARCHER, "app": APP, "reader": READER}).scalar_one() == 0


@pytest.mark.parametrize("engine", ["writer", "reader"])
def test_the_serving_roles_cannot_become_the_searcher(clinic, engine):
    with getattr(engines, engine).connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text(f"SET ROLE {SEARCHER}"))
    assert sqlstate(caught.value) == "42501"
