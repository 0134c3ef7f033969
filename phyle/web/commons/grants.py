"""Grants at the API: who may do what in a repository, invitations, questions to be let in, motions, leaving."""

from dataclasses import dataclass
from typing import Any

from phyle.commons import granting, invitations, motions, permission, repositories, showing
from phyle.commons.grants import Role
from phyle.commons.people import Came, Invited, Mine, Moved, came, invited, left, mine, moved
from phyle.commons.showing import Holder
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.web.asked import Asked
from phyle.web.commons.repositories import READ, WRITE
from phyle.web.cooperative.endpoints import Endpoint, change, get


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    """`who`: `@ana`, `@ana@coop.org`, or an address. `words`: why, for them to read."""

    who: str
    role: Role = "contributor"
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """`repository`: its name, `@name.git@host`, or its address elsewhere."""

    repository: str
    role: Role = "contributor"
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Why, for those who are concerned."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """`repository`: the id of its actor, here or elsewhere."""

    repository: str


async def list_holders(asked: Asked, viewer: Sight) -> list[Holder]:
    """Who holds a grant in a repository."""
    found = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    return await showing.holders(asked.tx, found)


async def list_invitations(asked: Asked, viewer: Sight) -> list[Invited]:
    """The open invitations of a repository, and the open questions to be let in; for its maintainers."""
    found = await showing.found(asked.tx, asked.me.id, asked.args["name"])
    await permission.require(asked.tx, asked.me.id, found, "maintain")
    return await invited(asked.tx, await invitations.of_repository(asked.tx, found.id))


async def list_motions(asked: Asked, viewer: Sight) -> list[Moved]:
    """What waits for a majority of the maintainers."""
    found = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    return [await moved(asked.tx, each) for each in await motions.of(asked.tx, found.id)]


async def invite(asked: Asked) -> Came:
    """Invite somebody, from here or from another phyle, to contribute or to maintain. Where the project's rule says so,
    it is a motion that waits for a majority."""
    person = await named(asked, asked.text("who", most=2048))
    async with asked.store.transaction() as tx:
        found = await showing.found(tx, asked.me.id, asked.args["name"])
        outcome = await granting.invite(tx, asked.me, found, person, role_of(asked), words=words(asked))
        return await came(tx, outcome)


async def revoke(asked: Asked) -> Came:
    """End a grant at once, or give back one's own. Where the project's rule says so, it is a motion."""
    async with asked.store.transaction() as tx:
        found = await showing.found(tx, asked.me.id, asked.args["name"])
        reason = asked.text("reason", most=2000)
        return await came(tx, await granting.revoke(tx, asked.me, found, asked.id("grant"), reason=reason))


async def second(asked: Asked) -> Came:
    """Be for a motion; what it says is done when more than half of the maintainers are."""
    async with asked.store.transaction() as tx:
        found = await showing.found(tx, asked.me.id, asked.args["name"])
        return await came(tx, await granting.second(tx, asked.me, found, asked.id("motion")))


async def withdraw_motion(asked: Asked) -> list[Moved]:
    """Take back one's own motion; those that are still open."""
    async with asked.store.transaction() as tx:
        found = await showing.found(tx, asked.me.id, asked.args["name"])
        await motions.withdraw(tx, found.id, asked.id("motion"), asked.me.id)
        return [await moved(tx, each) for each in await motions.of(tx, found.id)]


async def ask(asked: Asked) -> Invited:
    """Ask to be let into a repository, here or elsewhere; whoever maintains it answers."""
    repository = await repository_named(asked, asked.text("repository", most=2048))
    async with asked.store.transaction() as tx:
        here = (await repositories.by_ids(tx, [repository.id])).get(repository.id)
        if here is not None:
            made = await granting.ask(tx, asked.me, here, role_of(asked), words=words(asked))
        else:
            made = await invitations.make(tx, "join", repository.id, asked.me.id, role_of(asked), words=words(asked))
        return (await invited(tx, [made]))[0]


async def list_mine(asked: Asked, viewer: Sight) -> list[Mine]:
    """The roles that one holds, in repositories here and elsewhere."""
    return await mine(asked.tx, asked.me)


