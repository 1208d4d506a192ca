"""The benchmark measures the door by its own statement: it has to know every parameter of it."""

from bench.booking import CLAIM
from webapp.services.claim import CLAIM as THE_DOOR


def test_the_benchmark_s_statement_is_one_that_the_door_answers(records):
    statement = (THE_DOOR % (CLAIM | {"slot": "uuidv7()"})).replace("uuidv7()", "gen_random_uuid()")  # on every release
    assert records.one(statement.replace("::", "\\:\\:")).outcome == "SLOT_NOT_FOUND"
