"""Names are any bytes: they come back from addresses as they were, and people see all of them."""

import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.commons.browsing import naming
from phyle.errors import Missing

PATHS = st.binary(min_size=1, max_size=60).filter(lambda path: b"\0" not in path)


@given(PATHS)
def test_a_path_survives_being_an_address(path: bytes) -> None:
    sent = naming.address(path)
    assert all("!" <= letter <= "~" for letter in sent)
    assert not set(sent) & set("<>\"'`\\?#") - {"'"}
    assert naming.read(unquote(sent)) == path


@given(st.text(min_size=1, max_size=60).filter(lambda name: "\0" not in name))
def test_a_path_that_is_text_survives_too(name: str) -> None:
    path = name.encode("utf-8", "replace")
    assert naming.read(unquote(naming.address(path))) == path


@given(PATHS)
def test_people_see_everything(path: bytes) -> None:
    shown = naming.words(path)
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not any(unicodedata.category(letter) in hidden for letter in shown if letter not in "\u200c\u200d")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"README.md", "README.md"),
        ("Übersicht.md".encode(), "Übersicht.md"),
        (b"caf\xe9", "caf\\xe9"),
        ("gpj.\u202eexe".encode(), "gpj.\\u202eexe"),
        (b"a\nb\x1b[31m", "a\\x0ab\\x1b[31m"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(name: bytes, shown: str) -> None:
    assert naming.words(name) == shown


def test_code_that_reads_otherwise_than_it_runs_is_shown_as_it_is() -> None:
    text, turned = naming.honest("if admin: \u202e} \u2066# check\u2069")
    assert turned
    assert text == "if admin: ⟦U+202E⟧} ⟦U+2066⟧# check⟦U+2069⟧"
    assert naming.honest("a\tb\nשלום") == ("a\tb\nשלום", False)


@given(PATHS)
def test_quotes_of_git_are_read(path: bytes) -> None:
    assert naming.unquoted(naming.quoted(path).encode()) == path


def test_names_without_measure_are_cut_and_lead_nowhere() -> None:
    endless = "ü".encode() * 1_000_000
    assert len(naming.words(endless)) < 5_000
    assert len(naming.address(endless)) < 30_000
    for path in (endless, b"a/" * 300 + b"a"):
        with pytest.raises(Missing):
            naming.read(unquote(naming.address(path)))
