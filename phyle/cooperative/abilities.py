"""Abilities: what the law knows and this server cannot carry out is refused before anybody decides on it."""

from collections.abc import Iterator, Mapping
from typing import Any

from phyle.errors import Unprocessable

_CANNOT: Mapping[str, str] = {
    "Rehost": "This version cannot move a phyle to another server, so that cannot be decided on yet: whoever runs the "
    "server can move it whole to another machine, under the same name.",
    "PublicFace/limits": "This version keeps limits of its own and cannot be told others: that cannot be decided on.",
}


def check(effect: Any) -> None:
    """Unprocessable for an effect, as JSON, that would be decided on in vain."""
    if isinstance(effect, Mapping):
        arguments = effect.get("arguments")
        what = arguments.get("what") if isinstance(arguments, Mapping) else None
        why = _CANNOT.get(str(effect.get("kind"))) or _CANNOT.get(f"{effect.get('kind')}/{what}")
        if why:
            raise Unprocessable(why)


def check_act(kind: str, payload: Any) -> None:
    """The same for an act: one that proposes such an effect, or sets such a thing of the public face."""
    if kind == "change_face":
        check({"kind": "PublicFace", "arguments": payload})
    for effect in effects_in(payload) if kind in ("propose", "revise") else ():
        check(effect)


def effects_in(payload: Any) -> Iterator[Any]:
    """All effects of a proposal: those of its options, and those that follow whichever wins."""
    if isinstance(payload, Mapping):
        options = payload.get("options")
        for holder in (payload, *(options if isinstance(options, list | tuple) else ())):
            effects = holder.get("effects") if isinstance(holder, Mapping) else None
            yield from effects if isinstance(effects, list | tuple) else ()
