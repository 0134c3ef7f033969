"""People: signing up, one's own profile, and what is shown of others."""

from typing import Any

from phyle.conversation import follows, paging, timelines, views
from phyle.errors import Malformed, Missing, Unprocessable
from phyle.identity import accounts, actors, applications, joining, profiles, tokens
from phyle.identity.actors import Actor
from phyle.text import fold
from phyle.web.answers import Listing
from phyle.web.asked import Asked
from phyle.web.client.entities import Entity, account, own_account
from phyle.web.client.oauth import issued_token
from phyle.web.client.pages import between, listed
from phyle.web.client.status_entities import statuses
from phyle.web.routes import get, patch, post

_PRIVACIES = frozenset({"public", "unlisted", "private", "direct"})
_LONGEST_LANGUAGE = 35
_MOST_REQUESTS = 80  # as far as they are counted


async def create(asked: Asked) -> Entity:
    """Signs a person up through an application; the token is usable as soon as the account is."""
    form = joining.Form(
        name=asked.text("username"),
        email=asked.text("email"),
        password=asked.text("password"),
        reason=asked.text("reason"),
        agreement=asked.flag("agreement"),
        locale=asked.text("locale", "en", most=20),
    )
    account = await joining.sign_up(asked.store, form, address=asked.address)
    async with asked.store.transaction() as tx:
        application = await applications.by_id(tx, asked.viewer.application)
        issued = await tokens.issue(
            tx,
            application=asked.viewer.application,
            actor=account.actor.id,
            scopes=application.scopes if application else asked.viewer.scopes,
        )
    return issued_token(issued)


async def verify_credentials(asked: Asked) -> Entity:
    """One's own account."""
    return await _own(asked, asked.me)


async def _own(asked: Asked, me: Actor) -> Entity:
    mine = await accounts.by_actor(asked.tx, me.id)
    requests = len(await follows.requests(asked.tx, me.id, paging.page(limit=_MOST_REQUESTS, most=_MOST_REQUESTS)))
    return own_account(me, asked.settings.origin, mine.preferences, requests) | await _moved(asked, me)


async def update_credentials(asked: Asked) -> Entity:
    """Changes one's profile and how one usually posts."""
    me = await profiles.change(
        asked.tx,
        asked.me,
        profiles.Change(
            display_name=_optional(asked, "display_name"),
            note=_optional(asked, "note"),
            fields=_fields(asked),
            locked=asked.choice("locked"),
            discoverable=asked.choice("discoverable"),
            indexable=asked.choice("indexable"),
            bot=asked.choice("bot"),
        ),
    )
    if preferences := _preferences(asked):
        await accounts.set_preferences(asked.tx, me.id, preferences)
    return await _own(asked, me)


def _optional(asked: Asked, name: str) -> str | None:
    return asked.text(name) if asked.has(name) else None


def _fields(asked: Asked) -> list[tuple[str, str]] | None:
    """`fields_attributes` as a list or as an object with numbers for keys, which is how Rails forms send lists."""
    sent = asked.parameters.get("fields_attributes")
    if sent is None:
        return None
    rows = list(sent.values()) if isinstance(sent, dict) else sent
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Malformed("fields_attributes must be a list of objects with name and value.")
    return [(_cell(row, "name"), _cell(row, "value")) for row in rows]


def _cell(row: dict[str, Any], name: str) -> str:
    value = row.get(name) or ""
    if not isinstance(value, str) or "\0" in value:
        raise Malformed(f"The {name} of a profile field must be a text.")
    return value


def _preferences(asked: Asked) -> dict[str, Any]:
    source = asked.parameters.get("source")
    if not isinstance(source, dict):
        return {}
    chosen: dict[str, Any] = {}
    if privacy := source.get("privacy"):
        if not isinstance(privacy, str) or privacy not in _PRIVACIES:
            raise Unprocessable("Validation failed: Privacy is not included in the list")
        chosen["visibility"] = privacy
    if "sensitive" in source:
        chosen["sensitive"] = str(source["sensitive"]).lower() in ("1", "true", "on")
    if "language" in source:
        language = source["language"]
        if language is not None and (not isinstance(language, str) or len(language) > _LONGEST_LANGUAGE):
            raise Unprocessable("Validation failed: Language is not a language code")
        chosen["language"] = language or None
    return chosen


async def show(asked: Asked) -> Entity:
    """One account; of one that moved, also where it is now."""
    actor = await shown_actor(asked)
    return account(actor, asked.settings.origin) | await _moved(asked, actor)


async def _moved(asked: Asked, actor: Actor) -> Entity:
    target = await actors.by_uri(asked.tx, actor.moved_to) if actor.moved_to else None
    return {"moved": account(target, asked.settings.origin)} if target and not target.gone else {}


async def shown_actor(asked: Asked) -> Actor:
    """The actor whom the path names. Raises Missing for what has no profile."""
    actor = await actors.by_id(asked.tx, asked.id())
    if actor.deleted_at is not None or actor.hidden:
        raise Missing
    return actor


async def several(asked: Asked) -> list[Entity]:
    """Accounts by `id[]`, those that exist."""
    wanted = asked.ids("id", most=40)
    found = await actors.by_ids(asked.tx, wanted)
    shown = [found[number] for number in dict.fromkeys(wanted) if number in found and not found[number].hidden]
    return [account(each, asked.settings.origin) for each in shown]


async def lookup(asked: Asked) -> Entity:
    """The account of `ana` or `ana@coop.org`, if it is known here."""
    name, _, host = asked.text("acct", most=600).strip().lstrip("@").partition("@")
    ours = (fold(asked.settings.domain), fold(asked.settings.account_domain))
    actor = await actors.by_name(asked.tx, name, "" if fold(host) in ours else host)
    if actor is None or actor.deleted_at is not None or actor.hidden:
        raise Missing
    return account(actor, asked.settings.origin) | await _moved(asked, actor)


async def posts(asked: Asked) -> Listing:
    """What one wrote, as far as the viewer may see it."""
    actor = await shown_actor(asked)
    viewer = asked.viewer.actor_id
    if actor.gone:
        return Listing(items=[])
    ids = await timelines.account(
        asked.tx,
        viewer,
        actor.id,
        between(asked),
        exclude_replies=asked.flag("exclude_replies"),
        exclude_reblogs=asked.flag("exclude_reblogs"),
        only_media=asked.flag("only_media"),
        pinned=asked.flag("pinned"),
        tagged=asked.text("tagged", most=255) or None,
    )
    return listed(statuses(await views.of_ids(asked.tx, viewer, ids), viewer, asked.settings.origin), ids)


ROUTES = (
    post("/api/v1/accounts", create, who="app", scope="write:accounts", holds="nothing"),
    get("/api/v1/accounts", several, who="anyone", scope="read:accounts"),
    get("/api/v1/accounts/verify_credentials", verify_credentials, who="user", scope="profile"),
    patch("/api/v1/accounts/update_credentials", update_credentials, who="user", scope="write:accounts"),
    get("/api/v1/accounts/lookup", lookup, who="anyone", scope="read:accounts"),
    get("/api/v1/accounts/<id>", show, who="anyone", scope="read:accounts"),
    get("/api/v1/accounts/<id>/statuses", posts, who="anyone", scope="read:statuses", hot=True),
)
