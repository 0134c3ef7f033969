"""A ledger over HTTP: fetched in bundles and tiles, tried again when the server stumbles, and never believed."""

from collections.abc import Iterator

import pytest

from phyle.cooperative.audit.auditing import audit, origin_of
from phyle.cooperative.audit.remote import Remote, base_of
from phyle.errors import Malformed, Refused, Unreachable
from tests.cooperative.audit.ledgers import decided, long
from tests.cooperative.audit.memories import remembered
from tests.cooperative.audit.serving import Host, served
from tests.cooperative.law.stories import ORIGIN


@pytest.fixture
def host() -> Iterator[Host]:
    with served(remembered(decided())) as server:
        yield server


def remote(host: Host, token: str = "") -> Remote:
    return Remote(host.address, token=token, insecure_local=True)


def test_a_ledger_is_verified_over_http(host: Host) -> None:
    with remote(host) as source:
        assert origin_of(source) == ORIGIN
        found = audit(source)
    assert found.sound, found.findings
    assert found.entries == len(host.ledger.leaves)
    assert not any(token for _, token in host.asked)


def test_several_bundles(host: Host) -> None:
    host.ledger = remembered(long(700))
    with remote(host) as source:
        found = audit(source)
    assert found.sound, found.findings
    assert found.size > 700
    assert {each.what: each.verified for each in found.statements}["tiles"] == -(-found.size // 256)


def test_a_server_that_forgot_the_partial_tiles(host: Host) -> None:
    host.full_only = True
    with remote(host) as source:
        assert audit(source).sound


def test_a_server_that_stumbles(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.stumbles = 2
    with remote(host) as source:
        monkeypatch.setattr(source._stopped, "wait", lambda seconds: False)
        assert audit(source).sound
        host.stumbles = 1000
        with pytest.raises(Unreachable, match="503"):
            audit(source)


def test_a_changed_byte_of_a_tile_and_of_an_entry(host: Host) -> None:
    leaf = host.ledger.leaves[6]
    host.ledger.leaves[6] = leaf.replace(b'"at":1', b'"at":2')
    with remote(host) as source:
        assert audit(source).findings[0].seq == 6
        host.ledger.leaves[6] = leaf
        host.ledger.hashes[0, 0] = bytes(32) + host.ledger.hashes[0, 0][32:]
        found = audit(source).findings[0]
    assert (found.seq, found.what) == (0, "tile")


def test_a_bundle_that_cannot_be_read(host: Host) -> None:
    host.ledger.leaves[-1] = b"{}"
    with remote(host) as source:
        assert not audit(source).sound


def test_the_token_goes_to_the_interface_alone(host: Host) -> None:
    with remote(host, token="secret") as source:
        found = audit(source)
    assert found.findings[0].outcome == "withheld", "the host opens nothing"
    assert {path.split("?")[0] for path, token in host.asked if token} == {"/api/phyle/v1/ledger/openings"}


def test_no_ledger_there(host: Host) -> None:
    with Remote(f"{host.address}/ledger/witnessed/", insecure_local=True) as source:
        host.ledger.sheets.clear()
        host.ledger.note = b"\n"
        with pytest.raises(Malformed):
            origin_of(source)


def test_addresses() -> None:
    assert base_of("https://a.example", insecure_local=False) == "https://a.example/ledger/"
    assert base_of("https://a.example/ledger", insecure_local=False) == "https://a.example/ledger/"
    assert base_of("https://b.example/ledger/witnessed/ab", insecure_local=False).endswith("/witnessed/ab/")
    for address in ("http://a.example", "http://127.0.0.1", "ftp://a.example", "https://", "https://u:p@a.example"):
        with pytest.raises(Refused):
            base_of(address, insecure_local=False)
    with pytest.raises(Refused):
        base_of("http://10.0.0.1", insecure_local=True)
