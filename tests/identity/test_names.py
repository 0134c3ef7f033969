"""What a newcomer may call themselves."""

import pytest

from phyle.identity import names
from phyle.settings import Settings


def _faults(settings: Settings, **changes: str | bool) -> dict[str, str]:
    form: dict[str, str | bool] = {
        "name": "ana",
        "email": "ana@coop.example",
        "password": "correct horse",
        "reason": "",
        "agreement": True,
        "reason_needed": False,
    }
    found = names.examine(settings, **(form | changes))  # type: ignore[arg-type]
    return {field: entries[0]["error"] for field, entries in found.items()}


def test_a_good_form_has_no_faults(settings: Settings) -> None:
    assert _faults(settings) == {}
    assert _faults(settings, name="A_1", email="a.b+c@localhost", password="8 chars!") == {}
    assert _faults(settings, email="ana@xn--e1afmkfd.example") == {}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "ERR_BLANK"),
        ("a" * 31, "ERR_INVALID"),
        ("ana maria", "ERR_INVALID"),
        ("ana.maria", "ERR_INVALID"),
        ("ana\n", "ERR_INVALID"),
        ("анна", "ERR_INVALID"),
        ("аna", "ERR_INVALID"),  # the first letter is Cyrillic
        ("Admin", "ERR_RESERVED"),
        ("phyle", "ERR_RESERVED"),
        ("INBOX", "ERR_RESERVED"),
        ("localhost", "ERR_RESERVED"),
    ],
)
def test_names(settings: Settings, name: str, error: str) -> None:
    assert _faults(settings, name=name) == {"username": error}


@pytest.mark.parametrize(
    "email",
    [
        "ana",
        "ana@",
        "@coop.example",
        "a b@coop.example",
        "ana@coop..example",
        "ana@-coop.example",
        "ana@coop.example\nBcc: all@coop.example",
        "ana@coop@example",
        "Ana <ana@coop.example>",
        "a" * 65 + "@coop.example",
        "ana@" + "a." * 200 + "example",
        "a\0na@coop.example",
    ],
)
def test_addresses(settings: Settings, email: str) -> None:
    assert _faults(settings, email=email) == {"email": "ERR_INVALID"}


def test_all_faults_at_once_in_words(settings: Settings) -> None:
    faults = names.examine(
        settings, name="", email="", password="short", reason=" ", agreement=False, reason_needed=True
    )
    refusal = names.refusal(faults)
    assert set(refusal.details) == {"username", "email", "password", "reason", "agreement"}
    assert refusal.details["password"] == [{"error": "ERR_TOO_SHORT", "description": "is too short"}]
    assert refusal.sentence.startswith("Validation failed: Username can't be blank, Email can't be blank")
    assert _faults(settings, password="x" * 1001) == {"password": "ERR_TOO_LONG"}
    assert _faults(settings, reason="x" * 2001) == {"reason": "ERR_TOO_LONG"}
