"""From a post as its server says it to the draft that the law receives: HTML made harmless, names looked up."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from phyle import text
from phyle.clock import api_time, now
from phyle.conversation.receiving import RemoteDraft
from phyle.federation.people import address
from phyle.federation.reading import RemoteAttachment, RemotePoll, RemotePost
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx

MOST_NAMED = 100
"""How many of those whom a post names or addresses are looked up."""
_MOST_ATTACHMENTS = 16
_READS_AS_NOTE = frozenset({"Note", "Question", "ChatMessage"})


async def draft(tx: Tx, remote: RemotePost, author: Actor, *, depth: int = 0) -> RemoteDraft:
    """The draft of a post whose author is proven. `depth`: how many steps it was fetched above one that was sent."""
    named = [address(mention.href) for mention in remote.mentions][:MOST_NAMED]
    addressed = [uri for uri in (*remote.to, *remote.cc, *remote.audience) if uri.startswith("http")][:MOST_NAMED]
    known = await actors.by_uris(tx, [*named, *addressed])
    return RemoteDraft(
        uri=remote.uri,
        author=author,
        kind=remote.type,
        published_at=remote.published or now(),
        updated_at=remote.updated,
        visibility=remote.visibility(author.followers),
        title=(remote.name or "")[:2000] if remote.type not in _READS_AS_NOTE else "",
        content=_content(remote),
        spoiler=text.plain(remote.summary or "")[:10_000] if remote.type in _READS_AS_NOTE else "",
        sensitive=remote.sensitive,
        language=remote.language[:35] if remote.language else None,
        url=remote.url or remote.uri,
        audience=remote.audience[0] if remote.audience else None,
        quote_uri=remote.quote,
        reply_to_uri=remote.in_reply_to,
        mentioned=[known[uri] for uri in dict.fromkeys(named) if uri in known],
        silent=[who for uri in dict.fromkeys(addressed) if (who := known.get(uri)) and who.local],
        tags=remote.hashtags,
        emojis=remote.emojis,
        attachments=[_attachment(item) for item in remote.attachments[:_MOST_ATTACHMENTS]],
        poll=_poll(remote.poll) if remote.poll else None,
        depth=depth,
    )


def _content(remote: RemotePost) -> str:
    """What is not a Note shows its title first, and a video or an event also where it is to be seen."""
    body = text.sanitise(remote.content)
    if remote.type in _READS_AS_NOTE:
        return body
    title = f"<p><strong>{escape(remote.name)}</strong></p>" if remote.name else ""
    link = remote.url or remote.uri
    where = f'<p><a href="{escape(link)}">{escape(link)}</a></p>' if remote.type not in ("Article", "Page") else ""
    return text.sanitise(f"{title}{body}{where}")


def _attachment(item: RemoteAttachment) -> Mapping[str, Any]:
    """As clients see it; the picture itself stays where it is."""
    meta: dict[str, Any] = {}
    if item.width and item.height:
        meta["original"] = {"width": item.width, "height": item.height, "aspect": item.width / item.height}
    if item.focus:
        meta["focus"] = {"x": item.focus[0], "y": item.focus[1]}
    return {
        "type": item.kind,
        "url": item.url,
        "preview_url": item.url,
        "remote_url": item.url,
        "media_type": item.media_type,
        "description": item.description,
        "blurhash": item.blurhash,
        "meta": meta,
    }


def _poll(poll: RemotePoll) -> Mapping[str, Any]:
    options: Sequence[tuple[str, int]] = poll.options
    ends = poll.closed_at or poll.ends_at
    return {
        "options": [{"title": text.plain(title), "votes_count": votes} for title, votes in options],
        "multiple": poll.multiple,
        "expires_at": api_time(ends) if ends else None,
        "closed": poll.closed_at is not None,
        "votes_count": sum(votes for _, votes in options),
        "voters_count": poll.voters,
    }
