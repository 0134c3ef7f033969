"""What the one who asks would like to get: HTML for people, ActivityStreams for servers, JSON for the rest."""

from functools import lru_cache

ACTIVITY = "application/activity+json"
_LINKED = "application/ld+json"
_HTML = ("text/html", "application/xhtml+xml")


@lru_cache(maxsize=512)
def wants_html(accept: str) -> bool:
    """Whether an `Accept` names HTML before (or better than) anything that a machine would ask for."""
    qualities = _qualities(accept)
    html = max((qualities.get(kind, 0.0) for kind in _HTML), default=0.0)
    machine = max(qualities.get(kind, 0.0) for kind in (ACTIVITY, _LINKED, "application/json"))
    return html > 0 and html >= machine


@lru_cache(maxsize=512)
def wants_activity(accept: str) -> bool:
    """Whether an `Accept` names ActivityStreams (ActivityPub 3.2), in either of its two spellings."""
    qualities = _qualities(accept)
    activity = max(qualities.get(ACTIVITY, 0.0), qualities.get(_LINKED, 0.0))
    return activity > 0 and activity >= max((qualities.get(kind, 0.0) for kind in _HTML), default=0.0)


def _qualities(accept: str) -> dict[str, float]:
    """Media type without parameters -> its quality (RFC 9110, 12.4.2); malformed parts count as 0."""
    found: dict[str, float] = {}
    for part in accept[:1000].lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        found[kind] = max(found.get(kind, 0.0), quality)
    return found
