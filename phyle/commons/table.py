"""The jobs and subscriptions of the commons, and who answers its activities; the composition root joins them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from phyle.commons import creating, events, ticket_table, upkeep
from phyle.commons import pushes as pushing
from phyle.commons.activities import (
    agreement_telling,
    agreements,
    copying,
    forks,
    grants,
    invited,
    pushes,
    repositories,
    ticket_kinds,
)
from phyle.commons.activities import kinds as ids
from phyle.commons.works import STEP, step_job
from phyle.federation.dispatch import Handler, Key, join
from phyle.powers import NONE, SELF
from phyle.store.jobs import Job, Subscription, local, network, recurring, told
from phyle.store.transaction import Tx

JOBS: Mapping[str, Job] = {
    **ticket_table.JOBS,
    "commons.make_folder": local(creating.make_folder, NONE),
    "commons.mend": recurring(creating.mend, NONE, every=timedelta(minutes=5)),
    "commons.recover_pushes": recurring(pushing.recover, NONE, every=timedelta(seconds=10)),
    "commons.plan_upkeep": recurring(upkeep.plan, NONE, every=upkeep.EVERY),
    upkeep.TEND: network(upkeep.tend, NONE, attempts=3),
    "commons.shown": local(upkeep.shown, NONE, ordered_by=("repository",)),
    upkeep.FORGET: network(upkeep.forget, NONE),
    creating.REMOVE: local(creating.remove_folder, NONE),
    "commons.tell_changed": local(repositories.tell_changed, NONE, ordered_by=("repository",)),
    "commons.tell_deleted": local(repositories.tell_deleted, NONE, ordered_by=("repository",)),
    copying.FETCH: network(copying.fetch, NONE),
    copying.UPDATE: network(copying.update, NONE),
    "commons.pushed": local(pushes.pushed, NONE),
    "commons.uses_entered": local(agreement_telling.entered, NONE),
    agreements.TAKE: network(agreements.take, NONE),
    agreement_telling.TELL: network(agreement_telling.tell, NONE),
    "commons.uses_forked": local(agreement_telling.forked, NONE),
    agreement_telling.CATCH_UP: network(agreement_telling.catch_up, NONE),
    STEP: network(step_job, NONE),
    pushes.SEND: network(pushes.send_push, NONE),
    pushes.POST: network(pushes.post_pushes, NONE),
    forks.TELL: network(forks.tell, NONE),
    forks.VERIFY: network(forks.verify, NONE),
    "commons.tell_fork_public": local(forks.tell_changed, NONE, ordered_by=("repository",)),
    "commons.tell_invited": local(invited.tell_made, NONE, ordered_by=("invitation",)),
    "commons.tell_invitation_answered": local(invited.tell_answered, NONE, ordered_by=("invitation",)),
    "commons.tell_granted": local(invited.tell_granted, NONE, ordered_by=("grant",)),
    "commons.tell_revoked": local(invited.tell_revoked, NONE, ordered_by=("grant",)),
    "commons.tell_left": local(invited.tell_left, NONE, ordered_by=("repository", "person")),
}

SUBSCRIPTIONS: Mapping[type, Subscription] = {
    **ticket_table.SUBSCRIPTIONS,
    events.RepositoryCreated: told(SELF, "commons.make_folder", *ticket_table.ON_CREATED),
    events.RepositoryForked: told(SELF, *ticket_table.ON_FORKED, "commons.uses_forked"),
    events.Pushed: told(SELF, "commons.pushed", *ticket_table.ON_PUSHED),
    events.RepositoryChanged: told(SELF, "commons.tell_changed", "commons.tell_fork_public", "commons.shown"),
    events.RepositoryDeleted: told(SELF, "commons.tell_deleted", creating.REMOVE),
    events.InvitationMade: told(SELF, "commons.tell_invited"),
    events.InvitationAnswered: told(SELF, "commons.tell_invitation_answered"),
    events.Granted: told(SELF, "commons.tell_granted", STEP),
    events.Revoked: told(SELF, "commons.tell_revoked", STEP),
    events.Left: told(SELF, "commons.tell_left"),
}
"""Which jobs follow from what happens in the commons. What lower slices tell, the composition root subscribes to."""

INBOUND: Mapping[Key, Handler] = join(
    repositories.INBOUND, grants.INBOUND, forks.INBOUND, pushes.INBOUND, ticket_table.INBOUND, agreements.INBOUND
)


async def kinds(tx: Tx, uris: Sequence[str]) -> dict[str, str]:
    """Under which kinds the commons keep ids."""
    return await ids.kinds(tx, uris) | await ticket_kinds.kinds(tx, uris) | await agreements.kinds(tx, uris)
