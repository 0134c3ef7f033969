"""The documents of posts and actors as they are served and sent: with what is kept beside their rows."""

from phyle.conversation import groups, posts
from phyle.conversation.activities import documents
from phyle.conversation.posts import Post
from phyle.federation import writing
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx


async def post(tx: Tx, shown: Post, author: Actor) -> Document:
    """The Note or Question, with its context. Only what a group wrote says more than its row."""
    settings = tx.store.settings
    document = documents.note(shown, author, origin=settings.origin, account_domain=settings.account_domain)
    if author.kind == groups.KIND and (extension := await posts.extension(tx, shown.id)):
        return {**extension, **document}
    return document


async def actor(tx: Tx, who: Actor) -> Document:
    """The actor, with its context. A group names its moderators as Lemmy does: a collection in `attributedTo`."""
    document = writing.actor(who, await actors.public_keys(tx, who))
    if who.kind != groups.KIND:
        return document
    group = await groups.get(tx, who.id)
    return {
        **group.properties,
        **document,
        "attributedTo": moderators_uri(who),
        "postingRestrictedToMods": group.posting == "nobody",
    }


def moderators_uri(group: Actor) -> str:
    """Where the group's moderators are listed."""
    return f"{group.uri}/moderators"


async def moderators(tx: Tx, who: Actor) -> Document:
    """The collection of a group's moderators. Raises Missing if it is no group."""
    group = await groups.get(tx, who.id)
    found = await actors.by_ids(tx, group.moderators)
    named = [found[number].uri for number in group.moderators if number in found and not found[number].gone]
    return {**writing.collection(moderators_uri(who), total=len(named)), "orderedItems": named}
