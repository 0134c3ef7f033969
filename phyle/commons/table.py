"""The jobs and subscriptions of the commons, and who answers its activities; the composition root joins them."""

from collections.abc import Mapping

from phyle.federation.dispatch import Handler, Key, join
from phyle.store.jobs import Job, Subscription

JOBS: Mapping[str, Job] = {}

SUBSCRIPTIONS: Mapping[type, Subscription] = {}
"""Which jobs follow from what happens in the commons. What lower slices tell, the composition root subscribes to."""

INBOUND: Mapping[Key, Handler] = join()
