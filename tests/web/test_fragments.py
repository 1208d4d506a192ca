"""The piece of a page that a script asks for; a page that has no piece comes whole."""

import pytest

PIECE = {"X-Fragment": "1"}


@pytest.mark.parametrize("path", ["/desk/2031-03-03", "/desk/patients"])
def test_a_script_gets_the_piece(olga, path):
    assert "</html>" in olga.get(path).response.text
    assert "</html>" not in olga.get(path, headers=PIECE).response.text


@pytest.mark.parametrize("path", ["/desk/2031-03-03/print", "/desk/outage", "/desk/sick-day"])
def test_or_the_page_where_there_is_none(olga, path):
    page = olga.get(path, headers=PIECE)
    assert page.status == 200
    assert "</html>" in page.response.text
    assert page.response.headers["Vary"].find("X-Fragment") >= 0
