"""What the instance says of itself."""

from datetime import timedelta
from typing import Any

from phyle import __version__
from phyle.clock import now
from phyle.conversation import polls, statistics
from phyle.conversation.publishing import LONGEST
from phyle.federation import peers
from phyle.identity import accounts, faces
from phyle.identity.profiles import MOST_FIELDS
from phyle.web.asked import Asked
from phyle.web.client.entities import Entity
from phyle.web.client.polls import LONGEST as LONGEST_POLL
from phyle.web.client.polls import SHORTEST
from phyle.web.routes import get

VERSION = f"4.2.0 (compatible; Phyle {__version__})"
"""Clients switch features on by this; more is claimed only when all that it implies works."""

_LANGUAGES = ["en"]
_MONTH, _WEEK = timedelta(days=30), timedelta(days=7)


async def v2(asked: Asked) -> Entity:
    """Instance."""
    settings, face = asked.settings, await faces.face(asked.tx)
    _, active = await accounts.counts(asked.tx, seen_since=(now() - _MONTH).date())
    return {
        "domain": settings.account_domain,
        "title": face.title,
        "version": VERSION,
        "source_url": settings.source,
        "description": face.description,
        "usage": {"users": {"active_month": active}},
        "thumbnail": {"url": _thumbnail(asked), "blurhash": None, "versions": {}},
        "icon": [],
        "languages": _LANGUAGES,
        "configuration": {**_configuration(asked), "urls": {"streaming": _streaming(asked)}},
        "registrations": {
            "enabled": face.registration != "closed",
            "approval_required": face.registration == "application",
            "reason_required": face.registration == "application",
            "message": None,
            "min_age": None,
            "url": f"{settings.origin}/auth/sign_up",
        },
        "contact": {"email": settings.contact, "account": None},
        "rules": [],
    }


async def v1(asked: Asked) -> Entity:
    """V1::Instance."""
    settings, face = asked.settings, await faces.face(asked.tx)
    users, _ = await accounts.counts(asked.tx, seen_since=(now() - _WEEK).date())
    numbers = await statistics.count(asked.tx)
    return {
        "uri": settings.account_domain,
        "title": face.title,
        "short_description": face.description,
        "description": face.description,
        "email": settings.contact,
        "version": VERSION,
        "urls": {"streaming_api": _streaming(asked)},
        "stats": {"user_count": users, "status_count": numbers.posts, "domain_count": numbers.peers},
        "thumbnail": _thumbnail(asked),
        "languages": _LANGUAGES,
        "registrations": face.registration != "closed",
        "approval_required": face.registration == "application",
        "invites_enabled": False,
        "configuration": _configuration(asked),
        "contact_account": None,
        "rules": [],
    }


def _thumbnail(asked: Asked) -> str:
    return f"{asked.settings.origin}/static/thumbnail.png"


def _streaming(asked: Asked) -> str:
    return asked.settings.origin.replace("http", "ws", 1)


def _configuration(asked: Asked) -> dict[str, Any]:
    return {
        "accounts": {"max_featured_tags": 0, "max_pinned_statuses": 0, "max_profile_fields": MOST_FIELDS},
        "statuses": {"max_characters": LONGEST, "max_media_attachments": 0, "characters_reserved_per_url": 23},
        "media_attachments": {
            "supported_mime_types": [],
            "image_size_limit": 0,
            "image_matrix_limit": 0,
            "video_size_limit": 0,
            "video_frame_rate_limit": 0,
            "video_matrix_limit": 0,
            "description_limit": 1500,
        },
        "polls": {
            "max_options": polls.MOST_OPTIONS,
            "max_characters_per_option": polls.LONGEST_OPTION,
            "min_expiration": SHORTEST,
            "max_expiration": LONGEST_POLL,
        },
        "translation": {"enabled": False},
    }


async def hosts(asked: Asked) -> list[str]:
    """The hosts with which there was any exchange."""
    return await peers.hosts(asked.tx)


async def nothing(asked: Asked) -> list[Entity]:
    """What there is none of: rules, activity of past weeks, domains that are blocked."""
    return []


async def description(asked: Asked) -> Entity:
    """ExtendedDescription."""
    return {"updated_at": "2026-01-01T00:00:00.000Z", "content": (await faces.face(asked.tx)).description}


async def languages(asked: Asked) -> list[Entity]:
    """Languages that this instance's own words are in."""
    return [{"code": "en", "name": "English"}]


async def translations(asked: Asked) -> Entity:
    """Into what posts can be translated: nothing."""
    return {}


ROUTES = (
    get("/api/v2/instance", v2, who="anyone", scope=""),
    get("/api/v1/instance", v1, who="anyone", scope=""),
    get("/api/v1/instance/peers", hosts, who="anyone", scope=""),
    get("/api/v1/instance/rules", nothing, who="anyone", scope="", holds="nothing"),
    get("/api/v1/instance/activity", nothing, who="anyone", scope="", holds="nothing"),
    get("/api/v1/instance/domain_blocks", nothing, who="anyone", scope="", holds="nothing"),
    get("/api/v1/instance/extended_description", description, who="anyone", scope=""),
    get("/api/v1/instance/privacy_policy", description, who="anyone", scope=""),
    get("/api/v1/instance/terms_of_service", description, who="anyone", scope=""),
    get("/api/v1/instance/languages", languages, who="anyone", scope="", holds="nothing"),
    get("/api/v1/instance/translation_languages", translations, who="anyone", scope="", holds="nothing"),
)
