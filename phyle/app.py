"""The composition root: the only module that knows everyone."""

from collections.abc import Mapping, Sequence

from phyle.store.jobs import Job

JOBS: Mapping[str, Job] = {}
SUBSCRIPTIONS: Mapping[type, Sequence[str]] = {}
