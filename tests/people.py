"""People for tests of the law: members here and actors elsewhere, without passwords and without HTTP."""

from functools import cache
from typing import Any

from phyle.clock import now
from phyle.conversation import posts, publishing, receiving
from phyle.conversation.posts import Post
from phyle.conversation.publishing import Draft
from phyle.conversation.receiving import RemoteDraft
from phyle.identity import accounts, actors, keys
from phyle.identity.actors import Actor
from phyle.store.sql import Query
from phyle.store.transaction import Tx


@cache
def _keys() -> tuple[str, str]:
    return keys.new_rsa(), keys.new_ed25519()


async def member(tx: Tx, name: str, *, locked: bool = False) -> Actor:
    """Somebody with an account here."""
    rsa, ed25519 = _keys()
    account = await accounts.register(
        tx, name=name, email=f"{name}@mail.example", password_hash="-", rsa=rsa, ed25519=ed25519, state="active"
    )
    if locked:
        await sql(tx, "UPDATE identity.actors SET locked = true WHERE id = $1", account.actor.id)
    return await actors.by_id(tx, account.actor.id)


async def elsewhere(tx: Tx, name: str, host: str = "far.example") -> Actor:
    """Somebody whom another server told us of."""
    uri = f"https://{host}/users/{name}"
    await sql(
        tx,
        """INSERT INTO identity.actors (id, uri, kind, name, folded_name, host, local, url,
                                        inbox, shared_inbox, inbox_host, followers)
        VALUES ($1, $2, 'Person', $3, $3, $4, false, $2,
                $2 || '/inbox', 'https://' || $4 || '/inbox', $4, $2 || '/followers')""",
        tx.new_id(),
        uri,
        name,
        host,
    )
    found = await actors.by_uri(tx, uri)
    assert found is not None
    return found


async def says(tx: Tx, author: Actor, text: str = "Hello", **draft: Any) -> Post:
    """A member publishes."""
    return await publishing.publish(tx, author, Draft(text=text, **draft))


async def sends(tx: Tx, author: Actor, number: object = None, **draft: Any) -> Post:
    """A post arrives from elsewhere."""
    values = {
        "uri": f"{author.uri}/posts/{tx.new_id() if number is None else number}",
        "kind": "Note",
        "published_at": now(),
        "visibility": "public",
        "content": "<p>Hello</p>",
        **draft,
    }
    post = await receiving.receive(tx, RemoteDraft(author=author, **values))
    assert post is not None
    return post


async def again(tx: Tx, post: Post) -> Post:
    """The post as it is stored now."""
    found = await posts.by_id(tx, post.id)
    assert found is not None
    return found


async def sql(tx: Tx, statement: str, *args: object) -> Any:
    """Anything, said to the database directly."""
    return await tx.rows(Query(statement), *args)
