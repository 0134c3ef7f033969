"""Media types of the wire: what we ask for, and what alone counts as an ActivityPub document (B2)."""

from email.message import Message
from functools import lru_cache

ACTIVITY = "application/activity+json"
PROFILE = "https://www.w3.org/ns/activitystreams"
LINKED_DATA = f'application/ld+json; profile="{PROFILE}"'
ACCEPT = f"{ACTIVITY}, {LINKED_DATA}"
JRD = "application/jrd+json"


@lru_cache(maxsize=256)
def is_activity(content_type: str) -> bool:
    """Is it one of the two types of ActivityPub §3.2? Case and further parameters do not matter.

    `application/json` and `text/plain` are not: anybody's upload may be served under those.
    """
    message = Message()
    message["Content-Type"] = " ".join(content_type.split())
    kind = message.get_content_type()
    if kind != "application/ld+json":
        return kind == ACTIVITY
    profile = message.get_param("profile")
    return isinstance(profile, str) and PROFILE in profile.split()
