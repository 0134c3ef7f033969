"""From the wire to frozen values: every shape that peers send, capped, with a reason for each refusal."""

from phyle.federation.reading.activities import Activity, Inner, read_activity
from phyle.federation.reading.actors import RemoteActor, read_actor
from phyle.federation.reading.attachments import RemoteAttachment
from phyle.federation.reading.collections import Collection, read_collection
from phyle.federation.reading.document import Tombstone, Unknown, Value, check, read
from phyle.federation.reading.keys import ReadKey
from phyle.federation.reading.polls import RemotePoll
from phyle.federation.reading.posts import RemotePost, Visibility, read_post

__all__ = [
    "Activity",
    "Collection",
    "Inner",
    "ReadKey",
    "RemoteActor",
    "RemoteAttachment",
    "RemotePoll",
    "RemotePost",
    "Tombstone",
    "Unknown",
    "Value",
    "Visibility",
    "check",
    "read",
    "read_activity",
    "read_actor",
    "read_collection",
    "read_post",
]
