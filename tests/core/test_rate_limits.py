"""Counters of tries that hold over all processes."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.core.rate_limits import PostgresStorage, forget_expired


@pytest.fixture
def storage(app) -> PostgresStorage:
    return PostgresStorage("holdfast-postgres://")


@pytest.fixture
def key() -> str:
    return secrets.token_hex(8)


def test_tries_are_counted(storage, key):
    assert [storage.incr(key, 60) for _ in range(3)] == [1, 2, 3]
    assert storage.incr(key, 60, amount=5) == 8
    assert storage.get(key) == 8


def test_each_key_by_itself(storage, key):
    storage.incr(key, 60)
    assert storage.get(f"{key}x") == 0


def test_the_first_try_opens_the_window(storage, key):
    storage.incr(key, 60)
    ends = storage.get_expiry(key)
    assert 50 < ends - time.time() < 70
    storage.incr(key, 600)
    assert storage.get_expiry(key) == ends


def test_when_it_is_over_counting_begins_anew(storage, key, records):
    storage.incr(key, 60, amount=7)
    records.rows("UPDATE rate_limits SET expires_at = now() WHERE key = :key", key=key)
    assert storage.get(key) == 0
    assert storage.incr(key, 60) == 1


def test_tries_at_the_same_moment_all_count(storage, key):
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: storage.incr(key, 60), range(80)))
    assert sorted(counts) == list(range(1, 81))


def test_clearing(storage, key):
    storage.incr(key, 60)
    storage.clear(key)
    assert storage.get(key) == 0
    assert storage.check()


def test_what_is_over_is_forgotten(storage, key, records):
    storage.incr(key, 60)
    storage.incr(f"{key}-over", 60)
    records.rows("UPDATE rate_limits SET expires_at = now() WHERE key = :key", key=f"{key}-over")
    assert forget_expired() >= 1
    assert [storage.get(key), records.rows("SELECT 1 FROM rate_limits WHERE key = :k", k=f"{key}-over")] == [1, []]
