"""Addresses in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.errors import Malformed
from phyle.federation import urls


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Hill.EXAMPLE/Users/Ida", "https://hill.example/Users/Ida"),
        ("https://hill.example.:443/a?b=c&d", "https://hill.example/a?b=c&d"),
        ("http://hill.example:80", "http://hill.example/"),
        ("https://hill.example:0443/", "https://hill.example/"),
        ("https://hill.example?p=1", "https://hill.example/?p=1"),
        ("https://hill.example:8443/~%7e", "https://hill.example:8443/~%7e"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/ä"),
        ("https://XN--BCHER-KVA.example/", "https://xn--bcher-kva.example/"),
        ("https://例え。テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://[::FFFF:7f00:1]/", "https://[::ffff:7f00:1]/"),
        ("http://localhost:8080/x", "http://localhost:8080/x"),
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000/"),
    ],
)
def test_one_spelling(url: str, expected: str) -> None:
    assert urls.normal(url) == expected
    assert urls.normal(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hill.example",
        "/users/ida",
        "//hill.example/",
        "acct:ida@hill.example",
        "javascript:alert(1)",
        "ftp://hill.example/",
        "https://",
        "https:///users",
        "https://:443/",
        "https://ida@hill.example/",
        "https://ida:secret@hill.example/",
        "https://hi%6cl.example/",
        "https://hill.example:0/",
        "https://hill.example:70000/",
        "https://hill.example:8a/",
        "https://hill.example\\@evil.example/",
        "https://hill.example\t/",
        "https://hill .example/",
        "https://hill.example/a b",
        "\nhttps://hill.example/",
        "https://hill..example/",
        "https://-/",
        "https://hill／example/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://127.1/",
        "https://[::1%25eth0]/",
        "https://[hill]/",
        "https://" + "a" * 64 + ".example/",
        "https://hill.example/" + "a" * 2048,
    ],
)
def test_what_parsers_read_differently_is_refused(url: str) -> None:
    with pytest.raises(Malformed):
        urls.normal(url)
    assert urls.safe_link(url) is None or " " in url or url.startswith("\n")


def test_the_fragment_stays_only_where_it_is_asked_for() -> None:
    assert urls.normal("https://hill.example/users/ida#main-key") == "https://hill.example/users/ida"
    assert urls.normal("https://Hill.example/users/ida#main-key", fragment=True).endswith("example/users/ida#main-key")


def test_hosts_and_origins() -> None:
    assert urls.host_of("https://Hill.example:8443/x") == "hill.example:8443"
    assert urls.host_of("http://hill.example:80/") == "hill.example"
    assert urls.normal_host("Hill.EXAMPLE.") == "hill.example"
    assert urls.normal_host("localhost:8080") == "localhost:8080"
    assert urls.same_origin("https://hill.example/a", "https://HILL.example:443/b#c")
    assert not urls.same_origin("https://hill.example/", "http://hill.example/")
    assert not urls.same_origin("https://hill.example/", "https://hill.example:8443/")
    assert not urls.same_origin("https://hill.example.evil.example/", "https://hill.example/")
    assert not urls.same_origin("acct:ida", "acct:ida")
    assert urls.is_local("http://localhost:8080/actors/1", "http://localhost:8080")
    assert not urls.is_local("http://localhost:8081/actors/1", "http://localhost:8080")


def test_same_address() -> None:
    assert urls.same_address("https://Hill.example/a", "https://hill.example:443/a")
    assert urls.same_address("tag:hill,1", "tag:hill,1")
    assert not urls.same_address("https://hill.example/a#b", "https://hill.example/a")
    assert not urls.same_address("https://hill.example/a", "a")


def test_links_for_people() -> None:
    assert urls.safe_link(" https://Hill.example/a b#c\n") == "https://hill.example/a%20b#c"
    assert urls.safe_link(None) is urls.safe_link(7) is urls.safe_link(["https://hill.example/"]) is None


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-zé.:0-9@%\[\]]{1,20}(/[a-z?#]*)?", fullmatch=True))
def test_any_text_has_one_spelling_or_none(url: str) -> None:
    try:
        once = urls.normal(url, fragment=True)
    except Malformed:
        return
    assert urls.normal(once, fragment=True) == once
    assert once.isprintable() or not url.isprintable()
    assert urls.same_origin(url, once)
    assert urls.same_address(url, once)
