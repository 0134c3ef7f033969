"""The `@context` that we send: terms of ActivityStreams and extensions that others read. Contexts are never fetched."""

from typing import Any

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
MULTIKEY = "https://w3id.org/security/multikey/v1"
PHYLE = "urn:phyle:v1#"

_TERMS: dict[str, Any] = {
    "toot": "http://joinmastodon.org/ns#",
    "schema": "http://schema.org#",
    "phyle": PHYLE,
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    "sensitive": "as:sensitive",
    "Hashtag": "as:Hashtag",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "Emoji": "toot:Emoji",
    "votersCount": "toot:votersCount",
    "lemmy": "https://join-lemmy.org/ns#",
    "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
}

FOR_ACTORS: list[Any] = [ACTIVITYSTREAMS, SECURITY, MULTIKEY, _TERMS]
FOR_POSTS: list[Any] = [
    ACTIVITYSTREAMS,
    {name: _TERMS[name] for name in ("toot", "phyle", "sensitive", "Hashtag", "Emoji", "votersCount")},
]
