"""Adding a type of visit."""

import pytest

VALID = {
    "type-name": "First visit",
    "type-minutes": "45",
    "type-buffer_before": "5",
    "type-buffer_after": "10",
    "type-is_public": "on",
}


def add(alice, **fields):
    return alice.submit(alice.get("/admin/"), "/admin/types", **VALID | fields)


def test_it_is_added_and_offered(alice, clinic, records):
    page = add(alice, **{"type-specialist_ids": str(clinic.specialist_id)})
    row = records.one("SELECT * FROM appointment_types WHERE tenant_id = :id AND name = 'First visit'", id=clinic.id)
    assert (row.minutes, row.buffer_before, row.buffer_after, row.is_public, row.is_group) == (45, 5, 10, True, False)
    assert "“First visit” was added." in page.text
    assert "2 types of visit" in page.text


def test_for_the_desk_only(alice, clinic, records):
    fields = {name: value for name, value in VALID.items() if name != "type-is_public"}
    alice.get("/admin/")
    alice.post("/admin/types", fields)
    row = records.one("SELECT * FROM appointment_types WHERE tenant_id = :id AND name = 'First visit'", id=clinic.id)
    assert not row.is_public


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"type-name": ""}, "Enter a name for this type of visit."),
        ({"type-minutes": "0"}, "Enter a whole number from 1 to 1439."),
        ({"type-minutes": "half an hour"}, "Enter a whole number from 1 to 1439."),
        ({"type-buffer_after": "-5"}, "Enter a whole number from 0 to 240."),
        ({"type-buffer_after": "9" * 40}, "Enter a whole number from 0 to 240."),
    ],
)
def test_bad_input_is_said_and_kept(alice, clinic, records, fields, problem):
    page = add(alice, **fields)
    assert page.status == 400
    assert page.problems == [problem]
    for name, value in fields.items():
        assert page.value(name) == value
    assert records.count("appointment_types", clinic) == 1


def test_another_clinics_specialist_is_no_choice(alice, clinic, other_clinic, records):
    assert add(alice, **{"type-specialist_ids": str(other_clinic.specialist_id)}).status == 400
    assert records.count("appointment_types", clinic) == 1
