"""Granting: how somebody comes to hold a role in a repository, and how they lose it, under the rule of the project.

By the rule `maintainer` any maintainer invites and revokes; by `majority` more than half of them do, by motions; by
`decision` those do whom the phyle's decisions gave a mandate over its commons. Giving back is everybody's own.
"""

from dataclasses import dataclass, replace

from phyle.commons import grants, invitations, motions, permission, repositories
from phyle.commons.grants import Grant, Role
from phyle.commons.invitations import Invitation
from phyle.commons.motions import Motion
from phyle.commons.repositories import Change, Repository, Rule
from phyle.errors import Conflict, Missing, Refused
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: an invitation that waits for the person, a grant that was given or ended, a motion that waits
    for a majority; or that another rule holds."""

    invitation: Invitation | None = None
    grant: Grant | None = None
    motion: Motion | None = None
    done: bool = False


async def invite(
    tx: Tx, by: Actor, repository: Repository, person: Actor, role: Role, *, words: str = "", uri: str | None = None
) -> Outcome:
    """Invite somebody, here or elsewhere. `uri`: the id of the Invite that asked for it, if one did. Refused where the
    rule gives this to others; Conflict for who has the role."""
    await permission.require(tx, by.id, repository, "maintain")
    _check_person(repository, person)
    await _check_new(tx, repository, person, role)
    if not await _alone(tx, by, repository):
        moved = await motions.move(tx, repository.id, by.id, "give", holder=person.id, role=role, reason=words)
        return await _carried(tx, repository, moved)
    invited = await invitations.make(
        tx, "invite", repository.id, person.id, role, invited_by=by.id, words=words, uri=uri
    )
    return Outcome(invitation=invited)


async def ask(
    tx: Tx, person: Actor, repository: Repository, role: Role, *, words: str = "", uri: str | None = None
) -> Invitation:
    """Somebody asks to be let in; its maintainers answer. Missing where they may not even read."""
    await permission.require(tx, person.id, repository, "read")
    await _check_new(tx, repository, person, role)
    return await invitations.make(tx, "join", repository.id, person.id, role, words=words, uri=uri)


async def answer(tx: Tx, by: Actor, invitation: Invitation, *, yes: bool) -> Outcome:
    """The person answers an invitation, a maintainer a question to be let in. Missing for whoever neither is.

    Of a repository elsewhere, only our word goes there: it grants, or does not.
    """
    repository = (await repositories.by_ids(tx, [invitation.repository])).get(invitation.repository)
    if invitation.what == "invite" and by.id != invitation.person:
        raise Missing
    if invitation.what == "join":
        if repository is None:
            raise Missing
        await permission.require(tx, by.id, repository, "maintain")
        if yes and not await _alone(tx, by, repository):
            person = invitation.person
            moved = await motions.move(tx, repository.id, by.id, "give", holder=person, role=invitation.role)
            return await _carried(tx, repository, moved)
    if yes and invitation.what == "invite" and repository is not None:
        await _check_meant(tx, repository, invitation)
    answered = await invitations.answer(tx, invitation.id, "accepted" if yes else "refused")
    if not yes or repository is None:
        return Outcome(invitation=answered, done=True)
    given_by = invitation.invited_by if invitation.what == "invite" else by.id
    return Outcome(invitation=answered, grant=await _give(tx, repository, answered, given_by), done=True)


async def withdraw(tx: Tx, by: Actor, invitation: Invitation) -> Invitation:
    """Whoever asked takes it back; of an invitation, any maintainer does. Missing for whoever neither is."""
    repository = (await repositories.by_ids(tx, [invitation.repository])).get(invitation.repository)
    own = by.id == (invitation.person if invitation.what == "join" else invitation.invited_by)
    if not own and (
        invitation.what == "join"
        or repository is None
        or not await permission.allowed(tx, by.id, repository, "maintain")
    ):
        raise Missing
    return await invitations.answer(tx, invitation.id, "withdrawn")


async def revoke(tx: Tx, by: Actor, repository: Repository, grant: int, *, reason: str = "") -> Outcome:
    """Somebody's grant ends at once, or when a majority wants it. Refused where the rule gives this to others, and for
    the last maintainer of what nobody else keeps."""
    await permission.require(tx, by.id, repository, "read")
    found = await grants.get(tx, grant)
    if found.repository != repository.id or found.revoked_at is not None:
        raise Missing("There is no such live grant.")
    if found.holder == by.id:
        return Outcome(grant=await _ended(tx, repository, found, by, reason or "Given back."), done=True)
    await permission.require(tx, by.id, repository, "maintain")
    if not await _alone(tx, by, repository):
        moved = await motions.move(
            tx, repository.id, by.id, "revoke", holder=found.holder, role=found.role, reason=reason
        )
        return await _carried(tx, repository, moved)
    return Outcome(grant=await _ended(tx, repository, found, by, reason), done=True)


async def leave(tx: Tx, person: Actor, repository: Repository) -> None:
    """Give back all that one holds in it. Missing if that is nothing."""
    held = [each for each in await grants.of(tx, repository.id) if each.holder == person.id]
    if not held:
        raise Missing("You hold no grant in this repository.")
    for each in held:
        await _ended(tx, repository, each, person, "Given back.")


async def second(tx: Tx, by: Actor, repository: Repository, motion: int) -> Outcome:
    """A maintainer is for a motion; what it says is done when that makes a majority."""
    await permission.require(tx, by.id, repository, "maintain")
    return await _carried(tx, repository, await motions.second(tx, repository.id, motion, by.id))


async def change_rule(tx: Tx, by: Actor, repository: Repository, rule: Rule) -> Outcome:
    """Another rule for who gives and takes: made under the rule that holds. That decisions of the phyle do takes that
    the project is a commons of the phyle."""
    await permission.require(tx, by.id, repository, "maintain")
    if rule == "decision" and not await permission.is_commons(tx, repository):
        raise Conflict("Only over what the phyle took into its commons do its decisions say who holds grants.")
    if rule == repository.rule:
        return Outcome(done=True)
    if not await _alone(tx, by, repository):
        return await _carried(tx, repository, await motions.move(tx, repository.id, by.id, "rule", rule=rule))
    await repositories.change(tx, repository, Change(rule=rule))
    return Outcome(done=True)


async def _alone(tx: Tx, by: Actor, repository: Repository) -> bool:
    """Whether one maintainer is enough; False where it takes a majority. Refused where it takes a mandate they lack."""
    if await permission.mandated(tx, by.id, repository):
        return True
    if repository.rule == "decision":
        raise Refused("Who holds grants here, decisions of the phyle say: this takes a mandate over its commons.")
    return repository.rule == "maintainer"


async def _carried(tx: Tx, repository: Repository, motion: Motion) -> Outcome:
    if motion.state != "carried":
        return Outcome(motion=motion)
    if motion.what == "rule" and motion.rule is not None:
        await repositories.change(tx, repository, Change(rule=motion.rule))
    elif motion.what == "revoke" and motion.holder is not None:
        mover = await actors.by_id(tx, motion.moved_by)
        for each in await grants.of(tx, repository.id):
            if (each.holder, each.role) == (motion.holder, motion.role):
                await _ended(tx, repository, each, mover, motion.reason)
    elif motion.holder is not None and motion.role is not None:
        return replace(await _let_in(tx, repository, motion), motion=motion)
    return Outcome(motion=motion, done=True)


async def _let_in(tx: Tx, repository: Repository, motion: Motion) -> Outcome:
    """A majority is for somebody: who had asked is let in, who had not is invited."""
    person, role = motion.holder or 0, motion.role or "contributor"
    asked = [each for each in await invitations.open_of(tx, repository.id, person) if each.role == role]
    if asked and asked[0].what == "join":
        answered = await invitations.answer(tx, asked[0].id, "accepted")
        return Outcome(invitation=answered, grant=await _give(tx, repository, answered, None), done=True)
    if asked:
        return Outcome(invitation=asked[0])
    invited = await invitations.make(tx, "invite", repository.id, person, role, invited_by=motion.moved_by)
    return Outcome(invitation=invited)


async def _give(tx: Tx, repository: Repository, answered: Invitation, given_by: int | None) -> Grant:
    """The grant. Who becomes a maintainer is a contributor no more by a grant of their own."""
    await grants.hold(tx, repository.id)
    before = await grants.held(tx, repository.id, answered.person)
    if before is not None and before.role == "maintainer":
        return before  # more than what was offered
    given = await grants.give(tx, repository.id, answered.person, answered.role, given_by=given_by)
    if before is not None:
        await grants.revoke(tx, before.id, revoked_by=given_by, reason="Another role was granted.")
    return given


async def _ended(tx: Tx, repository: Repository, grant: Grant, by: Actor, reason: str) -> Grant:
    await grants.hold(tx, repository.id)
    last = grant.role == "maintainer" and await grants.maintainers(tx, repository.id) <= 1
    if last and repository.archived_at is None and not await permission.is_commons(tx, repository):
        raise Refused("Nobody would maintain it any more: let somebody else become a maintainer first, or archive it.")
    return await grants.revoke(tx, grant.id, revoked_by=by.id, reason=reason)


async def _check_meant(tx: Tx, repository: Repository, invitation: Invitation) -> None:
    """An invitation counts while who made it still could, or if a majority did: who is turned out brings in nobody."""
    by = invitation.invited_by
    if by is not None and await permission.allowed(tx, by, repository, "maintain"):
        return
    if not await motions.was_carried(tx, repository.id, invitation.person, invitation.role):
        raise Refused("Whoever invited you maintains it no more, so this does not count. Ask to be let in.")


def _check_person(repository: Repository, person: Actor) -> None:
    if person.gone or person.kind not in ("Person", "Service"):
        raise Missing("There is nobody of that name who could be invited.")
    if not repository.public and not person.local:
        raise Refused(
            "What not everybody may read is for people with an account here: nothing of it leaves this server."
        )


async def _check_new(tx: Tx, repository: Repository, person: Actor, role: Role) -> None:
    held = await grants.held(tx, repository.id, person.id)
    if held is not None and (held.role == role or held.role == "maintainer"):
        raise Conflict(f"They are a {held.role} already.")
