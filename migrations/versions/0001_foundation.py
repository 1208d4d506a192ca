"""Clinics, people, hours, slots, appointments and their guards"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"

TABLES = [
    "appointment_event_chain",
    "appointment_events",
    "appointments",
    "time_slots",
    "closures",
    "opening_hours",
    "appointment_type_specialists",
    "appointment_types",
    "patients",
    "user_sessions",
    "api_tokens",
    "users",
    "rooms",
    "specialists",
    "rate_limits",
    "tenants",
]


def upgrade() -> None:
    for name in ("0001_tables.sql", "0001_keys.sql", "0001_guards.sql"):
        op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / name).read_text())


def downgrade() -> None:
    op.execute("DROP VIEW bookings")
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    for enum in ("appointment_priority", "appointment_status", "timeslot_status", "user_role"):
        op.execute(f"DROP TYPE {enum}")
