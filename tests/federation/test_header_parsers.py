"""Whatever a stranger writes into a header: a refusal, never another error, and never work that explodes."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phyle.errors import Malformed, Refusal, Unproven
from phyle.federation import dates, digests
from phyle.federation.signatures import Request, claimed, verify
from phyle.identity import keys

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
PUBLIC: list[keys.PublicKey] = [keys.rsa(keys.new_rsa()).public_key(), keys.ed25519(keys.new_ed25519()).public_key()]
DATE = dates.write(NOW)
SIZE = 100_000

TEXT = st.text(max_size=60)
# Pieces that come close to what the parsers want, so that they get far before they stumble.
PIECES = st.sampled_from(
    [
        *('keyId="k"', 'algorithm="hs2019"', 'algorithm="rsa-sha256"', "created=1772366400", 'signature="AAAA"', ","),
        *('headers="(request-target) host date digest (created)"', "=", " ", "sig1", ":", ";", "(", ")", '"', "\\"),
        *(
            'sig1=("@method" "@target-uri" "content-digest");created=1772366400;keyid="k"',
            ';alg="ed25519"',
            ";bs",
            ";sf",
        ),
        *("SHA-256=", "sha-256=:", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", DATE, '"@query-param";name="a"'),
        *(
            "sig1=:AAAA:",
            '"@status"',
            'sig1=("@method" "@target-uri" "content-digest"',
            ');created=1772366400;keyid="k"',
        ),
        *('""', " 1", " a", " ?1", " :AAAA:", '"A"', "@1", "%e9"),
    ]
)
HEADER = TEXT | st.lists(PIECES, max_size=8).map("".join) | st.lists(PIECES | TEXT, max_size=8).map(", ".join)
NAMES = ["host", "date", "digest", "content-digest", "signature", "signature-input", "expires", "x-y"]
METHODS = st.sampled_from(["GET", "POST", "post", "DELETE", ""])
TARGETS = st.just("/inbox") | TEXT.map("/{}".format) | TEXT


@given(
    METHODS, TARGETS, st.lists(st.tuples(st.sampled_from(NAMES), HEADER), max_size=8), st.sampled_from([b"", b"hello"])
)
@example("POST", "/", [("signature", 'keyId="k",headers="(request-target) host date",signature="AAAA"')], b"")
def test_no_request_is_more_than_refused(method: str, target: str, sent: list[tuple[str, str]], body: bytes) -> None:
    usual = {"host": "b.example", "date": DATE}
    usual = {name: value for name, value in usual.items() if name not in dict(sent)}
    try:
        request = Request.received(method, target, [*usual.items(), *sent], body=body)
        claim = claimed(request, hosts={"b.example"}, now=NOW)
        assert not any(verify(claim, request, key) for key in PUBLIC)
    except (Malformed, Unproven):
        return


@given(
    st.sampled_from(["(request-target)", "host", "date", "(created)", "x-y", "(expires)"]),
    st.sampled_from(
        ['"@method"', '"@query-param";name="a"', '"x-y";sf', '"x-y";bs', '"@status"', '"x-y";key="a"', '"@x"']
    ),
    TARGETS,
    TEXT,
)
def test_no_claim_that_passes_breaks_the_verifier(old: str, new: str, target: str, odd: str) -> None:
    headers = [("host", "b.example"), ("date", DATE), ("x-y", odd)]
    cavage = f'keyId="k",created=1772366400,headers="(request-target) host date {old}",signature="AAAA"'
    components = f'sig1=("@method" "@target-uri" {new});created=1772366400;keyid="k"'
    for signed in ([("signature", cavage)], [("signature-input", components), ("signature", "sig1=:AAAA:")]):
        request = Request.received("GET", target, [*headers, *signed])
        try:
            claim = claimed(request, hosts={"b.example"}, now=NOW)
            assert not any(verify(claim, request, key) for key in PUBLIC)
        except Refusal:
            continue


HOSTILE = {
    "quotes": '"' * SIZE,
    "open quote": 'keyId="' + "a" * SIZE,
    "escapes": 'keyId="' + "\\a" * (SIZE // 2),
    "spaces": " " * SIZE,
    "spaces after a name": "keyId" + " " * SIZE,
    "names": "a" * SIZE,
    "digits": "created=" + "1" * SIZE,
    "many": ",".join(f'a="{n}"' for n in range(SIZE // 8)),
    "commas": "," * SIZE,
    "brackets": "a=" + "(" * SIZE,
    "components": "a=(" + '"a" ' * (SIZE // 4) + ");keyid=a",
    "parameters": "a=()" + ";b" * (SIZE // 2),
    "base64": "a=:" + "A" * SIZE + ":",
    "digest": "SHA-256=" + "A" * SIZE,
    "digests": "SHA-256=AAAA," * (SIZE // 13),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hundred_kilobytes_are_refused(text: str) -> None:
    # In time the square of this size would take minutes, so a parser that goes back over its input shows itself.
    for name in ("digest", "content-digest"):
        with pytest.raises(Malformed):
            digests.check_digest({name: text}, b"")
    with pytest.raises(Unproven):
        dates.read(text)
    for sent in (
        {"signature": text},
        {"signature-input": text, "signature": "a=:AAAA:"},
        {"signature-input": "a=()", "signature": text},
        {"signature": "", "host": text},
    ):
        request = Request(method="POST", target="/", headers={"host": "b", **sent}, body=b"", scheme="https")
        with pytest.raises(Unproven):
            claimed(request, hosts={"b"}, now=NOW)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_longest_header_that_is_read_is_refused_or_read_in_one_pass(text: str) -> None:
    short = text[:8192]
    for sent in ({"signature": short}, {"signature-input": short, "signature": short}):
        request = Request(method="POST", target="/", headers={"host": "b", **sent}, body=b"", scheme="https")
        with pytest.raises(Refusal):
            claimed(request, hosts={"b"}, now=NOW)


def test_a_long_covered_header_and_target_are_hashed_not_searched() -> None:
    target = "/" + "%41" * (SIZE // 3) + "?" + "a=b&" * (SIZE // 4)
    for signed in (
        {"signature": 'keyId="k",headers="(request-target) host date x-y",signature="AAAA"'},
        {"signature-input": 'a=("@method" "@target-uri" "x-y");created=1772366400;keyid="k"', "signature": "a=:AAAA:"},
    ):
        headers = {"host": "b", "date": DATE, "x-y": " \t" * SIZE + "x", **signed}
        request = Request(method="GET", target=target, headers=headers, body=b"", scheme="https")
        claim = claimed(request, hosts={"b"}, now=NOW)
        assert not verify(claim, request, PUBLIC[0])
