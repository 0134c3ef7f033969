"""Reaching inside, and being exhausted: what the guarded client refuses, whoever leads it there."""

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from phyle.errors import Unreachable
from phyle.federation import fetch, net, nodeinfo, webfinger
from phyle.federation.addresses import refuse
from phyle.federation.connections import open_session, target
from phyle.federation.net import Net, Reach
from tests import outside
from tests.outside import BARRED, REACHABLE, Stranger, Talk

OURS = "https://ours.example"
ACCEPT = "application/activity+json"

INNER = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 100.127.255.255 169.254.169.254 172.16.0.1
172.31.255.255 192.168.0.1 192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1
64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2002:808:808:: 2001:0:808:808::f5f5:fefe
2001:0:808:808::80ff:fffe fc00::1 fd12::1 fe80::1 fe80::1%eth0 2606:4700::1%eth0 fec0::1 ff02::1 100::1 2001:db8::1
3fff::1 3ffe::1 5f00::1 4000::1 2001:10::1
"""

PUBLIC = """
1.1.1.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 9.9.9.9 223.255.255.255 2606:4700::1111 2a01:4f8::1
::ffff:1.1.1.1 64:ff9b::101:101
"""


@pytest.fixture
async def client() -> AsyncIterator[Net]:
    async with outside.client() as made:
        yield made


@pytest.fixture
async def good() -> AsyncIterator[Stranger]:
    async with outside.stranger() as made:
        yield made


@pytest.fixture
async def inner() -> AsyncIterator[Stranger]:
    """A service of ours on loopback, where nobody may lead us."""
    async with outside.stranger(BARRED, address=BARRED) as made:
        made.serve("/secret", {"id": "secret"})
        yield made


@pytest.mark.threat("D1")
@pytest.mark.parametrize("address", INNER.split())
def test_inner_addresses_are_refused(address: str) -> None:
    assert refuse(address)


@pytest.mark.threat("D1")
@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_are_reached(address: str) -> None:
    assert refuse(address) is None


@pytest.mark.threat("D1")
@given(st.ip_addresses(v=4))
def test_no_wrapping_makes_an_address_more_welcome(address: IPv4Address) -> None:
    number = int(address)
    wrapped = [0xFFFF << 32 | number, 0x64FF9B << 96 | number, number, 0x2002 << 112 | number << 80]
    verdicts = [refuse(IPv6Address(each)) for each in wrapped]
    if refuse(address):
        assert all(verdicts)
    assert all(verdicts[2:])


@pytest.mark.threat("D1")
def test_allowed_networks_are_matched_by_what_is_inside() -> None:
    networks = outside.reach().allow_networks
    assert refuse("127.1.2.3", networks) is None
    assert refuse("::ffff:127.0.0.1", networks)
    assert refuse("::ffff:127.1.0.1", networks) is None


@pytest.mark.threat("D1")
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:127.1.0.1]", "2130706433", "0x7f000001", "127.1", "0177.0.0.1",
     "0x7f.0.0.1", "127.0.0.1.", "[::1]", "localhost", "evil@127.0.0.1", "127.0.0.1%00.good.example"],
)  # fmt: skip
async def test_no_spelling_of_a_literal_passes(client: Net, inner: Stranger, host: str) -> None:
    with pytest.raises(Unreachable):
        await client.get(f"https://{host}:{inner.port}/secret", accept=ACCEPT)
    with pytest.raises(Unreachable):
        await client.post(f"https://{host}:{inner.port}/secret", headers={}, body=b"{}")
    assert inner.requests == []


@pytest.mark.threat("D1")
async def test_a_literal_inside_a_literal_is_refused_even_if_both_may_be_reached(client: Net, good: Stranger) -> None:
    with pytest.raises(Unreachable, match="hides one address"):
        await client.get(f"https://[::ffff:{REACHABLE}]:{good.port}/", accept=ACCEPT)


@pytest.mark.threat("D1")
@pytest.mark.parametrize("insecure", [False, True])
@pytest.mark.parametrize("url", ["http://good.example:{}/", f"http://{REACHABLE}:{{}}/", "ftp://good.example/"])
async def test_plain_http_is_for_loopback_names_with_the_flag_only(insecure: bool, url: str) -> None:
    async with (
        outside.stranger(scheme="http") as plain,
        Net.open(outside.reach(insecure_local=insecure), lookup=outside.names()) as client,
    ):
        plain.replies["/"] = (200, {}, b"")
        address = url.format(plain.port)
        if insecure and REACHABLE in url:
            assert (await client.get(address, accept=ACCEPT)).status == 200
            assert (await client.post(address, headers={}, body=b"{}")).status == 200
            return
        with pytest.raises(Unreachable):
            await client.get(address, accept=ACCEPT)
        with pytest.raises(Unreachable):
            await client.post(address, headers={}, body=b"{}")
        assert plain.requests == []


@pytest.mark.threat("D1")
async def test_localhost_names_mean_this_machine_with_the_flag_and_are_never_looked_up() -> None:
    async def lookup(host: str) -> Sequence[str]:
        raise AssertionError(f"asked for {host}")

    async with (
        outside.stranger("ana.localhost", address=BARRED, scheme="http") as near,
        Net.open(Reach(insecure_local=True), lookup=lookup) as client,
    ):
        near.replies["/"] = (200, {}, b"here")
        assert (await client.get(near.origin, accept=ACCEPT)).body == b"here"
        with pytest.raises(Unreachable, match=r"10\.0\.0\.1"):
            await client.get("https://10.0.0.1/", accept=ACCEPT)


@pytest.mark.threat("D1")
async def test_what_the_system_says_of_a_name_is_checked_too(inner: Stranger) -> None:
    async with Net.open(outside.reach()) as client:
        with pytest.raises(Unreachable, match=r"localhost is at .* loopback"):
            await client.get(f"https://localhost:{inner.port}/secret", accept=ACCEPT)
    assert inner.requests == []


@pytest.mark.threat("D2")
@pytest.mark.parametrize("hops", [1, 3])
async def test_every_hop_is_checked(client: Net, good: Stranger, inner: Stranger, hops: int) -> None:
    for hop in range(hops):
        good.redirect(f"/{hop}", f"/{hop + 1}")
    good.redirect(f"/{hops}", f"{inner.origin}/secret")
    with pytest.raises(Unreachable, match="loopback"):
        await client.get(f"{good.origin}/0", accept=ACCEPT)
    assert len(good.requests) == hops + 1
    assert inner.requests == []


@pytest.mark.threat("D2")
async def test_a_redirect_to_a_name_inside_is_refused(good: Stranger, inner: Stranger) -> None:
    url = good.redirect("/", f"https://evil.example:{inner.port}/secret")
    async with outside.client(outside.names({"evil.example": [BARRED]})) as client:
        with pytest.raises(Unreachable, match="loopback"):
            await client.get(url, accept=ACCEPT)
    assert inner.requests == []


@pytest.mark.threat("D2")
async def test_deliveries_follow_no_redirect(client: Net, good: Stranger, inner: Stranger) -> None:
    url = good.redirect("/inbox", f"{inner.origin}/secret", status=307)
    assert (await client.post(url, headers={}, body=b"{}")).status == 307
    assert inner.requests == []


@pytest.mark.threat("D3")
async def test_the_checked_address_is_the_one_connected_to(inner: Stranger) -> None:
    answers = iter([[REACHABLE], [BARRED], [BARRED]])
    asked = []

    async def rebinding(host: str) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    async with outside.stranger("evil.example") as evil, outside.client(rebinding) as client:
        evil.replies["/"] = (200, {"Connection": "close"}, b"")
        await client.get(evil.origin, accept=ACCEPT)
        assert asked == ["evil.example"]
        # On another port the name is looked up again, answers otherwise, and is refused.
        with pytest.raises(Unreachable, match="loopback"):
            await client.get(f"https://evil.example:{inner.port}/secret", accept=ACCEPT)
    assert len(evil.requests) == 1
    assert inner.requests == []


@pytest.mark.threat("D3")
async def test_no_socket_is_opened_even_if_the_resolver_lies(inner: Stranger) -> None:
    class Liar(AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: object = 0) -> list[ResolveResult]:
            return [ResolveResult(hostname=host, host=BARRED, port=port, family=2, proto=0, flags=0)]

        async def close(self) -> None:
            pass

    async with open_session(outside.reach(), Liar()) as session:
        with pytest.raises(OSError, match="loopback"):
            await session.get(target(f"https://good.example:{inner.port}/secret"))
        with pytest.raises(OSError, match="loopback"):
            await session.get(target(f"{inner.origin}/secret"))
    assert inner.requests == []


@pytest.mark.threat("D4")
@pytest.mark.parametrize("order", [1, -1])
async def test_one_inner_address_bars_the_name(good: Stranger, inner: Stranger, order: int) -> None:
    async with outside.client(outside.names({"good.example": [REACHABLE, BARRED][::order]})) as client:
        with pytest.raises(Unreachable, match="loopback"):
            await client.get(f"{good.origin}/", accept=ACCEPT)
    assert good.requests == inner.requests == []


Path = Callable[[Net, str, str], Awaitable[object]]
_SIDES = {"signer": None, "local_origin": OURS}
PATHS: dict[str, Path] = {
    "fetch": lambda client, host, url: client.get(url, accept=ACCEPT),
    "delivery": lambda client, host, url: client.post(url, headers={}, body=b"{}"),
    "document": lambda client, host, url: fetch.document(client, url, signer=None, local_origin=OURS),
    "key": lambda client, host, url: fetch.key(client, f"{url}#main-key", signer=None, local_origin=OURS),
    "collection": lambda client, host, url: fetch.pages(
        client, url, signer=None, local_origin=OURS, limit_items=9, limit_pages=9
    ),
    "webfinger": lambda client, host, url: webfinger.resolve(
        client, webfinger.Handle(name="ana", host=host), local_origin=OURS
    ),
    "nodeinfo": lambda client, host, url: nodeinfo.software_of(client, host),
}


@pytest.mark.threat("D7")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", [BARRED, "evil.example"])
async def test_one_policy_on_every_path(inner: Stranger, path: str, host: str) -> None:
    async with outside.client(outside.names({"evil.example": [BARRED]})) as client:
        with pytest.raises(Unreachable, match="loopback"):
            await PATHS[path](client, f"{host}:{inner.port}", f"https://{host}:{inner.port}/secret")
    assert inner.requests == []


@pytest.mark.threat("D9")
async def test_redirect_loops_end_after_five_hops(client: Net, good: Stranger) -> None:
    url = good.redirect("/loop", "/loop")
    with pytest.raises(Unreachable, match="more than 5"):
        await client.get(url, accept=ACCEPT)
    assert len(good.requests) == 6


def _trickle(head: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    return talk


SLOW_HEAD = b"HTTP/1.1 200 OK\r\nX-Slow: "
SLOW_BODY = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/activity+json\r\nContent-Length: 100000\r\n\r\n"


@pytest.mark.threat("D11")
@pytest.mark.parametrize("head", [SLOW_HEAD, SLOW_BODY])
async def test_a_trickle_meets_the_total_deadline(head: bytes) -> None:
    async with outside.raw_stranger(_trickle(head)) as origin, Net.open(Reach(insecure_local=True)) as client:
        begun = time.monotonic()
        with pytest.raises(Unreachable, match="within"):
            await client.get(origin, accept=ACCEPT, deadline=0.3)
        assert time.monotonic() - begun < 1.5


@pytest.mark.threat("D11")
async def test_a_delivery_waits_for_the_status_until_the_deadline() -> None:
    async with outside.raw_stranger(_trickle(SLOW_HEAD)) as origin, Net.open(Reach(insecure_local=True)) as client:
        with pytest.raises(Unreachable, match="within"):
            await client.post(origin, headers={}, body=b"{}", deadline=0.3)


@pytest.mark.threat("D11")
async def test_a_delivery_that_was_accepted_counts_though_its_answer_dawdles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(net, "ANSWER_PATIENCE", 0.2)
    async with outside.raw_stranger(_trickle(SLOW_BODY)) as origin, Net.open(Reach(insecure_local=True)) as client:
        assert (await client.post(origin, headers={}, body=b"{}", deadline=5)).status == 202


@pytest.mark.threat("D11")
async def test_names_that_are_never_found_meet_the_deadline_too() -> None:
    async def lookup(host: str) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    async with outside.client(lookup) as client:
        for asking in (
            client.get("https://good.example/", accept=ACCEPT, deadline=0.1),
            client.post("https://good.example/", headers={}, body=b"{}", deadline=0.1),
        ):
            with pytest.raises(Unreachable, match="within"):
                await asking


@pytest.mark.threat("D12")
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_bomb_does_not_inflate(client: Net, good: Stranger, coding: str) -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    bomb = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(64)) + squeeze.flush()
    assert len(bomb) < 1 << 17
    good.replies["/"] = (200, {"Content-Type": ACCEPT, "Content-Encoding": coding}, bomb)
    begun = time.process_time()
    with pytest.raises(Unreachable, match="more than the"):
        await client.get(good.origin, accept=ACCEPT)
    assert time.process_time() - begun < 1


@pytest.mark.threat("D12")
@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "compress"])
async def test_codings_not_asked_for_are_refused(client: Net, good: Stranger, coding: str) -> None:
    good.replies["/"] = (200, {"Content-Encoding": coding}, gzip.compress(gzip.compress(b"{}")))
    with pytest.raises(Unreachable, match="not asked for"):
        await client.get(good.origin, accept=ACCEPT)


@pytest.mark.threat("D13")
@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_an_endless_body_is_cut(client: Net, good: Stranger, coding: str) -> None:
    sent = 0

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Encoding": coding})
        await response.prepare(request)
        squeeze = zlib.compressobj(0, zlib.DEFLATED, 31)
        while True:
            piece = b"[" * 65536
            await response.write(piece if coding == "identity" else squeeze.compress(piece))
            sent += len(piece)
            await asyncio.sleep(0)  # a write to a lost connection never waits, and would never let us know

    good.replies["/"] = endless
    with pytest.raises(Unreachable, match="more than the"):
        await client.get(good.origin, accept=ACCEPT, limit=1 << 18)
    assert sent < 16 << 20


@pytest.mark.threat("D18")
async def test_a_page_that_is_its_own_next_ends_the_walk(client: Net, good: Stranger) -> None:
    url = f"{good.origin}/page"
    good.serve(
        "/page", {"id": url, "type": "OrderedCollectionPage", "orderedItems": ["https://a.example/1"], "next": url}
    )
    items = await fetch.pages(client, url, signer=None, local_origin=OURS, limit_items=100, limit_pages=50)
    assert items == ("https://a.example/1",)
    assert good.targets == ["/page"]


@pytest.mark.threat("D18")
async def test_pages_in_a_circle_end_the_walk(client: Net, good: Stranger) -> None:
    for here, there in (("/a", "/b"), ("/b", "/a")):
        good.serve(
            here, {"type": "CollectionPage", "items": here, "next": good.origin + there, "first": good.origin + "/a"}
        )
    items = await fetch.pages(
        client, f"{good.origin}/a", signer=None, local_origin=OURS, limit_items=100, limit_pages=50
    )
    assert items == ("/a", "/b")


@pytest.mark.threat("D18")
async def test_endless_collections_are_bounded_by_pages_and_items(client: Net, good: Stranger) -> None:
    async def page(request: web.BaseRequest) -> web.StreamResponse:
        number = int(request.query["n"])
        body = {"type": "OrderedCollectionPage", "orderedItems": [f"{number}-{item}" for item in range(10)]}
        return web.json_response(body | {"next": f"{good.origin}/page?n={number + 1}"}, content_type=ACCEPT)

    good.replies["/page"] = page
    url = good.serve("/all", {"type": "OrderedCollection", "first": f"{good.origin}/page?n=0"})
    few = await fetch.pages(client, url, signer=None, local_origin=OURS, limit_items=15, limit_pages=50)
    assert len(few) == 15
    assert len(good.requests) == 3
    good.requests.clear()
    many = await fetch.pages(client, url, signer=None, local_origin=OURS, limit_items=10_000, limit_pages=5)
    assert len(many) == 40
    assert len(good.requests) == 5