async def list_my_invitations(asked: Asked, viewer: Sight) -> list[Invited]:
    """One's invitations, and what one asked for, with what came of it."""
    return await invited(asked.tx, await invitations.of_person(asked.tx, asked.me.id))


async def accept(asked: Asked) -> Came:
    """Accept an invitation; or, as a maintainer, let somebody in who asked."""
    return await _answered(asked, yes=True)


async def refuse(asked: Asked) -> Came:
    """Refuse an invitation, or a question to be let in."""
    return await _answered(asked, yes=False)


async def withdraw(asked: Asked) -> Invited:
    """Take back an invitation, or what one asked for."""
    async with asked.store.transaction() as tx:
        found = await invitations.get(tx, asked.id())
        return (await invited(tx, [await granting.withdraw(tx, asked.me, found)]))[0]


async def leave(asked: Asked) -> list[Mine]:
    """Give back all that one holds in a repository, here or elsewhere; what one holds still."""
    async with asked.store.transaction() as tx:
        repository = await actors.by_uri(tx, asked.text("repository", most=2048))
        if repository is None:
            raise Missing("There is no such repository.")
        await left(tx, asked.me, repository)
        return await mine(tx, asked.me)


async def _answered(asked: Asked, *, yes: bool) -> Came:
    async with asked.store.transaction() as tx:
        found = await invitations.get(tx, asked.id())
        return await came(tx, await granting.answer(tx, asked.me, found, yes=yes))


# What was typed


async def named(asked: Asked, name: str) -> Actor:
    """Somebody by their handle or address, asked for elsewhere if need be. Missing. Not while a tx is open."""
    number = await asked.resolve_actor(name.strip())
    if number is None:
        raise Missing("There is nobody of that name. Write it as @ana, or @ana@coop.example.")
    async with asked.store.reading() as tx:
        return await actors.by_id(tx, number)


async def repository_named(asked: Asked, name: str) -> Actor:
    """A repository by its name here, `@name.git@host` or its address. Missing. Not while a tx is open."""
    async with asked.store.reading() as tx:
        here = await repositories.named(tx, name.strip().removeprefix("@")) if "/" not in name else None
        if here is not None:
            return await actors.by_id(tx, here.id)
    found = await named(asked, name)
    if found.kind != repositories.KIND:
        raise Unprocessable("That is no repository. Write it as @name.git@coop.example, or give its address.")
    return found


def role_of(asked: Asked) -> Role:
    """The role that was typed; what is none, the law refuses."""
    role: Any = asked.text("role", "contributor", most=40)
    return role  # type: ignore[no-any-return]  # checked where it is used


def words(asked: Asked) -> str:
    """What was said with it."""
    return asked.text("words", most=10_000).replace("\r\n", "\n")


ENDPOINTS: tuple[Endpoint, ...] = (
    get("/repositories/<name>/grants", list_holders, list[Holder], scope=READ),
    change(
        "POST",
        "/repositories/<name>/grants/<grant>/revoke",
        revoke,
        Came,
        enters=("revoke_maintainer",),
        body=Because,
        scope=WRITE,
    ),
    get("/repositories/<name>/invitations", list_invitations, list[Invited], who="user", scope=READ),
    change("POST", "/repositories/<name>/invitations", invite, Came, body=Inviting, scope=WRITE),
    get("/repositories/<name>/motions", list_motions, list[Moved], scope=READ),
    change("POST", "/repositories/<name>/motions/<motion>/second", second, Came, scope=WRITE),
    change("POST", "/repositories/<name>/motions/<motion>/withdraw", withdraw_motion, list[Moved], scope=WRITE),
    get("/commons/grants", list_mine, list[Mine], who="user", scope=READ),
    change(
        "POST", "/commons/grants/leave", leave, list[Mine], enters=("resign_maintainer",), body=Leaving, scope=WRITE
    ),
    get("/commons/invitations", list_my_invitations, list[Invited], who="user", scope=READ),
    change("POST", "/commons/invitations", ask, Invited, body=Asking, scope=WRITE),
    change("POST", "/commons/invitations/<id>/accept", accept, Came, enters=("invite_maintainer",), scope=WRITE),
    change("POST", "/commons/invitations/<id>/refuse", refuse, Came, scope=WRITE),
    change("POST", "/commons/invitations/<id>/withdraw", withdraw, Invited, scope=WRITE),
)
