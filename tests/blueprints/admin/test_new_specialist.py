"""Adding a specialist."""


def add(alice, **fields):
    fields = {"specialist-full_name": "Dr. Nyx", "specialist-service_type": "", "specialist-colour": ""} | fields
    return alice.submit(alice.get("/admin/"), "/admin/specialists", **fields)


def test_the_new_one_is_shown_with_hours_to_set(alice, records):
    page = add(alice, **{"specialist-service_type": "Night shifts", "specialist-colour": "6"})
    row = records.one("SELECT * FROM specialists WHERE tenant_id = :id AND full_name = 'Dr. Nyx'", id=alice.clinic.id)
    assert (row.service_type, row.colour) == ("Night shifts", 6)
    assert page.path.endswith(f"/admin/specialists/{row.id}")
    assert "Set the weekly hours next." in page.text


def test_the_next_colour_is_taken_by_itself(alice, records):
    add(alice)
    assert (
        records.one(
            "SELECT colour FROM specialists WHERE full_name = 'Dr. Nyx' AND tenant_id = :id", id=alice.clinic.id
        )[0]
        == 1
    )


def test_bad_input(alice, clinic, records):
    page = add(alice, **{"specialist-full_name": "  ", "specialist-service_type": "Night shifts"})
    assert page.status == 400
    assert page.title.startswith("Error: ")
    assert page.problems == ["Enter the specialist's name."]
    assert page.value("specialist-service_type") == "Night shifts"
    assert add(alice, **{"specialist-colour": "12"}).status == 400
    assert records.count("specialists", clinic) == 1
