"""Patients are found by folded names, phone, birth date and receipt; their rows have versions"""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"

FINDERS = ("search_patients(text, text, date[], text, text[], text, integer)", "look_alikes(text, text, date, integer)")
FOLDING = (
    "receipt_of",
    "phone_tail",
    "word_patterns",
    "name_likeness",
    "wanted_terms",
    "name_terms",
    "fold_name",
    "fold_letters",
    "unaccented",
)


def upgrade() -> None:
    for name in ("0004_folding.sql", "0004_patient_search.sql"):
        op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / name).read_text())
    _as_administrator(
        "GRANT CREATE ON SCHEMA public TO holdfast_searcher",
        *(f"ALTER FUNCTION {finder} OWNER TO holdfast_searcher" for finder in FINDERS),
        "REVOKE CREATE ON SCHEMA public FROM holdfast_searcher",
    )


def downgrade() -> None:
    _as_administrator(*(f"DROP FUNCTION {finder}" for finder in FINDERS))
    op.execute("DROP POLICY patients_are_searched ON patients")
    op.execute("DROP POLICY receipts_are_searched ON appointments")
    op.execute("REVOKE ALL ON patients, appointments FROM holdfast_searcher")
    for index in ("idx_patients_name_terms", "idx_patients_birth", "idx_patients_phone"):
        op.execute(f"DROP INDEX {index}")
    for index in ("idx_appointments_receipt", "idx_appointments_missed"):
        op.execute(f"DROP INDEX {index}")
    op.execute("ALTER TABLE patients DROP COLUMN search_name, DROP COLUMN version")
    op.execute("CREATE INDEX idx_patients_name_trigram ON patients USING gin (full_name gin_trgm_ops)")
    for function in FOLDING:
        op.execute(f"DROP FUNCTION {function}")


def _as_administrator(*statements: str) -> None:
    """The tables' owner may not give its functions to another role, so whoever signed in does."""
    op.execute("RESET ROLE")
    for statement in statements:
        op.execute(statement)
    op.execute("SET ROLE holdfast_owner")
