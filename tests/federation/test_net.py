"""The guarded client at work: what is signed is what is sent, connections are kept, and every failure has one name."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from phyle.clock import now
from phyle.errors import Unreachable
from phyle.federation import net as net_module
from phyle.federation.answers import LONGEST_WAIT, retry_after
from phyle.federation.net import Net, Reach
from phyle.federation.signatures import sign
from phyle.store.transaction import in_transaction
from tests import outside
from tests.outside import Received, Stranger

ACCEPT = "application/activity+json"


@pytest.fixture
async def client() -> AsyncIterator[Net]:
    async with outside.client() as made:
        yield made


@pytest.fixture
async def good() -> AsyncIterator[Stranger]:
    async with outside.stranger() as made:
        yield made


def verify(request: Received) -> None:
    """Check the signature (draft-cavage-12) against the bytes that arrived; raises if it does not hold."""
    given = dict(re.findall(r'(\w+)="([^"]*)"', request.headers["Signature"]))
    covered = given["headers"].split()
    assert {"(request-target)", "host", "date"} <= set(covered)
    lines = [
        f"{name}: {request.method.lower()} {request.target}"
        if name == "(request-target)"
        else f"{name}: {request.headers[name]}"
        for name in covered
    ]
    public = outside.signer().key.public_key()
    public.verify(base64.b64decode(given["signature"]), "\n".join(lines).encode(), PKCS1v15(), SHA256())


NASTY = [
    "/x?",
    "/x??",
    "/%7Eana",
    "/~ana",
    "/a%2Fb",
    "/a%2fb",
    "/%61",
    "/a;b=c;d",
    "/a+b?c+d=e+f",
    "/?q=%20+%2B&r=%C3%BC",
    "/a//b///c",
    "/@ana?resource=acct:ana@good.example",
    "/[x]?a[]=1|2",
    "/!$&'()*,=:@",
    "/%zz?%",
    "/?",
    "/a?b=c?d=/e",
    "/%00%0d%0a",
]


@pytest.mark.parametrize("target", NASTY)
async def test_the_signed_target_is_sent_byte_by_byte(client: Net, good: Stranger, target: str) -> None:
    good.replies[target] = (200, {}, b"there")
    fetched = await client.get(good.origin + target, accept=ACCEPT, signer=outside.signer())
    assert (fetched.status, fetched.url) == (200, good.origin + target)
    headers = sign(outside.signer(), method="POST", url=good.origin + target, body=b"{}", now=now())
    await client.post(good.origin + target, headers=headers, body=b"{}")
    assert good.targets == [target, target]
    for request in good.requests:
        verify(request)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("/\u00fc?q=\u4e2d", "/%C3%BC?q=%E4%B8%AD"),
        ("", "/"),
        ("?q", "/?q"),
        ("/a/../b/./c", "/b/c"),
        ('/"<x>', "/%22%3Cx%3E"),
        ("/x#y", "/x"),
    ],
)
async def test_what_cannot_be_sent_is_encoded_before_it_is_signed(
    client: Net, good: Stranger, given: str, sent: str
) -> None:
    await client.get(good.origin + given, accept=ACCEPT, signer=outside.signer())
    assert good.targets == [sent]
    verify(good.requests[0])


async def test_every_hop_is_signed_for_itself(client: Net, good: Stranger) -> None:
    async with outside.stranger("two.example", address="127.1.0.2") as two:
        first = good.redirect("/first?", "/%7Esecond")
        good.redirect("/%7Esecond", f"{two.origin}/third;")
        two.replies["/third;"] = (200, {"Content-Type": ACCEPT}, b"{}")
        lookup = outside.names({"two.example": ["127.1.0.2"]})
        async with outside.client(lookup) as client:
            fetched = await client.get(first, accept=ACCEPT, signer=outside.signer())
    assert (fetched.url, fetched.content_type, fetched.body) == (f"{two.origin}/third;", ACCEPT, b"{}")
    assert [request.headers["Host"] for request in good.requests + two.requests] == [good.host, good.host, two.host]
    for request in good.requests + two.requests:
        verify(request)


@pytest.mark.parametrize(
    ("location", "target"),
    [("/b;", "/b;"), ("/b?", "/b?"), ("b?c", "/x/b?c"), ("?c", "/x/a?c"), ("../c", "/c"), ("{}/d?", "/d?"),
     ("//{host}/e?", "/e?"), ("/f?to=https://g.example/", "/f?to=https://g.example/"), ("/\u00fc", "/%C3%BC")],
)  # fmt: skip
async def test_redirects_lead_where_they_say(client: Net, good: Stranger, location: str, target: str) -> None:
    url = good.redirect("/x/a", location.format(good.origin, host=good.host))
    good.replies[target] = (200, {}, b"")
    await client.get(url, accept=ACCEPT)
    assert good.targets == ["/x/a", target]


async def test_without_a_signer_nothing_is_signed(client: Net, good: Stranger) -> None:
    await client.get(good.origin, accept=ACCEPT)
    headers = good.requests[0].headers
    assert "Signature" not in headers
    assert (headers["Accept"], headers["User-Agent"], headers["Accept-Encoding"]) == (ACCEPT, "phyle", "gzip, deflate")


async def test_deliveries_arrive_as_given_and_keep_their_connection(client: Net, good: Stranger) -> None:
    good.replies["/inbox"] = (202, {}, b"")
    for _ in range(3):
        answer = await client.post(
            f"{good.origin}/inbox", headers={"Content-Type": ACCEPT, "X-Mark": "7"}, body=b'{"a":1}'
        )
        assert (answer.status, answer.retry_after, answer.body_start) == (202, None, b"")
    first = good.requests[0]
    assert (first.body, first.headers["Content-Type"], first.headers["X-Mark"]) == (b'{"a":1}', ACCEPT, "7")
    assert "Accept-Encoding" not in first.headers
    assert len({request.connection for request in good.requests}) == 1


async def test_fetches_and_deliveries_share_connections(client: Net, good: Stranger) -> None:
    await client.get(good.origin, accept=ACCEPT)
    await client.post(good.origin, headers={}, body=b"{}")
    assert len({request.connection for request in good.requests}) == 1


async def test_of_a_long_answer_only_the_start_is_read(client: Net, good: Stranger) -> None:
    good.replies["/inbox"] = (500, {"Retry-After": "120"}, b"x" * 1_000_000)
    answer = await client.post(f"{good.origin}/inbox", headers={}, body=b"{}")
    assert (answer.status, answer.retry_after, answer.body_start) == (500, 120, b"x" * 4096)
    assert (await client.post(f"{good.origin}/inbox", headers={}, body=b"{}")).status == 500


async def test_a_kept_connection_that_the_peer_closed_is_replaced_once() -> None:
    bodies = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        bodies.append(await reader.readexactly(2))
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")  # the second request on this connection: hang up without an answer

    async with outside.raw_stranger(talk) as origin, Net.open(Reach(insecure_local=True)) as client:
        assert (await client.post(origin, headers={}, body=b"{}")).status == 202
        assert (await client.post(origin, headers={}, body=b"[]")).status == 202
    assert bodies == [b"{}", b"[]"]


@pytest.mark.parametrize(
    "said",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
     b"HTTP/1.1 200 OK\r\nA: " + b"a" * 99_999,
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"],
)  # fmt: skip
async def test_whatever_a_peer_says_the_failure_is_unreachable(said: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()

    async with outside.raw_stranger(talk) as origin, Net.open(Reach(insecure_local=True)) as client:
        with pytest.raises(Unreachable) as caught:
            await client.get(origin, accept=ACCEPT, deadline=3)
        assert caught.value.cause


@pytest.mark.parametrize("url", ["", "x", "https://", "https://[", "https://nowhere.example/", "mailto:a@b"])
async def test_an_impossible_address_is_unreachable(client: Net, url: str) -> None:
    with pytest.raises(Unreachable):
        await client.get(url, accept=ACCEPT)
    with pytest.raises(Unreachable):
        await client.post(url, headers={}, body=b"{}")


async def test_a_closed_port_and_a_foreign_certificate_are_unreachable(good: Stranger) -> None:
    async with outside.client() as client:
        with pytest.raises(Unreachable, match="Cannot connect"):
            await client.get("https://good.example:1/", accept=ACCEPT)
    distrustful = Reach(allow_networks=outside.reach().allow_networks)
    async with Net.open(distrustful, lookup=outside.names({"wrong.example": [outside.REACHABLE]})) as client:
        with pytest.raises(Unreachable, match="certificate"):
            await client.get(good.origin, accept=ACCEPT)
    async with outside.client(outside.names({"wrong.example": [outside.REACHABLE]})) as client:
        with pytest.raises(Unreachable, match="Hostname mismatch"):
            await client.get(f"https://wrong.example:{good.port}/", accept=ACCEPT)


async def test_no_cookie_comes_back(client: Net, good: Stranger) -> None:
    good.replies["/"] = (200, {"Set-Cookie": "a=b; Path=/"}, b"")
    for _ in range(2):
        await client.get(good.origin, accept=ACCEPT)
        await client.post(good.origin, headers={}, body=b"{}")
    assert not any("Cookie" in request.headers for request in good.requests)


async def test_no_proxy_of_the_environment_is_asked(good: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with outside.client() as client:
        assert (await client.get(good.origin, accept=ACCEPT)).status == 404
        assert (await client.post(good.origin, headers={}, body=b"{}")).status == 404


async def test_inside_a_transaction_it_refuses_to_speak(client: Net, good: Stranger) -> None:
    token = in_transaction.set(True)
    try:
        with pytest.raises(RuntimeError, match="transaction"):
            await client.get(good.origin, accept=ACCEPT)
        with pytest.raises(RuntimeError, match="transaction"):
            await client.post(good.origin, headers={}, body=b"{}")
    finally:
        in_transaction.reset(token)
    assert good.requests == []


async def test_many_deliveries_at_once_do_not_wait_for_a_slow_host(client: Net, good: Stranger) -> None:
    good.replies["/inbox"] = (202, {}, b"")
    stop = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await stop.wait()

    async with outside.raw_stranger(silent) as slow, Net.open(Reach(insecure_local=True)) as local:
        waiting = [asyncio.create_task(local.post(slow, headers={}, body=b"{}")) for _ in range(150)]
        answers = await asyncio.gather(
            *(client.post(f"{good.origin}/inbox", headers={}, body=b"{}") for _ in range(50))
        )
        assert {answer.status for answer in answers} == {202}
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def test_addresses_are_plain_for_loopback_with_the_flag_only() -> None:
    strict = net_module.Net(Reach(), None, None)  # type: ignore[arg-type]
    loose = net_module.Net(Reach(insecure_local=True), None, None)  # type: ignore[arg-type]
    assert strict.address("localhost:8080", "/x") == "https://localhost:8080/x"
    for host in ("localhost", "localhost:8080", "ana.localhost:1", "127.0.0.1:80", "[::1]", "[::1]:80"):
        assert loose.address(host, "/x") == f"http://{host}/x"
    for host in ("good.example", "localhost.evil.example", "10.0.0.1", "notlocalhost"):
        assert loose.address(host, "/x") == f"https://{host}/x"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("99999999999999999999", LONGEST_WAIT),
        ("Fri, 20 Nov 2026 12:01:00 GMT", 60),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 20 Nov 2099 11:00:00 GMT", LONGEST_WAIT),
        ("-5", None),
        ("soon", None),
        ("\u0665", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, seconds: int | None) -> None:
    assert retry_after(value, datetime(2026, 11, 20, 12, 0, tzinfo=UTC)) == seconds
