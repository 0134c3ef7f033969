"""The bounded inflater: what comes out is what went in, however it is cut, and never more than the cap."""

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.errors import Malformed, TooLarge
from phyle.federation.inflate import Inflater


def bare(body: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(body) + squeeze.flush()


CODINGS = {"": bytes, "identity": bytes, "gzip": gzip.compress, "X-GZip": gzip.compress, "deflate": zlib.compress}


def inflate(coding: str, sent: bytes, limit: int = 1 << 20, step: int = 1 << 16) -> bytes:
    inflater = Inflater(coding, limit)
    for start in range(0, len(sent), step):
        inflater.feed(sent[start : start + step])
    return inflater.finish()


@given(body=st.binary(max_size=5000), step=st.integers(1, 700), coding=st.sampled_from(sorted(CODINGS)))
def test_bodies_survive_any_cut(body: bytes, step: int, coding: str) -> None:
    assert inflate(coding, CODINGS[coding](body), step=step) == body


@given(body=st.binary(max_size=500))
def test_bare_deflate_is_understood(body: bytes) -> None:
    assert inflate("deflate", bare(body)) == body


@pytest.mark.parametrize("coding", sorted(CODINGS))
def test_the_cap_is_exact(coding: str) -> None:
    sent = CODINGS[coding](b"x" * 1000)
    assert inflate(coding, sent, limit=1000) == b"x" * 1000
    with pytest.raises(TooLarge):
        inflate(coding, sent, limit=999)


def test_the_cap_holds_for_what_is_sent_too() -> None:
    with pytest.raises(TooLarge):
        inflate("gzip", gzip.compress(b"x") + b"\0" * 1000, limit=500, step=100)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_damage_and_early_ends_are_noticed(coding: str) -> None:
    sent = CODINGS[coding](b"some text that is compressed")
    with pytest.raises(Malformed):
        inflate(coding, sent[:-6])
    with pytest.raises(Malformed):
        inflate(coding, sent[:12] + b"\xff\xff\xff" + sent[15:])


def test_thousands_of_members_cost_nothing() -> None:
    assert inflate("gzip", gzip.compress(b"first") + gzip.compress(b"") * 20_000) == b"first"


@pytest.mark.threat("D12")
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_costs_no_more_memory_than_the_cap(coding: str) -> None:
    bomb = CODINGS[coding](bytes(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            inflate(coding, bomb, step=len(bomb))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_no_body_is_an_empty_body() -> None:
    assert inflate("gzip", b"") == b""
