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

_FORGE = "https://forgefed.org/ns#"
_LINKS = (
    "cloneUri pushUri ticketsTrackedBy sendPatchesTo forks forkedFrom team context capability fulfills allows "
    "assignedTo resolvedBy dependsOn currentVersion previousVersions managedBy"
)
_VALUES = "hash ref hashBefore hashAfter isResolved resolved committed committedBy description isArchived mainBranch"
_TYPES = "Repository Branch Commit Push Ticket Patch Grant Revoke Resolve Apply"

FORGE: dict[str, Any] = {
    "phyle": PHYLE,
    "forge": _FORGE,
    **{name: {"@id": f"forge:{name}", "@type": "@id"} for name in _LINKS.split()},
    **{name: f"forge:{name}" for name in (*_VALUES.split(), *_TYPES.split())},
    "context": {"@id": "as:context", "@type": "@id"},
    "likes": {"@id": "as:likes", "@type": "@id"},
}
"""ForgeFed's terms. Its published context lacks half of them."""
FOR_FORGE: list[Any] = [ACTIVITYSTREAMS, FORGE]
FOR_FORGE_ACTORS: list[Any] = [*FOR_ACTORS, FORGE]
