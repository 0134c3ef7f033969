"""Templates in, whole pages out."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from phyle import __version__
from phyle.assets import folder
from phyle.clock import wire_time
from phyle.commons.browsing import naming
from phyle.settings import Settings
from phyle.web import forgery
from phyle.web.answers import Answer, html
from phyle.web.asked import Asked
from phyle.web.pages.words import dated, day, moment

FOLDER = Path(__file__).resolve().parent.parent / "templates"


def page(asked: Asked, template: str, *, status: int = 200, **shown: Any) -> Answer:
    """A page for the one who asks. Everything in `shown` is escaped but what `cards` says is HTML.

    What only this browser may see is kept in no cache; the rest may be kept, but is asked for again.
    """
    document = (
        _environment()
        .get_template(template)
        .render(
            site=asked.settings,
            handle_host=asked.settings.account_domain,
            address=f"{asked.settings.origin}{asked.path}",
            me=asked.viewer.actor,
            guest=asked.viewer.guest,
            form_proof=lambda: forgery.proof(asked),
            **shown,
        )
    )
    own = asked.viewer.known or asked.cookie is not None or asked.form_cookie is not None
    headers = {"Cache-Control": "private, no-store" if own else "no-cache", "Vary": "Accept, Cookie"}
    return html(document, status=status, headers=headers)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"asset": asset, "version": __version__, "form_field": forgery.FIELD}
    environment.filters |= {"moment": moment, "day": day, "instant": wire_time, "contact": contact, "dated": dated}
    environment.filters |= {"words": naming.words, "honest": lambda text: naming.honest(text)[0]}
    environment.filters["address"] = lambda name: naming.address(name if isinstance(name, bytes) else name.encode())
    return environment


@lru_cache(maxsize=32)
def asset(name: str) -> str:
    """The address of a file in `static`, which changes with its content, so that browsers may keep it."""
    return f"/static/{name}?v={sha256((folder('static') / name).read_bytes()).hexdigest()[:8]}"


def contact(settings: Settings) -> str | None:
    """Where a click on the operator's contact leads; None when it is only a name."""
    given = settings.contact
    if given.startswith(("https://", "http://", "mailto:")):
        return given
    return f"mailto:{given}" if "@" in given[1:] and " " not in given else None
