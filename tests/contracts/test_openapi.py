"""schemathesis reads the OpenAPI document and tries what it allows, and what it forbids, on every route."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from tests.conftest import make_clinic

ROUTES = 27
EXAMPLES = 15  # the same in each run, so that a red lane is a change's doing; the long form draws new ones
LONG_FORM = pytest.param(100, marks=pytest.mark.chaos)

#: What a schema cannot say, so that some requests it allows are rightly refused with 400. Every other check holds.
BEYOND_THE_SCHEMA = {
    "POST /api/admin/doctors/{doctor_id}/slots": "the end lies after the start, within a day and the calendar",
    "GET /api/availability": "the search is at most 62 days long, within the calendar",
    "GET /api/slots": "the cursor is one that a page gave, times lie within the calendar",
    "GET /bookings": "the cursor is one that a page gave",
    "GET /slots": "the source's own: a day that is none is a 400",
    "POST /api/patients": "the e-mail address can be one, and somebody living can have been born then",
    "POST /api/slots/{slot_id}/book": "a key may come by header or body, but not two that differ",
    "POST /bookings": "two kinds of body, told apart by their members, a key in header or body, users that exist",
}


@pytest.fixture(scope="module")
def described(app):
    clinic = make_clinic("described")
    clinic.slot(capacity=50)
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.mark.parametrize("examples", [EXAMPLES, LONG_FORM])
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_route_keeps_to_its_description(described, mode, examples):
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == ROUTES
    assert set(BEYOND_THE_SCHEMA) <= {operation.label for operation in operations}
    faults = [fault for operation in operations for fault in faults_of(operation, mode, examples)]
    assert not faults, "\n\n".join(faults)


def faults_of(operation, mode, examples) -> list[str]:
    left_out = [CHECKS.get_one("positive_data_acceptance")] if operation.label in BEYOND_THE_SCHEMA else []

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        derandomize=examples == EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def try_it(case):
        case.call_and_validate(excluded_checks=left_out)

    try:
        try_it()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # a route without input has no wrong input
    except (FailureGroup, BaseExceptionGroup) as group:
        return [f"{operation.label}: {str(one)[:2000]}" for one in group.exceptions]
    return []
