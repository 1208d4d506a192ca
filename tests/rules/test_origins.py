"""Addresses of sites, cut down to what browsers compare."""

import pytest

from webapp.core.errors import InvalidInput
from webapp.rules.origins import site_origin


@pytest.mark.parametrize(
    ("entered", "origin"),
    [
        ("https://www.clinic.example", "https://www.clinic.example"),
        ("www.clinic.example", "https://www.clinic.example"),
        ("https://Clinic.Example/booking/?page=2#top", "https://clinic.example"),
        ("https://clinic.example:443", "https://clinic.example"),
        ("https://clinic.example:8443/", "https://clinic.example:8443"),
        ("https://Zahnärzte.example", "https://xn--zahnrzte-3za.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_a_site_is_its_scheme_host_and_port(entered, origin):
    assert site_origin(entered) == origin


@pytest.mark.parametrize(
    "entered",
    [
        "", "https://", "*", "https://*.clinic.example", "https://clinic.example;script-src *", "https://a b.example",
        "ftp://clinic.example", "javascript:alert(1)", "data:text/html,x", "https://clinic.example:99999",
        "https://-clinic.example", "https://clinic..example", "https://[::1]:8000", "https://'self'",
        f"https://{'a' * 64}.example",
    ],
)  # fmt: skip
def test_what_is_no_site_is_refused(entered):
    with pytest.raises(InvalidInput):
        site_origin(entered)


def test_a_site_without_encryption_is_refused():
    with pytest.raises(InvalidInput, match="not encrypted"):
        site_origin("http://www.clinic.example")
