"""A ledger over HTTP: fetched in bundles and tiles, tried again when the server stumbles, and never believed."""

from collections.abc import Iterator

import pytest

from phyle.cooperative.audit.auditing import audit, origin_of
from phyle.cooperative.audit.remote import Remote, base_of
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.keys import Kind, Signer
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
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return False

    host.stumbles = 2
    with remote(host) as source:
        monkeypatch.setattr(source._stopped, "wait", wait)
        assert audit(source).sound
        host.stumbles = 1000
        with pytest.raises(Unreachable, match="503"):
            audit(source)
    assert set(waited) == {7.0}, "as long as the server asks for"


def test_what_cannot_get_better_is_not_tried_again(host: Host) -> None:
    host.stumbles, host.status = 1, 418
    with remote(host) as source, pytest.raises(Unreachable, match="418"):
        audit(source)
    assert len(host.asked) == 1
    host.stumbles, host.status = 1, 403
    with remote(host) as source, pytest.raises(Refused, match="not for you"):
        audit(source)


def test_a_checkpoint_of_more_than_anybody_has(host: Host) -> None:
    """Who claims a quintillion entries costs an auditor nothing."""
    story = decided()
    note = Checkpoint(ORIGIN, 10**18, bytes(32)).note()
    host.ledger.note = bytes(note.signed(Signer(ORIGIN, Kind.ED25519, story.log)))
    with remote(host) as source:
        assert not audit(source).sound


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
