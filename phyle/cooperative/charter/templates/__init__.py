"""Charters to begin with. They are commons: take one, change it, and it is yours."""

from importlib.resources import files

from phyle.errors import Missing

_NAMES = ("small-assembly", "worker-co-operative", "federation-of-phyles")


def templates() -> tuple[str, ...]:
    """The names of all templates, the simplest first."""
    return _NAMES


def template(name: str) -> str:
    """The text of a template, ready for `text.read`. Missing if there is none of this name."""
    if name not in _NAMES:
        raise Missing(f"There is no charter template {name!r}; there are: {', '.join(_NAMES)}.")
    return (files(__name__) / f"{name}.md").read_text(encoding="utf-8")
