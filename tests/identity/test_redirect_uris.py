"""Where codes may be sent."""

import string
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.identity import redirect_uris
from phyle.identity.oauth_errors import InvalidRequest


@pytest.mark.parametrize(
    "uri",
    [
        "https://client.example/callback",
        "https://client.example/callback?from=phyle",
        "http://localhost:4321/",
        "http://127.0.0.1/",
        "com.tapbots.Ivory.10217:/request_token",
        "tusky://",
        "icecubesapp://",
        "moshidon-android-auth://callback",
        redirect_uris.OUT_OF_BAND,
    ],
)
def test_addresses_that_clients_use(uri: str) -> None:
    redirect_uris.check(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "callback",
        "/callback",
        "//client.example/callback",
        "https:",
        "https:///callback",
        "https://client.example/#fragment",
        "https://client.example/#",
        "https://client.example/\nSet-Cookie: a=b",
        "https://client.example/ callback",
        "https://client.example:99999/",
        "https://client.example\\@evil.example/",
        "https://[::1",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "https://clïent.example/",
        "x:" + "y" * 2000,
    ],
)
def test_addresses_that_are_refused(uri: str) -> None:
    with pytest.raises(InvalidRequest):
        redirect_uris.check(uri)


def test_a_registration_sends_lines_or_an_array() -> None:
    both = ("https://a.example/", "app:/done")
    assert redirect_uris.read("https://a.example/\napp:/done\nhttps://a.example/") == both
    assert redirect_uris.read("https://a.example/\r\napp:/done\r\n") == both
    assert redirect_uris.read(["https://a.example/", "app:/done"]) == both
    blank: list[str | list[str]] = ["", "  \n", []]
    for nothing in blank:
        with pytest.raises(InvalidRequest, match="blank"):
            redirect_uris.read(nothing)
    with pytest.raises(InvalidRequest, match="50"):
        redirect_uris.read([f"app:/{number}" for number in range(51)])


@given(uri=st.text())
def test_nothing_but_printable_ascii_with_a_harmless_scheme_is_accepted(uri: str) -> None:
    try:
        redirect_uris.check(uri)
    except InvalidRequest:
        return
    assert uri.isascii()
    assert uri.isprintable()
    assert "#" not in uri
    assert uri.partition(":")[0].lower() not in ("javascript", "data", "vbscript")


registered = st.text(alphabet=string.ascii_lowercase + "/.?=&", min_size=1).map("https://client.example/".__add__)


@given(uri=registered, more=st.text(alphabet=string.printable, min_size=1))
def test_only_the_very_address_is_chosen(uri: str, more: str) -> None:
    assert redirect_uris.chosen(uri, (uri,)) == uri
    for other in (uri + more, more + uri, uri[:-1], uri.upper()):
        with pytest.raises(InvalidRequest):
            redirect_uris.chosen(other, (uri,))


@given(state=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_the_answer_carries_the_state_as_it_was(state: str) -> None:
    address = redirect_uris.answer("https://client.example/?a=b", code="c", state=state, error=None)
    assert parse_qsl(urlsplit(address).query, keep_blank_values=True) == [("a", "b"), ("code", "c"), ("state", state)]
    assert redirect_uris.answer("app:/done", code="c").endswith("/done?code=c")
