"""Names of the terms that we understand: ActivityStreams 2.0, ActivityPub, ForgeFed, Mastodon's additions."""

from typing import Final

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
PUBLIC_ALIASES: Final = frozenset({PUBLIC, "as:Public", "Public", "http://www.w3.org/ns/activitystreams#Public"})

ACTOR_TYPES: Final = frozenset({"Person", "Group", "Service", "Application", "Organization"})
# ForgeFed's actors; to those who know no forge they are services.
FORGE_ACTOR_TYPES: Final = frozenset(
    {
        "Factory",
        "PatchTracker",
        "Project",
        "ReleaseTracker",
        "Repository",
        "Roadmap",
        "Team",
        "TicketTracker",
    }
)
POST_TYPES: Final = frozenset(
    {
        "Article",
        "Audio",
        "ChatMessage",
        "Document",
        "Event",
        "Image",
        "Note",
        "Page",
        "Question",
        "Video",
    }
)
COLLECTION_TYPES: Final = frozenset({"Collection", "OrderedCollection"})
PAGE_TYPES: Final = frozenset({"CollectionPage", "OrderedCollectionPage"})
ACTIVITY_TYPES: Final = frozenset(
    {
        "Accept",
        "Activity",
        "Add",
        "Announce",
        "Apply",
        "Arrive",
        "Block",
        "Create",
        "Delete",
        "Dislike",
        "Edit",
        "EmojiReact",
        "Flag",
        "Follow",
        "Grant",
        "Ignore",
        "Invite",
        "Join",
        "Leave",
        "Like",
        "Listen",
        "Lock",
        "Move",
        "Offer",
        "Push",
        "Read",
        "Reject",
        "Remove",
        "Resolve",
        "Revoke",
        "TentativeAccept",
        "TentativeReject",
        "Travel",
        "Undo",
        "Update",
        "View",
        "Warn",
    }
)
TOMBSTONE: Final = "Tombstone"
LINK_TYPES: Final = frozenset({"Link", "Mention", "Hashtag"})

KNOWN_TYPES: Final = (
    ACTOR_TYPES
    | FORGE_ACTOR_TYPES
    | POST_TYPES
    | COLLECTION_TYPES
    | PAGE_TYPES
    | ACTIVITY_TYPES
    | LINK_TYPES
    | {TOMBSTONE, "Ticket", "Commit", "Branch", "Patch", "Place", "Profile", "Relationship"}
)
