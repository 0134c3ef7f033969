"""What a member on an ordinary server writes to the phyle, in one word, for it to be done in their name."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from phyle import text
from phyle.errors import Unproven

BOOTH, APPLY = "booth", "apply"
"""To enter the booth; to apply for membership, perhaps followed by the class."""
LONGEST = 2_000
"""Characters of HTML in which one word can stand."""
_AROUND = ".,:;!?\"'`*_()«»“”„‘’"


def words(activity: Mapping[str, Any], host: str) -> tuple[str, ...]:
    """What somebody wrote to the phyle on a host, in small letters, without those whom it names. Unproven unless the
    activity makes a Note of its actor that is addressed to that host, and short."""
    note = activity.get("object")
    if activity.get("type") != "Create" or not isinstance(note, Mapping) or note.get("type") != "Note":
        raise Unproven("It is no post in which somebody asks for it.")
    if _id(note.get("attributedTo")) != _id(activity.get("actor")):
        raise Unproven("The post is somebody else's.")
    addressed = [*_list(note.get("to")), *_list(note.get("cc"))]
    if host not in {_host(each) for each in addressed}:
        raise Unproven(f"The post is not addressed to anybody on {host}.")
    content = note.get("content")
    if not isinstance(content, str) or len(content) > LONGEST:
        raise Unproven("The post does not say it in one word.")
    said = (word for word in text.plain(content).lower().split() if not word.startswith("@"))
    return tuple(bare for word in said if (bare := word.strip(_AROUND)))


def compare(kind: str, payload: Mapping[str, Any], activity: Mapping[str, Any], host: str) -> None:
    """Unproven unless the post asks for what was done."""
    wanted: list[tuple[str, ...]] = [(BOOTH,)]
    if kind != "enter_booth":
        klass = str(payload.get("klass", "member"))
        wanted = [(APPLY, klass), *([(APPLY,)] if klass == "member" else [])]
    if (said := words(activity, host)) not in wanted:
        raise Unproven(f"It says {' '.join(said)[:100]!r}, which is not how a member asks for this.")


def _host(uri: Any) -> str:
    try:
        return urlsplit(uri).netloc.lower() if isinstance(uri, str) else ""
    except ValueError:
        return ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else value
