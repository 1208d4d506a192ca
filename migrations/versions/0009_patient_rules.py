"""What a clinic lets patients do by themselves: cut-offs, bookings a person, required details, terms"""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
FINDER = "rows_of_person(text, text, text, date)"
COLUMNS = (
    "move_cutoff_minutes",
    "bookings_a_person",
    "required_fields",
    "terms",
    "terms_link",
    "terms_version",
    "closed_message",
)


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0009_patient_rules.sql").read_text())
    _as_administrator(
        "GRANT CREATE ON SCHEMA public TO holdfast_searcher",
        f"ALTER FUNCTION {FINDER} OWNER TO holdfast_searcher",
        "REVOKE CREATE ON SCHEMA public FROM holdfast_searcher",
    )


def downgrade() -> None:
    _as_administrator(f"DROP FUNCTION {FINDER}")
    op.execute("DROP FUNCTION take_turns_of_person")
    op.execute("DROP FUNCTION phone_of_person")
    op.execute("REVOKE SELECT (email) ON patients FROM holdfast_searcher")
    op.execute("DROP INDEX idx_patients_email")
    op.execute("DROP TABLE person_turns")
    op.execute("ALTER TABLE appointments DROP COLUMN terms_version")
    op.execute("DROP TABLE terms")
    op.execute("ALTER TABLE tenants " + ", ".join(f"DROP COLUMN {name}" for name in COLUMNS))


def _as_administrator(*statements: str) -> None:
    """The tables' owner may not give its functions to another role, so whoever signed in does."""
    op.execute("RESET ROLE")
    for statement in statements:
        op.execute(statement)
    op.execute("SET ROLE holdfast_owner")
