"""Parameters in every way that clients send them, and in the ways that attackers do."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.errors import Malformed, Refusal, TooLarge, Unprocessable
from phyle.web import forms

BOUNDARY = "xyz"


def multipart(*parts: tuple[str, str], filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename else ""
    lines = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n{value}\r\n'
        for name, value in parts
    ]
    return ("".join(lines) + f"--{BOUNDARY}--\r\n").encode()


def of_form(text: str) -> forms.Parameters:
    return forms.body("application/x-www-form-urlencoded", text.encode())


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("a=1&b=two+words&c=%C3%A9", {"a": "1", "b": "two words", "c": "é"}),
        ("types[]=a&types[]=b", {"types": ["a", "b"]}),
        ("types=a&types=b", {"types": ["a", "b"]}),
        ("types[]=a&types=b", {"types": ["a", "b"]}),
        ("poll[options][]=x&poll[options][]=y&poll[multiple]=1", {"poll": {"options": ["x", "y"], "multiple": "1"}}),
        ("f[0][name]=a&f[0][value]=b&f[1][name]=c", {"f": {"0": {"name": "a", "value": "b"}, "1": {"name": "c"}}}),
        ("f[][name]=a&f[][value]=b&f[][name]=c", {"f": [{"name": "a", "value": "b"}, {"name": "c"}]}),
        ("", {}),
        ("a", {"a": ""}),
    ],
)
def test_rails_keys(sent: str, read: forms.Parameters) -> None:
    assert of_form(sent) == read


def test_the_same_in_multipart_and_json() -> None:
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    assert forms.body(kind, multipart(("a[]", "1"), ("a[]", "2"), ("b", "é"))) == {"a": ["1", "2"], "b": "é"}
    assert forms.body("application/json; charset=utf-8", b'{"a": ["1", "2"], "b": null}') == {
        "a": ["1", "2"],
        "b": None,
    }


def test_a_file_is_answered_with_a_sentence() -> None:
    with pytest.raises(Unprocessable, match="uploads"):
        forms.body(f"multipart/form-data; boundary={BOUNDARY}", multipart(("file", "x"), filename="x.png"))


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        ("application/json", b"[1]", Malformed),
        ("application/json", b"{", Malformed),
        ("application/json", b'{"a": ' + b"[" * 100_000, Malformed),
        ("application/json", b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", Malformed),
        ("text/plain", b"a=1", Malformed),
        ("application/x-www-form-urlencoded", b"a=%ff", Malformed),
        ("application/x-www-form-urlencoded", b"a=1&a[b]=2", Malformed),
        ("application/x-www-form-urlencoded", b"a[b]=1&a[]=2", Malformed),
        ("application/x-www-form-urlencoded", b"a[b][c][d][e][f][g]=1", Malformed),
        ("application/x-www-form-urlencoded", b"a&" * 5_000, TooLarge),
        ("multipart/form-data", b"x", Malformed),
        ("multipart/form-data; boundary=", b"x", Malformed),
    ],
)
def test_what_is_not_understood(kind: str, body: bytes, error: type[Refusal]) -> None:
    with pytest.raises(error):
        forms.body(kind, body)


@pytest.mark.threat("F18")
def test_very_many_parts_are_refused() -> None:
    with pytest.raises(TooLarge):
        forms.body(f"multipart/form-data; boundary={BOUNDARY}", multipart(*[("a", "")] * 2_000))


@given(st.text(max_size=60).filter(lambda text: text.isascii()))
def test_no_form_makes_it_stumble(text: str) -> None:
    with contextlib.suppress(Refusal):
        of_form(text)


@given(st.binary(max_size=200))
def test_no_multipart_makes_it_stumble(data: bytes) -> None:
    with contextlib.suppress(Refusal):
        forms.body(f"multipart/form-data; boundary={BOUNDARY}", b"--xyz\r\n" + data)
