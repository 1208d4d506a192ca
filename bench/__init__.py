"""The side-by-side benchmark: everything on one PostgreSQL, in one run, turn by turn."""
