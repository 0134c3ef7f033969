"""How often one may ask."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.errors import TooMany
from phyle.identity import limits, sweeping
from phyle.identity.limits import Limit, Meter
from phyle.store.sql import Query
from phyle.store.transaction import Store

LIMIT = Limit(name="test", most=20, window=timedelta(days=4000))  # no window ends while the test runs


@pytest.fixture
def strict(store: Store) -> Store:
    """A store of an instance with request limits."""
    store.settings = replace(store.settings, limits=True)
    return store


async def _bucket(store: Store) -> int | None:
    async with store.reading() as tx:
        count: int | None = await tx.value(Query("SELECT count FROM store.limits"))
        return count


async def test_each_attempt_is_counted_for_all_processes(strict: Store) -> None:
    for _ in range(20):
        await limits.count(strict, LIMIT, "ana")
    with pytest.raises(TooMany) as refusal:
        await limits.count(strict, LIMIT, "ana")
    assert refusal.value.retry_after > 0
    await limits.count(strict, LIMIT, "bea")


async def test_a_new_window_begins_from_nothing(strict: Store) -> None:
    short = replace(LIMIT, most=1)
    await limits.count(strict, short, "ana")
    async with strict.reading() as tx:
        await tx.run(Query("UPDATE store.limits SET began_at = began_at - interval '4000 days'"))
    await limits.count(strict, short, "ana")
    with pytest.raises(TooMany):
        await limits.count(strict, short, "ana")


async def test_a_late_count_does_not_reopen_a_window(strict: Store) -> None:
    await limits.count(strict, replace(LIMIT, most=1), "ana")
    async with strict.reading() as tx:
        await tx.run(Query("UPDATE store.limits SET began_at = began_at + interval '4000 days'"))
    await limits.count(strict, LIMIT, "ana")
    assert await _bucket(strict) == 1


async def test_switched_off(store: Store) -> None:
    meter = Meter(replace(LIMIT, most=1), on=False)
    for _ in range(5):
        await limits.count(store, replace(LIMIT, most=1), "ana")
        assert meter.count("ana") is None
    assert await _bucket(store) is None


async def test_meters_of_several_processes_share_one_limit(strict: Store) -> None:
    first, second = Meter(LIMIT), Meter(LIMIT)
    for left in reversed(range(10, 20)):
        standing = first.count("ana")
        assert standing is not None
        assert (standing.most, standing.left) == (20, left)
    for _ in range(8):
        second.count("ana")
    await first.share(strict)
    await second.share(strict)
    for _ in range(2):
        second.count("ana")
    with pytest.raises(TooMany):
        second.count("ana")
    second.count("bea")
    await second.share(strict)
    await second.share(strict)
    assert await _bucket(strict) == 18, "little and nothing are not worth a write"
    first.count("ana")


async def test_a_meter_forgets_when_its_window_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("phyle.identity.limits.time.time", lambda: now)
    meter = Meter(Limit(name="test", most=1, window=timedelta(minutes=5)))
    meter.count("ana")
    with pytest.raises(TooMany) as refusal:
        meter.count("ana")
    now += refusal.value.retry_after
    assert meter.count("ana") is not None


def test_a_meter_has_bounded_memory() -> None:
    meter = Meter(LIMIT)
    for number in range(100_000):
        meter.count(str(number))
    assert len(meter._tallies) <= limits._MOST_BUCKETS + 1


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense", "nonsense"),
    ],
)
def test_what_of_an_address_counts(address: str, place: str) -> None:
    assert limits.place(address) == place


@given(st.text())
def test_any_address_has_a_short_place(address: str) -> None:
    assert len(limits.place(address)) <= 64


async def test_sweeping_removes_what_is_over(strict: Store) -> None:
    await limits.count(strict, LIMIT, "ana")
    await limits.count(strict, replace(LIMIT, name="old"), "ana")
    async with strict.transaction() as tx:
        await tx.run(Query("UPDATE store.limits SET began_at = now() - interval '2 days' WHERE bucket LIKE 'old%'"))
        await tx.run(Query("UPDATE store.limits SET began_at = now() WHERE bucket LIKE 'test%'"))
        await sweeping.sweep(tx, {})
        assert await tx.value(Query("SELECT string_agg(bucket, ',') FROM store.limits")) == "test ana"
