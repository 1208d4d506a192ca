"""POST /desk/settings: works, bad input; strangers and wrong roles are test_guards.py's."""

import pytest

from tests.blueprints.desk.conftest import DAY
from tests.conftest import DAY as THE_DAY
from tests.conftest import colleague


def kept(records, clinic) -> dict[str, object]:
    return {
        row.key: row.value
        for row in records.rows("SELECT key, value FROM user_settings WHERE tenant_id = :t", t=clinic.id)
    }


def test_what_is_sent_is_kept(olga, clinic, records):
    page = olga.post("/desk/settings", {"view": "list", "shortcuts": "0", "next": olga.url(f"/desk/{DAY}/list")})
    assert page.status == 200
    assert page.path.endswith(f"/desk/{DAY}/list")
    assert kept(records, clinic) == {"view": "list", "shortcuts": False}


def test_a_list_is_filled_and_emptied(olga, clinic, records):
    colleague(clinic)
    olga.post("/desk/settings", {"specialists": ["", str(clinic.specialist_id)]})
    assert kept(records, clinic) == {"specialists": [str(clinic.specialist_id)]}
    olga.post("/desk/settings", {"specialists": ""})
    assert kept(records, clinic) == {"specialists": []}


def test_everybody_chosen_means_whoever_is_hired_later_too(olga, clinic, records):
    other = colleague(clinic)
    olga.post("/desk/settings", {"specialists": ["", str(clinic.specialist_id), str(other.specialist_id)]})
    assert kept(records, clinic) == {"specialists": []}


@pytest.mark.parametrize(("sent", "is_on"), [(["0"], False), (["0", "1"], True)])
def test_a_checkbox(olga, clinic, records, sent, is_on):
    olga.post("/desk/settings", {"hide_names": sent})
    assert kept(records, clinic) == {"hide_names": is_on}


def test_a_script_gets_no_page(olga, clinic, records):
    answer = olga.post("/desk/settings", {"density": "compact"}, headers={"X-Fragment": "1"})
    assert answer.status == 204
    assert kept(records, clinic) == {"density": "compact"}


@pytest.mark.parametrize("wrong", [{"view": "month"}, {"hide_names": "perhaps"}, {"specialists": "x"}])
def test_bad_input_is_refused(olga, clinic, records, wrong):
    page = olga.post("/desk/settings", {"density": "compact", **wrong})
    assert page.status == 400
    assert "This setting is not known." in page.text
    assert kept(records, clinic) == {}


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/c/another/desk/"])
def test_it_leads_nowhere_else(olga, clinic, elsewhere):
    answer = olga.post("/desk/settings", {"next": elsewhere}, follow_redirects=False)
    assert answer.response.location == f"/c/{clinic.id}/desk/"


def test_the_day_is_there_as_before(olga, slot):
    assert olga.get(f"/desk/{THE_DAY.date()}").status == 200
