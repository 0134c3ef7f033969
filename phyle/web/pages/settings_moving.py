"""Moving to another account, and saying from which one a member comes."""

from datetime import timedelta

from phyle.conversation import moving
from phyle.errors import Missing, Refusal, TooMany
from phyle.identity import accounts, actors, limits
from phyle.identity.limits import Limit
from phyle.store.transaction import Tx
from phyle.web.answers import Answer
from phyle.web.asked import Asked, Resolve
from phyle.web.pages.cards import person
from phyle.web.pages.settings import MOVING, confirmed, done, part
from phyle.web.pages.visitors import first_log_in

_LOOKUPS = Limit(name="moving", most=30, window=timedelta(minutes=5))
_LONGEST = 2048
_NOBODY = "No such account was found. Please check the address, or try again later: its server may be away."


async def show(asked: Asked) -> Answer:
    """GET /settings/moving"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    return await _page(asked, asked.tx)


async def name_account(asked: Asked) -> Answer:
    """POST /settings/aliases: another account is the same person's."""
    try:
        number = await _found(asked, asked.resolve_actor, asked.text("account", most=_LONGEST))
        async with asked.store.transaction() as tx:
            await moving.add_alias(tx, await actors.by_id(tx, asked.me.id), await actors.by_id(tx, number))
    except TooMany:
        raise
    except Refusal as refusal:
        return await _refused(asked, refusal)
    return done(MOVING, "named")


async def unname_account(asked: Asked) -> Answer:
    """POST /settings/aliases/remove: it is not, or no longer needs to be said."""
    await moving.drop_alias(asked.tx, asked.me, asked.text("uri", most=_LONGEST))
    return done(MOVING, "unnamed")


async def move(asked: Asked) -> Answer:
    """POST /settings/moving: followers are told to follow the new account."""
    try:
        account = await confirmed(asked)
        number = await _found(asked, asked.refresh_actor, asked.text("target", most=_LONGEST))
        async with asked.store.transaction() as tx:
            await accounts.hold(tx, account)
            await moving.move(tx, account.actor, await actors.by_id(tx, number))
    except TooMany:
        raise
    except Refusal as refusal:
        return await _refused(asked, refusal)
    return done(MOVING, "moved")


async def come_back(asked: Asked) -> Answer:
    """POST /settings/moving/back: the account does not point elsewhere any more."""
    await moving.come_back(asked.tx, asked.me)
    return done(MOVING, "back")


async def _found(asked: Asked, resolve: Resolve, typed: str) -> int:
    """The id here of the account that was typed. Raises Missing, TooMany."""
    name = typed.strip().removeprefix("acct:")
    await limits.count(asked.store, _LOOKUPS, str(asked.me.id))
    number = await resolve(name) if name else None
    if number is None:
        raise Missing(_NOBODY)
    return number


async def _refused(asked: Asked, refusal: Refusal) -> Answer:
    async with asked.store.reading() as tx:
        return await _page(asked, tx, refusal)


async def _page(asked: Asked, tx: Tx, fault: Refusal | None = None) -> Answer:
    me = await actors.by_id(tx, asked.me.id)
    known = await actors.by_uris(tx, [*me.also_known_as, *([me.moved_to] if me.moved_to else [])])
    called = {uri: person(actor, asked.settings).handle for uri, actor in known.items()}
    return part(
        asked,
        MOVING,
        "settings_moving.html",
        fault=fault,
        aliases=[(uri, called.get(uri, uri)) for uri in me.also_known_as],
        moved=called.get(me.moved_to, me.moved_to) if me.moved_to else None,
        handle=person(me, asked.settings).handle,
        account=asked.text("account", most=_LONGEST),
        target=asked.text("target", most=_LONGEST),
    )
