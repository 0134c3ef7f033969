"""Attacks on signatures and keys, at the level of the request alone: no key is fetched, no database asked."""

from binascii import b2a_base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from phyle.errors import Malformed, Refusal, Unproven
from phyle.federation import cavage, dates
from phyle.federation.digests import content_digest, digest
from phyle.federation.signatures import Request, Signer, Style, claimed, sign, verify
from phyle.identity import keys

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
BODY = b'{"type":"Create","actor":"https://a.example/actors/1"}'
URL = "https://b.example/inbox?box=1"
SIGNER = Signer(key_id="https://a.example/actors/1#main-key", key=keys.rsa(keys.new_rsa()))
STYLES: list[Style] = ["cavage", "rfc9421"]


def request(*, style: Style = "cavage", url: str = URL, method: str = "POST", body: bytes = BODY) -> Request:
    """A correctly signed request as b.example receives it."""
    content = body if method == "POST" else None
    headers = sign(SIGNER, method=method, url=url, body=content, now=NOW, style=style)
    target = "/" + url.split("/", 3)[3]
    return Request.received(method, target, headers.items(), body=body if method == "POST" else b"")


def with_headers(original: Request, **headers: str | None) -> Request:
    """The request with headers replaced (`content_digest` for content-digest) or, where None, taken away."""
    changed = {**original.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return replace(original, headers={name: value for name, value in changed.items() if value is not None})


def accepted(received: Request, *, host: str = "b.example", now: datetime = NOW) -> bool:
    """What the inbox does before it believes: the claim, then the proof."""
    claim = claimed(received, hosts={host}, now=now)
    return verify(claim, received, keys.public_key(keys.public_pem(SIGNER.key)))


def refused(received: Request, *, host: str = "b.example", now: datetime = NOW) -> int:
    """The status of the refusal; 401 also where the key says no."""
    try:
        return 0 if accepted(received, host=host, now=now) else 401
    except Refusal as refusal:
        return refusal.status


@pytest.fixture(params=STYLES)
def style(request: pytest.FixtureRequest) -> Style:
    style: Style = request.param
    return style


def test_the_original_is_accepted(style: Style) -> None:
    assert accepted(request(style=style))
    assert accepted(request(style=style, method="GET"))


@pytest.mark.threat("A1")
def test_a_body_cannot_be_exchanged(style: Style) -> None:
    signed = request(style=style)
    for body in (BODY + b" ", b"", BODY.replace(b"Create", b"Delete")):
        assert refused(replace(signed, body=body)) == 401


@pytest.mark.threat("A1")
def test_a_request_cannot_be_sent_on_to_another_host(style: Style) -> None:
    signed = request(style=style)
    assert refused(signed, host="c.example") == 401
    assert refused(with_headers(signed, host="c.example"), host="c.example") == 401
    assert refused(with_headers(signed, host=None)) == 401
    assert refused(with_headers(signed, host="b.example:8443"), host="b.example:8443") == 401


@pytest.mark.threat("A2")
def test_a_signed_digest_must_be_the_bodys(style: Style) -> None:
    other = b'{"type":"Create","actor":"https://good.example/actors/alice"}'
    assert refused(replace(request(style=style), body=other)) == 401
    signed = request(style=style)
    fresh = with_headers(
        replace(signed, body=other), digest=digest(other), content_digest=content_digest(digest(other))
    )
    assert refused(fresh) == 401, "the digest is covered by the signature, so it cannot be renewed"


def weaker(covered: str, *, method: str = "POST", parameters: str = "") -> Request:
    """A request with a perfectly valid draft-cavage signature over no more than `covered`."""
    original = with_headers(request(method=method), signature=None)
    unsigned = with_headers(
        original, signature=f'keyId="{SIGNER.key_id}"{parameters},headers="{covered}",signature="AAAA"'
    )
    base = cavage.base(cavage.read(unsigned), unsigned)
    text = b2a_base64(SIGNER.key.sign(base, cavage.PADDING, cavage.HASH), newline=False).decode()
    return with_headers(unsigned, signature=unsigned.headers["signature"].replace("AAAA", text))


@pytest.mark.threat("A8")
@pytest.mark.parametrize(
    ("method", "covered"),
    [
        ("POST", "(request-target) host date"),
        ("POST", "host date digest"),
        ("POST", "(request-target) date digest"),
        ("POST", "(request-target) host digest"),
        ("GET", "(request-target) date"),
        ("GET", "host date"),
        ("GET", "(request-target) host"),
        ("GET", "date"),
        ("DELETE", "(request-target) host date"),
    ],
)
def test_a_signature_that_covers_too_little_is_refused(method: str, covered: str) -> None:
    assert refused(weaker(covered, method=method)) == 401


@pytest.mark.threat("A8")
def test_just_enough_is_enough() -> None:
    assert accepted(weaker("(request-target) host date digest"))
    assert accepted(weaker("(request-target) host date", method="GET"))
    created = f',algorithm="hs2019",created={int(NOW.timestamp())}'
    assert accepted(weaker("(request-target) host (created) digest", parameters=created))
    assert refused(weaker("(request-target) host digest", parameters=created)) == 401


@pytest.mark.threat("A8")
@pytest.mark.parametrize(
    "covered",
    [
        '"@target-uri" "content-digest"',
        '"@method" "content-digest"',
        '"@method" "@target-uri"',
        '"@method" "@path"',
        "",
    ],
)
def test_a_message_signature_that_covers_too_little_is_refused(covered: str) -> None:
    signed = request(style="rfc9421")
    given = f'sig1=({covered});created={int(NOW.timestamp())};keyid="{SIGNER.key_id}"'
    with pytest.raises(Unproven, match="does not cover"):
        accepted(with_headers(signed, signature_input=given))


@pytest.mark.threat("A8")
def test_a_body_under_a_get_must_be_covered_too(style: Style) -> None:
    assert refused(replace(request(style=style, method="GET"), body=BODY)) == 401


@pytest.mark.threat("A9")
def test_a_stale_or_future_signature_is_refused(style: Style) -> None:
    signed = request(style=style)
    for age, status in (
        (timedelta(hours=12), 0),
        (timedelta(hours=12, seconds=1), 401),
        (timedelta(days=4000), 401),
        (timedelta(hours=-1), 0),
        (timedelta(hours=-1, seconds=-1), 401),
    ):
        assert refused(signed, now=NOW + age) == status


@pytest.mark.threat("A9")
@pytest.mark.parametrize("date", ["", "today", "0", "2026-03-01T12:00:00Z", "Sun, 99 Mar 2026 12:00:00 GMT"])
def test_a_date_that_cannot_be_read_is_refused(date: str) -> None:
    assert refused(with_headers(request(), date=date)) == 401


@pytest.mark.threat("A9")
def test_a_passed_expiry_is_refused() -> None:
    second = int(NOW.timestamp())
    covered = "(request-target) host (created) (expires) digest"
    for expires, status in ((second + 1, 0), (second, 401), (second - 1, 401), (0, 401)):
        parameters = f',algorithm="hs2019",created={second},expires={expires}'
        assert refused(weaker(covered, parameters=parameters)) == status
        given = f'sig1=("@method" "@target-uri" "content-digest");created={second};expires={expires};keyid="k"'
        received = with_headers(request(style="rfc9421"), signature_input=given)
        if status:
            with pytest.raises(Unproven, match="expired"):
                claimed(received, hosts={"b.example"}, now=NOW)
        else:
            assert claimed(received, hosts={"b.example"}, now=NOW).expires


@pytest.mark.threat("A9")
def test_a_fresh_date_does_not_hide_a_stale_creation() -> None:
    stale = int((NOW - timedelta(days=2)).timestamp())
    parameters = f',algorithm="hs2019",created={stale}'
    assert refused(weaker("(request-target) host date (created) digest", parameters=parameters)) == 401


@pytest.mark.threat("A11")
@pytest.mark.parametrize("algorithm", ["hmac-sha256", "rsa-sha1", "none", "ecdsa-sha256", ""])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    signed = request()
    changed = signed.headers["signature"].replace("rsa-sha256", algorithm)
    assert refused(with_headers(signed, signature=changed)) in (400, 401)
    signed = request(style="rfc9421")
    changed = signed.headers["signature-input"].replace("rsa-v1_5-sha256", algorithm or "hmac-sha256")
    assert refused(with_headers(signed, signature_input=changed)) in (400, 401)


@pytest.mark.threat("A11")
@pytest.mark.parametrize(
    "value", ["", "MD5=AAAA", "SHA-512=AAAA", "SHA-256=AAAA", "SHA-256=", "sha-256=:AAAA", "SHA-256"]
)
def test_another_digest_than_sha256_is_refused(style: Style, value: str) -> None:
    signed = request(style=style)
    for name in ("digest", "content_digest"):
        with pytest.raises(Malformed):
            accepted(with_headers(signed, **{name: value}))


@pytest.mark.threat("A11")
def test_the_kind_of_the_key_is_not_for_the_sender_to_choose() -> None:
    signed = request()
    claim = claimed(signed, hosts={"b.example"}, now=NOW)
    ed25519 = keys.ed25519(keys.new_ed25519()).public_key()
    assert not verify(claim, signed, ed25519)
    assert not verify(replace(claim, algorithm="ed25519"), signed, SIGNER.key.public_key())
    assert not verify(replace(claim, algorithm="ed25519"), signed, ed25519)


def _changes() -> Iterator[tuple[str, Callable[[Request], Request]]]:
    yield "query", lambda signed: replace(signed, target="/inbox?box=2")
    yield "no query", lambda signed: replace(signed, target="/inbox")
    yield "empty query", lambda signed: replace(signed, target="/inbox?")
    yield "path", lambda signed: replace(signed, target="/actors/1/inbox?box=1")
    yield "doubled slash", lambda signed: replace(signed, target="//inbox?box=1")
    yield "escaped", lambda signed: replace(signed, target="/inb%6Fx?box=1")
    yield "method", lambda signed: replace(signed, method="PUT")


@pytest.mark.threat("A12")
@pytest.mark.parametrize("change", [change for _, change in _changes()], ids=[name for name, _ in _changes()])
def test_target_and_method_cannot_be_exchanged(style: Style, change: Callable[[Request], Request]) -> None:
    assert refused(change(request(style=style))) == 401


@pytest.mark.threat("A12")
def test_a_second_host_date_digest_or_signature_is_not_chosen_from() -> None:
    headers = sign(SIGNER, method="POST", url=URL, body=BODY, now=NOW)
    for name, value in (("Host", "c.example"), ("Date", dates.write(NOW)), ("Digest", digest(b"")), ("Signature", "x")):
        for order in (1, -1):
            with pytest.raises(Malformed):
                Request.received("POST", "/inbox", [*headers.items(), (name, value)][::order], body=BODY)
