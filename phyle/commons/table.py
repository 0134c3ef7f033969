"""The jobs and subscriptions of the commons, and who answers its activities; the composition root joins them."""

from collections.abc import Mapping
from datetime import timedelta

from phyle.commons import creating, events, pushes
from phyle.commons.activities import kinds as ids
from phyle.commons.activities import repositories
from phyle.federation.dispatch import Handler, Key, Kinds, join
from phyle.powers import NONE, SELF
from phyle.store.jobs import Job, Subscription, local, recurring, told

JOBS: Mapping[str, Job] = {
    "commons.make_folder": local(creating.make_folder, NONE),
    "commons.mend": recurring(creating.mend, NONE, every=timedelta(minutes=5)),
    "commons.recover_pushes": recurring(pushes.recover, NONE, every=timedelta(seconds=10)),
    creating.REMOVE: local(creating.remove_folder, NONE),
    "commons.tell_changed": local(repositories.tell_changed, NONE, ordered_by=("repository",)),
    "commons.tell_deleted": local(repositories.tell_deleted, NONE, ordered_by=("repository",)),
}

SUBSCRIPTIONS: Mapping[type, Subscription] = {
    events.RepositoryCreated: told(SELF, "commons.make_folder"),
    events.RepositoryChanged: told(SELF, "commons.tell_changed"),
    events.RepositoryDeleted: told(SELF, "commons.tell_deleted", creating.REMOVE),
}
"""Which jobs follow from what happens in the commons. What lower slices tell, the composition root subscribes to."""

INBOUND: Mapping[Key, Handler] = join(repositories.INBOUND)

kinds: Kinds = ids.kinds
"""Under which kinds the commons keep ids."""
