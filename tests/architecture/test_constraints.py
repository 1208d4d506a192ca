"""Every constraint that a row can violate has its sentence, or says that it is ours to keep."""

from sqlalchemy import text

from webapp.core.constraints import MESSAGES

_OURS = text("""
    SELECT conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = 'public' AND contype IN ('c', 'u', 'x', 'f') AND t.relname <> 'alembic_version'
    UNION
    SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE n.nspname = 'public' AND x.indisunique AND NOT x.indisprimary AND i.relname NOT LIKE 'alembic%'
""")


def test_each_has_a_sentence_or_an_internal_mark(sql):
    assert set(sql.scalars(_OURS)) - set(MESSAGES) == set()


def test_none_speaks_of_a_constraint_that_is_gone(sql):
    assert set(MESSAGES) - set(sql.scalars(_OURS)) == set()


def test_sentences_say_what_to_do():
    for known in MESSAGES.values():
        assert known is None or known[1].endswith(".")
