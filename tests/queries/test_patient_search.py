"""Anybody is found: in every script, with a typo, by birth date, phone and receipt; through indexes, in one clinic."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Row, text

from tests.conftest import DAY, Clinic, make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.core.transactions import one_snapshot, reading
from webapp.queries.patient_card import past_visits, upcoming_visits
from webapp.queries.patients import look_alikes, search_patients
from webapp.rules.references import reference
from webapp.services.booking import book
from webapp.services.patients import add_patient

NAMES = (
    "Łukasik Weiß", "Søren Ærø", "Zoë Tóth", "Anne-Marie O'Brien", "ОЛЬГА Петренко", "Ελένη Παπαδοπούλου",
    "أحمد الخطيب", "王伟", "佐藤花子", "김민준", "İpek Yılmaz", "Nguyễn Thị Mai", "आरव शर्मा", "נועה כהן",
    "Anna Kowalska",
    "Hanna Berg", "Berta Annan", "Peter Schmidt", "Đorđe Jovanović",
)  # fmt: skip


@pytest.fixture
def people(within):
    for name in NAMES:
        add_patient(full_name=name)
    return within


def names(typed, **more):
    return [hit.full_name for hit in search_patients(typed, **more)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lukasik", "Łukasik Weiß"),
        ("weiss luk", "Łukasik Weiß"),
        ("WEISS", "Łukasik Weiß"),
        ("soren aero", "Søren Ærø"),
        ("sö", "Søren Ærø"),
        ("toth zoe", "Zoë Tóth"),
        ("obrien", "Anne-Marie O'Brien"),
        ("marie o’b", "Anne-Marie O'Brien"),
        ("ольга", "ОЛЬГА Петренко"),
        ("ПЕТР", "ОЛЬГА Петренко"),
        ("ΕΛΕΝΗ", "Ελένη Παπαδοπούλου"),
        ("παπ", "Ελένη Παπαδοπούλου"),
        ("احمد", "أحمد الخطيب"),
        ("الخطيب أحمد", "أحمد الخطيب"),
        ("王", "王伟"),
        ("伟", "王伟"),
        ("花子", "佐藤花子"),
        ("김", "김민준"),
        ("민준", "김민준"),
        ("ipek yil", "İpek Yılmaz"),
        ("nguyen thi", "Nguyễn Thị Mai"),
        ("शर्मा", "आरव शर्मा"),
        ("כהן", "נועה כהן"),
        ("dorde", "Đorđe Jovanović"),
    ],
)
def test_names_in_every_script(people, typed, found):
    assert names(typed) == [found]


def test_the_best_comes_first(people):
    assert names("anna") == ["Anna Kowalska", "Berta Annan", "Hanna Berg", "Anne-Marie O'Brien"]
    assert names("an") == ["Anna Kowalska", "Anne-Marie O'Brien", "Berta Annan"]
    assert names("be") == ["Berta Annan", "Hanna Berg"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kowlaska", "Anna Kowalska"),
        ("anna kovalska", "Anna Kowalska"),
        ("schmitt peter", "Peter Schmidt"),
        ("petrr schmid", "Peter Schmidt"),
        ("jovanovich", "Đorđe Jovanović"),
        ("петренка", "ОЛЬГА Петренко"),
        ("papadopoulou", None),
        ("xqzwv", None),
    ],
)
def test_a_typo_is_forgiven(people, typed, found):
    hits = search_patients(typed)
    assert (hits[0].full_name if hits else None) == found
    assert all(hit.is_similar for hit in hits)


def test_similar_names_follow_those_that_were_typed(people):
    add_patient(full_name="Anna Kowalski")
    assert [(hit.full_name, hit.is_similar) for hit in search_patients("anna kowalska")] == [
        ("Anna Kowalska", False),
        ("Anna Kowalski", True),
    ]


def test_by_birth_date_alone_and_with_a_name(within):
    born = date(1984, 3, 27)
    for name in ("Ines Prado", "Karl Prado"):
        add_patient(full_name=name, date_of_birth=born)
    assert names("27.3.1984") == ["Ines Prado", "Karl Prado"]
    assert names("kar 27.3.84") == ["Karl Prado"]
    assert names("3/27/1984", month_first=True) == ["Ines Prado", "Karl Prado"]
    assert names("28.3.1984") == []


@pytest.mark.parametrize("typed", ["901820", "030 901820", "+49 30 90 18 20", "0049-30-901820", "1820", "pat 1820"])
def test_by_the_end_of_a_phone_number_in_any_format(within, typed):
    assert names(typed) == ["Pat Doe"]


def test_the_middle_of_a_phone_number_is_not_its_end(within):
    assert names("90182") == []
    assert names("ann 1820") == []


def test_by_the_reference_of_a_receipt(within):
    made = book(slot_id=within.slot(), patient_id=within.pat, actor="test", source="API")
    receipt = reference(made.id)
    assert [names(typed) for typed in (receipt, receipt.lower(), receipt.replace("-", ""))] == [["Pat Doe"]] * 3
    assert names(reference(within.pat)) == []


def test_a_changed_name_is_found_and_the_old_one_is_not(within, records):
    records.rows("UPDATE patients SET full_name = 'Quentin Quispe' WHERE id = :id", id=within.pat)
    assert (names("quisp"), names("doe")) == (["Quentin Quispe"], [])


def test_a_visit_says_with_whom(within):
    made = book(slot_id=within.slot(), patient_id=within.pat, actor="test", source="DESK")
    (hit,) = search_patients("pat")
    assert (hit.next_visit, hit.next_with, hit.next_id) == (DAY, "Dr. Sam Weiss", made.id)
    assert (hit.last_visit, hit.last_id) == (None, None)


SCANS = "SELECT seq_scan, idx_scan, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = :table"
MANY = """
    INSERT INTO patients (tenant_id, full_name, phone, date_of_birth, reference)
    SELECT :tenant, (ARRAY['Anna', 'Ben', 'Clara', 'Łukasz', 'Ольга', 'Søren', 'Kirsten'])[1 + n % 7]
           || ' ' || (ARRAY['Kowalska', 'Berg', 'Anders', 'Ковальчук', 'Schmidt'])[1 + n % 5] || chr(97 + n % 26),
           '+4930' || 1000000 + n, date '1930-01-01' + n, 'P' || 10000 + n
    FROM generate_series(1, 20000) n"""

VISITS = """
    INSERT INTO appointments (tenant_id, patient_id, start_time, status)
    SELECT tenant_id, id, timestamptz '2020-01-01 00:00Z' + row_number() OVER () * interval '1 hour', 'CANCELLED'
    FROM patients WHERE tenant_id = :tenant"""


@pytest.fixture(scope="module")
def crowded(app, superuser) -> Clinic:
    """A clinic so large that reading its table would take longer than an index."""
    clinic = make_clinic("crowded")
    with superuser.begin() as connection:
        connection.execute(text(MANY), {"tenant": clinic.id})
        connection.execute(text(VISITS), {"tenant": clinic.id})
        connection.execute(text("ANALYZE patients"))
        connection.execute(text("ANALYZE appointments"))
    return clinic


NOBODY = UUID(int=1)
FORGIVING = ("kow ann be", "kowlaska", "anna kowlaska")  # a bitmap for each trigram


@pytest.mark.parametrize(
    "typed",
    ["a", "an", "zz", "anna", "an ko", "ольга", "27.3.1984", "1820", "P10001", "222-222-222", *FORGIVING],
)
def test_no_search_reads_the_whole_table(crowded, typed):
    """Two letters, several words, typos: what PostgreSQL counted in the transaction of the search."""
    with tenant_scope(crowded.id), one_snapshot():
        before, booked = counted("patients"), counted("appointments")
        search_patients(typed)
        after = counted("patients")
        assert counted("appointments").seq_scan == booked.seq_scan
    assert after.seq_scan == before.seq_scan
    assert after.idx_scan > before.idx_scan
    assert after.idx_tup_fetch - before.idx_tup_fetch < (40_000 if typed in FORGIVING else 10_000)


@pytest.fixture(scope="module")
def busy(crowded, superuser) -> Clinic:
    """The same clinic with visits of a few: nobody's next visit is looked for among everybody's."""
    rows = """
        INSERT INTO appointments (tenant_id, patient_id, start_time, end_time, status)
        SELECT p.tenant_id, p.id, at, at + interval '5 minutes', CASE n % 9 WHEN 0 THEN 'CANCELLED' ELSE 'CONFIRMED' END
               ::appointment_status
        FROM (SELECT tenant_id, id, row_number() OVER () AS own FROM patients WHERE tenant_id = :tenant LIMIT 100) p,
             generate_series(1, 100) n,
             LATERAL (SELECT now() + (n * 100 + p.own - 5000) * interval '10 minutes' AS at) time"""
    with superuser.begin() as connection:
        connection.execute(text(rows), {"tenant": crowded.id})
        connection.execute(text("ANALYZE appointments"))
    return crowded


@pytest.mark.parametrize(
    "ask", [lambda: search_patients("anna"), lambda: upcoming_visits(NOBODY), lambda: past_visits(NOBODY)]
)
def test_nobodys_visits_are_looked_for_among_everybodys(busy, ask):
    with tenant_scope(busy.id), one_snapshot():
        before = counted("appointments")
        ask()
        after = counted("appointments")
    assert after.seq_scan == before.seq_scan
    assert after.idx_tup_fetch - before.idx_tup_fetch < 1_000


def counted(table: str) -> Row:
    with reading() as connection:
        return connection.execute(text(SCANS), {"table": table}).one()


def test_another_clinics_patients_are_never_found(people, other_clinic):
    with tenant_scope(other_clinic.id):
        assert names("anna") == []
        assert names("kowalska anna") == []
        assert names("user_pat") == ["Pat Doe"]
        assert {hit.id for hit in search_patients("doe")} == {other_clinic.pat}


BORN = date(1984, 3, 27)


@pytest.mark.parametrize(
    ("who", "known"),
    [
        ({"full_name": "Pat Doe", "phone": "+4930901820"}, True),
        ({"full_name": "doe, pät", "phone": "030 901820"}, True),
        ({"full_name": "Patt Doe", "phone": "+4930901820"}, True),
        ({"full_name": "Pat Doe", "date_of_birth": BORN}, True),
        ({"full_name": "Pad Doe", "date_of_birth": BORN}, True),
        ({"full_name": "Pat Doe"}, True),
        ({"full_name": "Pat Doe", "date_of_birth": date(1990, 1, 1)}, False),
        ({"full_name": "Patt Doe"}, False),
        ({"full_name": "Quentin Weber", "phone": "+4930901820"}, False),
        ({"full_name": "Quentin Weber", "date_of_birth": BORN}, False),
        ({"full_name": "!?"}, False),
    ],
)
def test_somebody_new_who_may_be_known(within, records, who, known):
    records.rows("UPDATE patients SET date_of_birth = :born WHERE id = :id", born=BORN, id=within.pat)
    assert [hit.id for hit in look_alikes(**who)] == ([within.pat] if known else [])


def test_who_is_known_elsewhere_is_new_here(within, other_clinic):
    add_patient(full_name="Ines Prado", date_of_birth=BORN)
    with tenant_scope(other_clinic.id):
        assert look_alikes(full_name="Ines Prado", date_of_birth=BORN) == []
