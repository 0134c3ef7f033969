"""The front: what is signed here verifies there, byte for byte, in both styles."""

from datetime import UTC, datetime, timedelta

import pytest

from phyle import clock
from phyle.errors import Malformed, Unproven
from phyle.federation.digests import digest
from phyle.federation.signatures import Outgoing, Request, Signer, Style, claimed, sign, sign_many, verify
from phyle.identity import keys

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
BODY = b'{"type":"Create"}'
HOSTS = {"b.example", "b.example:8443"}


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer(key_id="https://a.example/actors/1#main-key", key=keys.rsa(keys.new_rsa()))


def received(url: str, headers: dict[str, str], *, method: str = "POST", body: bytes = BODY) -> Request:
    """The request as the other side sees it, if nothing in between touched it."""
    scheme, _, rest = url.partition("://")
    target = rest[rest.index("/") :] if "/" in rest else "/"
    return Request.received(method, target, headers.items(), body=body, scheme=scheme)


@pytest.mark.parametrize("style", ["cavage", "rfc9421"])
@pytest.mark.parametrize(
    "url",
    [
        "https://b.example/inbox",
        "https://b.example:8443/inbox?a=%7E&b=~&c",
        "https://b.example",
        "http://b.example:80/",
    ],
)
def test_what_is_signed_here_verifies_there(signer: Signer, url: str, style: Style) -> None:
    headers = sign(signer, method="POST", url=url, body=BODY, now=NOW, style=style, headers={"Content-Type": "text/x"})
    request = received(url, headers)
    claim = claimed(request, hosts=HOSTS, now=NOW)
    assert (claim.style, claim.key_id) == (style, signer.key_id)
    assert headers["Content-Type"] == "text/x"
    assert headers["Host"] == ("b.example:8443" if ":8443" in url else "b.example")
    assert verify(claim, request, signer.key.public_key())
    assert not verify(claim, request, keys.rsa(keys.new_rsa()).public_key())


@pytest.mark.parametrize("style", ["cavage", "rfc9421"])
def test_a_get_needs_no_digest_and_an_empty_post_has_one(signer: Signer, style: Style) -> None:
    url = "https://b.example/actors/1"
    headers = sign(signer, method="GET", url=url, now=NOW, style=style)
    assert not {"Digest", "Content-Digest"} & headers.keys()
    request = received(url, headers, method="GET", body=b"")
    assert verify(claimed(request, hosts=HOSTS, now=NOW), request, signer.key.public_key())
    headers = sign(signer, method="POST", url=url, now=NOW, style=style)
    request = received(url, headers, body=b"")
    assert verify(claimed(request, hosts=HOSTS, now=NOW), request, signer.key.public_key())


def test_a_digest_is_computed_once_for_many_hosts(signer: Signer) -> None:
    jobs = [
        Outgoing(signer=signer, method="POST", url=f"https://{host}.example/inbox", digest=digest(BODY), now=NOW)
        for host in "abc"
    ]
    signed = sign_many(jobs)
    assert [headers["Host"] for headers in signed] == ["a.example", "b.example", "c.example"]
    assert signed[1] == sign(signer, method="POST", url="https://b.example/inbox", body=BODY, now=NOW)


@pytest.mark.parametrize(
    "url", ["b.example/inbox", "", "https://b.example/a b", "https://b.example/\u00e9", "https://b.example/\r\nX: y"]
)
def test_an_address_is_signed_as_it_goes_on_the_wire_or_not_at_all(signer: Signer, url: str) -> None:
    with pytest.raises(Malformed):
        sign(signer, method="GET", url=url, now=NOW)


def test_a_fragment_stays_at_home(signer: Signer) -> None:
    plain = sign(signer, method="GET", url="https://b.example/x?y", now=NOW)
    assert plain == sign(signer, method="GET", url="https://b.example/x?y#main-key", now=NOW)


@pytest.mark.parametrize("name", ["Host", "DATE", "digest", "Signature", "Signature-Input", "Content-Length"])
def test_what_may_occur_once_is_refused_twice(name: str) -> None:
    with pytest.raises(Malformed, match=name.lower()):
        Request.received("POST", "/", [(name, "a"), (name.lower(), "a")])


def test_repeated_headers_are_joined_in_order() -> None:
    request = Request.received("GET", "/", [("Accept", " a "), ("X", "1"), ("accept", "b\t")])
    assert request.headers == {"accept": "a, b", "x": "1"}


def test_of_several_signatures_the_first_that_covers_enough_counts(signer: Signer) -> None:
    url = "https://b.example/inbox"
    headers = sign(signer, method="POST", url=url, body=BODY, now=NOW, style="rfc9421")
    headers["Signature-Input"] = 'weak=("date");created=1;keyid="w", ' + headers["Signature-Input"]
    headers["Signature"] = "weak=:AAAA:, " + headers["Signature"]
    request = received(url, headers)
    claim = claimed(request, hosts=HOSTS, now=NOW)
    assert claim.label == "sig1"
    assert verify(claim, request, signer.key.public_key())


def test_a_request_must_be_signed_and_have_a_path(signer: Signer) -> None:
    with pytest.raises(Unproven, match="not signed"):
        claimed(Request.received("GET", "/", [("host", "b.example")]), hosts=HOSTS, now=NOW)
    with pytest.raises(Malformed):
        claimed(Request.received("GET", "http://b.example/", [("host", "b.example")]), hosts=HOSTS, now=NOW)


def test_a_host_may_name_its_schemes_own_port(signer: Signer) -> None:
    for scheme, port, known in (("https", 443, True), ("http", 80, True), ("https", 80, False), ("http", 443, False)):
        headers = sign(signer, method="GET", url=f"{scheme}://b.example/", now=NOW)
        headers["Host"] = f"B.example:{port}"
        request = Request.received("GET", "/", headers.items(), scheme=scheme)
        if known:
            assert claimed(request, hosts=HOSTS, now=NOW).key_id == signer.key_id
        else:
            with pytest.raises(Unproven, match="another host"):
                claimed(request, hosts=HOSTS, now=NOW)


@pytest.mark.parametrize("style", ["cavage", "rfc9421"])
@pytest.mark.parametrize("name", ["x-gone", "(gone", "@gone"])
def test_what_is_covered_but_not_there_is_refused_before_any_key(signer: Signer, style: Style, name: str) -> None:
    headers = sign(signer, method="GET", url="https://b.example/", now=NOW, style=style)
    if style == "cavage":
        headers["Signature"] = headers["Signature"].replace("host date", f"host date {name}")
    else:
        headers["Signature-Input"] = headers["Signature-Input"].replace('"@method"', f'"@method" "{name}"')
    with pytest.raises(Unproven):
        claimed(received("https://b.example/", headers, method="GET", body=b""), hosts=HOSTS, now=NOW)


@pytest.mark.parametrize("style", ["cavage", "rfc9421"])
def test_only_the_given_clock_counts(signer: Signer, style: Style) -> None:
    for apart in (timedelta(minutes=30), timedelta(days=-4000), timedelta(days=4000)):
        instant = clock.now() + apart
        headers = sign(signer, method="GET", url="https://b.example/", now=instant, style=style)
        request = received("https://b.example/", headers, method="GET", body=b"")
        assert verify(claimed(request, hosts=HOSTS, now=instant), request, signer.key.public_key())
