"""What happens in a group of ours goes to all who follow it, wrapped in an Announce of the group (FEP-1b12).

The bare Announce of what begins a thread is a boost like any other, and goes out as one: it is for those who know no
groups. The wrapped one is of everything: Create, Update, Delete, Like and its Undo, of posts and of answers.
"""

import logging
from datetime import timedelta

from phyle.conversation import groups
from phyle.conversation.activities import recipients
from phyle.federation import contexts, writing
from phyle.federation.outgoing import Inbox, send
from phyle.federation.urls import host_of, is_local
from phyle.federation.vocabulary import PUBLIC
from phyle.federation.wire import Document
from phyle.identity import limits
from phyle.identity.limits import Limit
from phyle.store.transaction import Tx

_log = logging.getLogger(__name__)

PASSED_ON = Limit(name="passed-on", most=3000, window=timedelta(hours=1))
"""How much of one domain's the groups here pass on, likes and edits included: each goes to all who follow (D16)."""


async def readers(tx: Tx, audience: str | None) -> set[Inbox]:
    """Those who follow the group: who knows no groups took its posts for boosts, and hears of their edits and their end
    from their authors only."""
    group = await groups.at(tx, audience)
    return await recipients.followers(tx, group.id) if group is not None else set()


async def announce(tx: Tx, audience: str | None, activity: Document, *, order_key: str) -> None:
    """Pass on an activity about something in the group at `audience`, exactly as its author said it; nothing happens if
    that is no group of ours."""
    group = await groups.at(tx, audience)
    if group is None:
        return
    host = host_of(activity["actor"])
    if not is_local(activity["actor"], tx.store.settings.origin) and not await limits.within(
        tx, PASSED_ON, limits.domain(host)
    ):
        _log.info("%s of %s is too much to be passed on", activity.get("id"), host)
        return
    document = writing.activity(
        "Announce",
        group,
        writing.bare(activity),
        uri=f"{tx.store.settings.origin}/activities/{tx.new_id()}",
        to=[PUBLIC],
        cc=[group.followers or ""],
        context=contexts.FOR_POSTS,
    )
    document["audience"] = group.uri
    await send(tx, group, document, order_key=order_key, inboxes=await recipients.followers(tx, group.id))
