"""What codes are called on pages: scopes, visibilities, acts, instants."""

from collections.abc import Mapping
from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

VISIBILITIES: Mapping[str, str] = {
    "public": "Public: everyone, and in the public timelines",
    "unlisted": "Quiet: everyone, but not in the public timelines",
    "followers": "Followers only",
    "direct": "Only the people it mentions",
}

SCOPES: Mapping[str, str] = {
    "read": "Read everything that you can read: your home, notifications, lists, bookmarks, messages and settings",
    "read:accounts": "See profiles, and your own account",
    "read:blocks": "See whom you have blocked",
    "read:bookmarks": "See your bookmarks",
    "read:favourites": "See your favourites",
    "read:filters": "See your filters",
    "read:follows": "See whom you follow, and who asks to follow you",
    "read:lists": "See your lists",
    "read:mutes": "See whom you have muted",
    "read:notifications": "See your notifications",
    "read:phyle": "See your membership of this phyle, your papers, and what its members see",
    "read:repositories": "Read repositories that are not for everybody and that you may read",
    "read:search": "Search for you",
    "read:statuses": "Read all posts that you can read, followers-only and direct ones too",
    "write": "Act as you: publish and delete posts, follow and block people, change your profile",
    "write:accounts": "Change your profile",
    "write:blocks": "Block and unblock people and domains",
    "write:bookmarks": "Bookmark posts",
    "write:conversations": "Mute and delete conversations",
    "write:favourites": "Favourite posts",
    "write:filters": "Change your filters",
    "write:follows": "Follow and unfollow people",
    "write:lists": "Change your lists",
    "write:media": "Upload pictures, sound and films",
    "write:mutes": "Mute people and conversations",
    "write:notifications": "Clear your notifications",
    "write:phyle": "Act for you in this phyle: propose, vote, vouch and all else that its members do",
    "write:repositories": "Push to repositories, and work on tickets and merge requests",
    "write:reports": "Report people",
    "write:statuses": "Publish, edit and delete posts",
    "follow": "Change whom you follow, block and mute",
    "push": "Receive your notifications as they happen",
    "profile": "See who you are, nothing more",
}

ACTS: Mapping[str, str] = {
    "create": "Created the account",
    "approve": "Approved the application of",
    "reject": "Rejected the application of",
    "suspend": "Suspended",
    "restore": "Restored",
    "password": "Set a new password for",
    "block": "Blocked the server",
    "unblock": "Unblocked the server",
    "resolve": "Dealt with the report",
}

FIELDS: Mapping[str, str] = {
    "username": "The name",
    "email": "The e-mail address",
    "password": "The password",
    "reason": "The reason",
    "agreement": "The agreement",
}


def scopes(granted: str) -> list[str]:
    """What a token with these scopes may do, as sentences without those that another one contains."""
    held = granted.split()
    return [SCOPES[one] for one in held if one in SCOPES and one.partition(":")[0] not in set(held) - {one}]


def day(instant: datetime) -> str:
    """`3 Feb 2026`."""
    return f"{instant.day} {_MONTHS[instant.month - 1]} {instant.year}"


def moment(instant: datetime) -> str:
    """`3 Feb 2026, 14:05 UTC`."""
    utc = instant.astimezone(UTC)
    return f"{day(utc)}, {utc:%H:%M} UTC"


def dated(milliseconds: int) -> datetime:
    """The instant that the ledger gives in milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
