"""Posts as documents: the Note or Question that others read, and to whom it is addressed."""

from collections.abc import Mapping
from typing import Any

from phyle.clock import wire_time
from phyle.conversation import polls
from phyle.conversation.posts import Post
from phyle.federation import contexts, writing
from phyle.federation.vocabulary import PUBLIC
from phyle.federation.wire import Document
from phyle.identity.actors import Actor


def addressed(author: Actor, visibility: str, mentioned: list[str]) -> tuple[list[str], list[str]]:
    """(to, cc) for Mastodon's four degrees of visibility; `mentioned` are ids of actors."""
    followers = author.followers or ""
    if visibility == "public":
        return [PUBLIC], [followers, *mentioned]
    if visibility == "unlisted":
        return [followers], [PUBLIC, *mentioned]
    if visibility == "followers":
        return [followers], mentioned
    return mentioned, []


def note(post: Post, author: Actor, *, origin: str, account_domain: str) -> Document:
    """The post, with its context. `account_domain` is where the members' names live."""
    to, cc = addressed(author, post.visibility, [mention["uri"] for mention in post.mentions])
    document: Document = {
        "@context": contexts.FOR_POSTS,
        "id": post.uri,
        "type": polls.KIND if post.poll else "Note",
        "attributedTo": author.uri,
        "content": post.content,
        "published": wire_time(post.published_at),
        "to": to,
        "cc": cc,
        "url": post.url,
        "sensitive": post.sensitive,
        "tag": _tags(post, origin, account_domain),
        "attachment": [_attachment(attachment) for attachment in post.attachments],
    }
    if post.language:
        document["contentMap"] = {post.language: post.content}
    if post.spoiler:
        document["summary"] = post.spoiler
    if post.title:
        document["name"] = post.title
    if post.reply_to_uri:
        document["inReplyTo"] = post.reply_to_uri
    if post.edited_at:
        document["updated"] = wire_time(post.edited_at)
    if post.audience:
        document["audience"] = post.audience
    if post.poll:
        document |= _question(post.poll)
    return document


def _question(poll: Mapping[str, Any]) -> Document:
    """What makes a Question of a Note. Totals that are hidden are 0."""
    options = [
        {
            "type": "Note",
            "name": option["title"],
            "replies": {"type": "Collection", "totalItems": option.get("votes_count") or 0},
        }
        for option in poll["options"]
    ]
    document: Document = {
        "anyOf" if poll["multiple"] else "oneOf": options,
        "endTime": poll["expires_at"],
        "votersCount": poll["voters_count"],
    }
    if poll["closed"]:
        document["closed"] = poll["expires_at"]
    return document


def vote(post: Post, author: Actor, voter: Actor, choice: int) -> Document:
    """One choice of a member here in a poll elsewhere, as Mastodon sends it: the Create of a Note that has the option
    as its name, for the author alone. Neither has an address under which it could be fetched."""
    uri = f"{voter.uri}#votes/{post.id}/{choice}"
    note: Document = {
        "id": uri,
        "type": "Note",
        "name": (post.poll or {})["options"][choice]["title"],
        "attributedTo": voter.uri,
        "inReplyTo": post.uri,
        "to": [author.uri],
    }
    return writing.activity("Create", voter, note, uri=f"{uri}/activity", to=[author.uri])


def _tags(post: Post, origin: str, account_domain: str) -> list[Document]:
    mentions = [
        {"type": "Mention", "href": mention["uri"], "name": f"@{_full(mention['acct'], account_domain)}"}
        for mention in post.mentions
    ]
    return [*mentions, *(writing.hashtag(name, origin) for name in post.tags)]


def _full(acct: str, account_domain: str) -> str:
    return acct if "@" in acct else f"{acct}@{account_domain}"


def _attachment(attachment: Any) -> Document:
    document: Document = {"type": "Document", "url": attachment["url"], "name": attachment.get("description")}
    if attachment.get("media_type"):
        document["mediaType"] = attachment["media_type"]
    return document


def create(post: Post, author: Actor, document: Document, *, origin: str) -> Document:
    """The Create of a Note. Its id follows from the post's, so that it is the same whenever it is asked for."""
    return _about(post, author, document, "Create", f"{origin}/activities/{post.id}")


def update(post: Post, author: Actor, document: Document, *, uri: str) -> Document:
    """The Update of a Note that was edited."""
    return _about(post, author, document, "Update", uri)


def _about(post: Post, author: Actor, document: Document, kind: str, uri: str) -> Document:
    return writing.activity(
        kind,
        author,
        writing.bare(document),
        uri=uri,
        to=document["to"],
        cc=document["cc"],
        published=post.edited_at if kind == "Update" else post.published_at,
        context=contexts.FOR_POSTS,
    )


def announce(boost: Post, booster: Actor, boosted: Post, boosted_author: Actor) -> Document:
    """A boost: an Announce of the post by its id, for the booster's followers and its author."""
    to, cc = addressed(booster, boost.visibility, [boosted_author.uri])
    return writing.activity("Announce", booster, boosted.uri, uri=boost.uri, to=to, cc=cc, published=boost.published_at)
