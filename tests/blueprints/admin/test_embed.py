"""Which other sites may show the booking pages."""

import pytest

SITE = "https://www.clinic.example"


def save(alice, sites):
    return alice.submit(alice.get("/admin/embed"), "/admin/embed", sites=sites)


def origins(clinic, records):
    return records.one("SELECT embed_origins FROM tenants WHERE id = :id", id=clinic.id).embed_origins


def test_sites_are_kept_as_browsers_write_them(alice, clinic, records):
    page = save(alice, "https://www.clinic.example/booking\nWWW.Clinic.example\nhttps://other.example:8443")
    assert origins(clinic, records) == [SITE, "https://other.example:8443"]
    assert "Saved." in page.text
    assert page.one("textarea[name=sites]").text.split() == [SITE, "https://other.example:8443"]


def test_the_lines_to_copy(alice, clinic):
    assert "Enter your site first." in alice.get("/admin/embed").text
    snippet = save(alice, SITE).one("#snippet").text
    assert f'<iframe src="http://localhost/embed/c/{clinic.id}/" title="Book a visit at Harbour"' in snippet
    assert '<script src="http://localhost/static/js/embed.js" async></script>' in snippet


def test_a_name_with_quotes_stays_inside_its_attribute(alice, clinic, records):
    records.rows("""UPDATE tenants SET name = 'A "B" <C>' WHERE id = :id""", id=clinic.id)
    assert 'title="Book a visit at A &#34;B&#34; &lt;C&gt;" width' in save(alice, SITE).one("#snippet").text


def test_each_button_says_what_it_saves(alice):
    buttons = [button.text for button in alice.get("/admin/embed").soup.select("main form button[type=submit]")]
    assert buttons == ["Save the sites", "Save what programs may do"]


def test_none_is_allowed_again(alice, clinic, records):
    save(alice, SITE)
    save(alice, " \n")
    assert origins(clinic, records) == []


@pytest.mark.parametrize(
    ("sites", "problem"),
    [
        ("https://*.clinic.example", "“https://*.clinic.example” is not the address of a site."),
        ("http://www.clinic.example", "“http://www.clinic.example” is not encrypted"),
        ("\n".join(f"https://s{n}.example" for n in range(21)), "Enter at most 20 sites"),
    ],
)
def test_bad_input_is_refused_and_kept(alice, clinic, records, sites, problem):
    page = save(alice, sites)
    assert page.status == 400
    assert problem in page.problems[0]
    assert page.one("textarea[name=sites]").text.strip() == sites
    assert origins(clinic, records) == []


def test_another_clinic_keeps_its_sites(alice, other_clinic, records):
    save(alice, SITE)
    assert origins(other_clinic, records) == []


def test_programs_are_held_back_where_the_clinic_wants_it(alice, clinic, other_clinic, records):
    def asked(where):
        return records.one("SELECT proof_of_work FROM tenants WHERE id = :id", id=where.id).proof_of_work

    page = alice.submit(alice.get("/admin/embed"), "/embed/programs", asked="on")
    assert "checked" in page.one("#asked").attrs
    assert (asked(clinic), asked(other_clinic)) == (True, False)
    fields = {name: value for name, value in page.form("/embed/programs").items() if name != "asked"}
    alice.post("/admin/embed/programs", fields)
    assert not asked(clinic)
