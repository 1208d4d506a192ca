"""Saying whose rows a piece of work may see."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from webapp.core.database import engines
from webapp.core.tenancy import NoTenant, apply_tenant, current_tenant, tenant_scope
from webapp.core.transactions import reading

ODD_NAMES = ["O'Brien", "100%", "%s %(a)s", "a\\b", 'dou"ble', "日本", "'; SELECT 1; --", "$1", ":name", "{}"]


def test_scopes_nest_and_end():
    with tenant_scope("outer"):
        with tenant_scope("inner"):
            assert current_tenant() == "inner"
        assert current_tenant() == "outer"
    with pytest.raises(NoTenant):
        current_tenant()


def test_they_end_with_an_error_too():
    with pytest.raises(ZeroDivisionError), tenant_scope("clinic"):
        _ = 1 / 0
    with pytest.raises(NoTenant):
        current_tenant()


def test_another_thread_starts_without_one():
    with tenant_scope("clinic"), ThreadPoolExecutor(1) as pool:
        assert isinstance(pool.submit(current_tenant).exception(), NoTenant)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_the_database_hears_the_very_name(app, name):
    with tenant_scope(name), reading() as connection:
        assert connection.scalar(text("SELECT current_setting('app.tenant_id')")) == name


def test_for_one_transaction_only(app):
    with tenant_scope("clinic"), engines.writer.connect() as connection:
        with connection.begin():
            apply_tenant(connection)
            assert connection.scalar(text("SELECT current_setting('app.tenant_id')")) == "clinic"
        assert connection.scalar(text("SELECT current_setting('app.tenant_id', true)")) == ""
