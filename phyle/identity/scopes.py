"""Scopes: what a token may do. Every scope is a set of rights, so that comparing scopes is comparing sets."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from phyle.identity.oauth_errors import InvalidScope
from phyle.powers import SELF, Power

DEFAULT = "read"
ALL_OF_A_USER = "read write follow push profile"

_READABLE = (
    "accounts blocks bookmarks favourites filters follows lists mutes notifications phyle repositories search statuses"
)
_WRITABLE = (
    "accounts blocks bookmarks conversations favourites filters follows lists media mutes notifications phyle "
    "reports repositories statuses"
)
_READ = frozenset(f"read:{what}" for what in _READABLE.split())
_WRITE = frozenset(f"write:{what}" for what in _WRITABLE.split())
_FOLLOW = frozenset(f"{way}:{what}" for way in ("read", "write") for what in ("blocks", "follows", "mutes"))

_RIGHTS: dict[str, frozenset[str]] = {
    **{right: frozenset({right}) for right in _READ | _WRITE},
    "read": _READ | {"profile"},
    "write": _WRITE,
    "follow": _FOLLOW,
    "push": frozenset({"push"}),
    "profile": frozenset({"profile"}),
}
_RIGHTS["read:accounts"] |= {"profile"}  # who may read accounts may also read the one that is asking

KNOWN = tuple(sorted(_RIGHTS))
POWERS: Mapping[str, Power] = dict.fromkeys(KNOWN, SELF)
"""What a scope lends to an application: never more than the person who grants it has, so whatever takes a mandate is
asked of the person at every use."""


@lru_cache(maxsize=4096)
def rights(scopes: str) -> frozenset[str]:
    """The rights in a space-separated list; unknown words give none."""
    return frozenset().union(*(_RIGHTS.get(word, frozenset()) for word in scopes.split()))


def allows(granted: str, needed: str) -> bool:
    """Whether a token with the scopes `granted` may do what needs the scope `needed`. An unknown need is never met."""
    wanted = _RIGHTS.get(needed)
    return wanted is not None and wanted <= rights(granted)


def read(asked: str | Iterable[str] | None) -> str:
    """What an application asks for at its registration, without repetitions; `read` when it asks for nothing.

    `admin:` scopes are dropped, since nothing here needs them and some clients ask for them everywhere.
    Raises InvalidScope for a word that is no scope.
    """
    words = asked.split() if isinstance(asked, str) else list(asked or ())
    kept = list(dict.fromkeys(word for word in words if not word.startswith("admin:")))
    for word in kept:
        if word not in _RIGHTS:
            raise InvalidScope(f"The scope {word[:60]!r} does not exist. There are: {', '.join(KNOWN)}.")
    if words and not kept:
        raise InvalidScope("There are no administrators here, so no scope of theirs can be granted.")
    return " ".join(kept) or DEFAULT


def narrow(asked: str | Iterable[str] | None, most: str) -> str:
    """What is granted when `asked` is asked for by one who may have `most`: all of it (RFC 6749, 3.3).

    Nothing asked: `read`, or all of `most` when that does not contain it. Raises InvalidScope when more is asked for.
    """
    if asked is None or not asked:
        return DEFAULT if rights(DEFAULT) <= rights(most) else most
    wanted = read(asked)
    if not rights(wanted) <= rights(most):
        beyond = [word for word in wanted.split() if not _RIGHTS[word] <= rights(most)]
        raise InvalidScope(f"Not within what the application may ask for: {' '.join(beyond)}. It may have: {most}.")
    return wanted
