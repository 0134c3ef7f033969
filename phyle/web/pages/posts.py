"""The page of a post: what came before it, the post, and the answers, as far as the one who asks may see them."""

from phyle.conversation import posts, views
from phyle.errors import Gone, Missing
from phyle.federation import tombstones
from phyle.text import fold
from phyle.web.actors import check_there
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cards import card, cards, excerpt, person, title
from phyle.web.pages.profiles import away, for_servers, named
from phyle.web.pages.rendering import page


async def show(asked: Asked) -> Answer:
    """GET /@NAME/ID. Servers are sent to the object, which knows who may see it."""
    number = asked.id()
    object_address = f"{asked.settings.origin}/objects/{number}"
    if for_servers(asked):
        return redirect(object_address, status=302)
    viewer = asked.viewer.actor_id
    try:
        view = await views.of_id(asked.tx, viewer, number)
    except Missing:
        if await tombstones.of_ours(asked.tx, object_address):
            raise Gone("This post was deleted by its author.") from None
        check_there(await named(asked.tx, asked.args["name"]))
        raise Missing("There is no such post, or it is not for everyone to see.") from None
    if not view.post.local and viewer is None:
        return away(view.post.url, view.post.uri)
    shown = card(view, asked.settings)
    if view.boosted is not None or fold(asked.args["name"]) != fold(view.author.acct):
        return redirect(shown.page, status=302)
    before, after = await posts.thread(asked.tx, viewer, view.post)
    around = {each.post.id: each for each in await views.of_ids(asked.tx, viewer, [*before, *after])}
    return page(
        asked,
        "post.html",
        actor=view.author,
        author=person(view.author, asked.settings),
        post=shown,
        uri=view.post.uri,
        local=view.post.local,
        heading=title(view.post, view.author),
        told=excerpt(view.post),
        before=cards((around[each] for each in before if each in around), asked.settings),
        after=cards((around[each] for each in after if each in around), asked.settings),
        noindex=view.post.visibility != "public" or not view.author.indexable or not view.post.local,
    )
