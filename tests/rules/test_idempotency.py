import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.errors import InvalidInput
from webapp.rules.idempotency import check_key, fingerprint

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
)
payloads = st.dictionaries(st.text(max_size=5), values, max_size=4)


@given(payloads)
def test_the_order_of_members_does_not_matter(payload):
    assert fingerprint(payload) == fingerprint(dict(reversed(payload.items())))


@given(payloads, payloads)
def test_different_requests_have_different_fingerprints(one, other):
    # 1 and True are equal to Python, but not in JSON.
    assert (fingerprint(one) == fingerprint(other)) == (repr(sorted(one.items())) == repr(sorted(other.items())))


def test_it_is_a_sha256():
    assert fingerprint({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("key", ["k", "k" * 255, "6f1c-Ünï", "with space", '"'])
def test_a_key(key):
    assert check_key(key) == key


@pytest.mark.parametrize("key", ["", "k" * 256, "a\0b", "a\nb", "\x7f", "\ud800", "\u2028"])
def test_no_key(key):
    with pytest.raises(InvalidInput) as caught:
        check_key(key)
    assert caught.value.field == "idempotency_key"
