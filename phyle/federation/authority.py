"""Who may do what to what: pure rules, each with its reason. The sender is proven by the key before any of them.

Rules raise, so that none can be forgotten by not looking at its answer; those that answer with a truth value choose a
path and refuse nothing.
"""

from collections.abc import Iterable

from phyle.errors import Refused, Unproven
from phyle.federation.reading.activities import Activity
from phyle.federation.reading.posts import RemotePost, author_of
from phyle.federation.reading.shapes import id_of
from phyle.federation.urls import same_address, same_origin
from phyle.federation.wire import Document


def actor_matches(signer_uri: str, activity: Activity) -> None:
    """The owner of the key is exactly the activity's one actor; the same host is not enough. Raises `Unproven`."""
    if activity.actor is None:
        raise Unproven("The activity names no single `actor`.")
    if not same_address(signer_uri, activity.actor):
        raise Unproven(
            "The key that signed belongs to another than the activity's `actor`.",
            cause=f"{signer_uri} signed for {activity.actor}",
        )


def owns_id(activity: Activity) -> bool:
    """Is the activity's id (if it has one) an address of its actor's own origin? Otherwise it proves nothing."""
    return activity.id is None or (activity.actor is not None and same_origin(activity.id, activity.actor))


def may_speak_of(activity: Activity) -> None:
    """An Update is about what lies on its actor's own host: no need to look at what we keep (B6). Raises `Refused`."""
    if activity.type == "Update" and activity.object_id is not None:
        _check_host(_actor_of(activity), activity.object_id)


def embedded_is_trusted(activity: Activity, embedded: Document) -> bool:
    """May the embedded copy count? Only an actor's own work on its own host; all else is fetched by its id."""
    uri, author = id_of(embedded), author_of(embedded)
    return (
        activity.actor is not None
        and uri is not None
        and author is not None
        and same_origin(uri, activity.actor)
        and same_address(author, activity.actor)
    )


def may_create(activity: Activity, post: RemotePost) -> None:
    """Everyone publishes their own posts, on their own host. Raises `Refused`."""
    actor = _actor_of(activity)
    if not same_address(post.author, actor):
        raise Refused("The `actor` of a Create must be the author of its object.", cause=f"{actor}, not {post.author}")
    _check_host(actor, post.uri)


def may_update(stored_author: str, stored_in_reply_to: str | None, actor: str, post: RemotePost) -> None:
    """Only the author edits, and neither the author nor the place in the thread ever changes. Raises `Refused`.

    A missing `inReplyTo` changes nothing: servers stop naming a post that has been deleted.
    """
    _check_host(actor, post.uri)
    if not same_address(stored_author, actor):
        raise Refused("Only its author may edit a post.", cause=f"{actor} is not {stored_author}")
    if not same_address(post.author, stored_author):
        raise Refused("An edit cannot change `attributedTo`.", cause=f"{stored_author} to {post.author}")
    if post.in_reply_to is not None and not same_address(post.in_reply_to, stored_in_reply_to or ""):
        raise Refused("An edit cannot change `inReplyTo`.", cause=f"{stored_in_reply_to} to {post.in_reply_to}")


def may_update_actor(actor: str, updated_uri: str) -> None:
    """Everyone edits their own profile only. Raises `Refused`."""
    if not same_address(actor, updated_uri):
        raise Refused("Only the actor itself may edit its profile.", cause=f"{actor} is not {updated_uri}")


def may_delete(stored_author: str, actor: str) -> None:
    """Only the author deletes a post, only the actor deletes itself. Raises `Refused`."""
    if not same_address(stored_author, actor):
        raise Refused("Only its author may delete it.", cause=f"{actor} is not {stored_author}")


def may_forget(actor: str, object_id: str) -> None:
    """A Delete that comes before what it deletes is remembered only for the actor's own host. Raises `Refused`."""
    _check_host(actor, object_id)


def may_undo(stored_actor: str, actor: str) -> None:
    """Everyone takes back their own activities only. Raises `Refused`."""
    if not same_address(stored_actor, actor):
        raise Refused("Only who did it may undo it.", cause=f"{actor} is not {stored_actor}")


def may_answer(followed: str, actor: str) -> None:
    """Only who is followed accepts or rejects a Follow. Raises `Refused`."""
    if not same_address(followed, actor):
        raise Refused("Only who is followed may answer a Follow.", cause=f"{actor} is not {followed}")


def move_confirmed(old_uri: str, also_known_as: Iterable[str]) -> None:
    """A Move counts only if the new account lists the old one in `alsoKnownAs`. Raises `Refused`."""
    if not any(same_address(alias, old_uri) for alias in also_known_as):
        raise Refused("The new account does not list the old one in `alsoKnownAs`.", cause=old_uri)


def may_move(activity: Activity) -> None:
    """Everyone moves themselves only, and to one named place. Raises `Refused`."""
    actor = _actor_of(activity)
    if activity.object_id is None or not same_address(activity.object_id, actor):
        raise Refused("A Move must name its own actor as `object`.", cause=f"{actor} moves {activity.object_id}")
    if activity.target is None or same_address(activity.target, actor):
        raise Refused("A Move must name another account as `target`.")


def _actor_of(activity: Activity) -> str:
    if activity.actor is None:
        raise Refused("The activity names no single `actor`.")
    return activity.actor


def _check_host(actor: str, uri: str) -> None:
    if not same_origin(actor, uri):
        raise Refused("The object lies on another host than its actor.", cause=f"{uri} by {actor}")
