"""The composition root: the only module that knows everyone."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

import phyle
from phyle.commons import table as commons
from phyle.commons.activities import agreements, papers
from phyle.commons.activities import forks as forking
from phyle.conversation import (
    departures,
    follows,
    groups,
    moving,
    polls,
    publishing,
    reactions,
    receiving,
    relations,
    reports,
    timelines,
)
from phyle.conversation.activities import catching_up, communities, looking_up, notes
from phyle.conversation.activities import follows as follow_activities
from phyle.conversation.activities import people as people_activities
from phyle.conversation.activities import polls as poll_activities
from phyle.conversation.activities import reactions as reaction_activities
from phyle.cooperative import circles
from phyle.cooperative.activities import joining, offering, polling
from phyle.cooperative.law.effects.table import EFFECTS
from phyle.cooperative.law.table import LAW
from phyle.cooperative.ledger import append, beginning, checkpoints, standing, writing
from phyle.cooperative.table import JOBS as COOPERATIVE_JOBS
from phyle.errors import Unavailable
from phyle.federation import dispatch, evidence, inbound, outgoing, peers, people
from phyle.federation.delivery import Delivery
from phyle.federation.inbound import Inbound
from phyle.federation.keyring import Keyring
from phyle.federation.net import Net, Reach
from phyle.federation.reading import Activity
from phyle.federation.reception import Reception
from phyle.identity import accounts, leaving, operator_acts, profiles, scopes, sweeping, viewer
from phyle.identity.beginning import begin
from phyle.powers import NONE, OPERATOR, SELF, Declared, declared
from phyle.settings import POWERS as SETTINGS
from phyle.settings import Settings
from phyle.store import migrations
from phyle.store.away import DATABASE_IS_AWAY
from phyle.store.embedded import Embedded
from phyle.store.jobs import Job, Subscription, local, network, recurring, told
from phyle.store.pool import opened
from phyle.store.transaction import Store, Tx
from phyle.store.worker import Worker
from phyle.web import actors as actor_documents
from phyle.web import git, inbox, ledger, objects, wellknown, witnessed
from phyle.web.api import ROUTES as API_ROUTES
from phyle.web.client.table import ROUTES as CLIENT_ROUTES
from phyle.web.commons import forge
from phyle.web.commons import told as told_to_phyles
from phyle.web.create import create
from phyle.web.front import Front
from phyle.web.pages.table import ROUTES as PAGE_ROUTES

_log = logging.getLogger(__name__)
_PATIENCE = 60.0  # seconds for which a start waits for a PostgreSQL of its own that was killed meanwhile

INBOUND: Mapping[dispatch.Key, dispatch.Handler] = dispatch.join(
    notes.INBOUND,
    communities.INBOUND,
    follow_activities.INBOUND,
    reaction_activities.INBOUND,
    people_activities.INBOUND,
    offering.INBOUND,
    joining.INBOUND,
    commons.INBOUND,
)
"""Who answers which activity."""

DISPATCHER = dispatch.Dispatcher(
    INBOUND, kinds=(notes.kinds, inbound.account_kinds, follow_activities.kinds, commons.kinds)
)
_INBOUND = Inbound(DISPATCHER)

_BY_POST = ("post",)
_BY_PAIR = ("follower", "followed")

JOBS: Mapping[str, Job] = {
    **COOPERATIVE_JOBS,
    **commons.JOBS,
    "identity.sweep": recurring(sweeping.sweep, NONE, every=timedelta(hours=1)),
    "federation.arrive": local(_INBOUND.arrive, NONE),
    "federation.gather": network(_INBOUND.gather, NONE),
    "federation.confirm_name": network(people.confirm_name, NONE, attempts=3),
    "federation.forget": recurring(inbound.forget, NONE, every=timedelta(hours=6)),
    "federation.forget_evidence": recurring(evidence.forget, NONE, every=timedelta(minutes=10)),
    "federation.close_silent_lanes": recurring(outgoing.close_silent_lanes, NONE, every=timedelta(hours=6)),
    "federation.silence": local(outgoing.silence_job, NONE),
    "federation.forget_sent": recurring(outgoing.forget_sent, NONE, every=timedelta(hours=12)),
    "conversation.spread": local(timelines.spread_job, NONE),
    "conversation.returned": local(timelines.returned_job, NONE),
    "conversation.trim": recurring(timelines.trim, NONE, every=timedelta(minutes=30)),
    "conversation.forget_keys": recurring(publishing.forget_keys, NONE, every=timedelta(minutes=10)),
    "conversation.forget_mutes": recurring(relations.forget_mutes, NONE, every=timedelta(minutes=1)),
    "conversation.close_polls": recurring(polls.close_over, NONE, every=timedelta(seconds=10)),
    "conversation.share_in_group": local(groups.share_job, NONE),
    "conversation.depart": local(departures.depart_job, NONE),
    "conversation.fetch_parent": network(notes.fetch_parent, NONE, attempts=3),
    "conversation.catch_up": local(catching_up.catch_up, NONE),
    "conversation.tell_published": local(notes.tell_published, NONE, ordered_by=_BY_POST),
    "conversation.tell_edited": local(notes.tell_edited, NONE, ordered_by=_BY_POST),
    "conversation.tell_counted": local(notes.tell_counted, NONE),
    "conversation.tell_deleted": local(notes.tell_deleted, NONE, ordered_by=_BY_POST),
    "conversation.tell_voted": local(poll_activities.tell_voted, NONE, ordered_by=("actor", "post")),
    "conversation.tell_asked": local(follow_activities.tell_asked, NONE, ordered_by=_BY_PAIR),
    "conversation.tell_accepted": local(follow_activities.tell_accepted, NONE, ordered_by=_BY_PAIR),
    "conversation.tell_rejected": local(follow_activities.tell_rejected, NONE, ordered_by=_BY_PAIR),
    "conversation.tell_unfollowed": local(follow_activities.tell_unfollowed, NONE, ordered_by=_BY_PAIR),
    "conversation.tell_favourited": local(reaction_activities.tell_favourited, NONE, ordered_by=("actor", "post")),
    "conversation.tell_unfavourited": local(reaction_activities.tell_unfavourited, NONE, ordered_by=("actor", "post")),
    "conversation.tell_boosted": local(reaction_activities.tell_boosted, NONE, ordered_by=("actor", "boosted")),
    "conversation.tell_unboosted": local(reaction_activities.tell_unboosted, NONE, ordered_by=("actor", "boosted")),
    "conversation.tell_blocked": local(people_activities.tell_blocked, NONE, ordered_by=("blocker", "blocked")),
    "conversation.tell_unblocked": local(people_activities.tell_unblocked, NONE, ordered_by=("blocker", "blocked")),
    "conversation.tell_reported": local(people_activities.tell_reported, NONE),
    "conversation.tell_changed": local(people_activities.tell_changed, NONE, ordered_by=("actor",)),
    "conversation.tell_moved": local(people_activities.tell_moved, NONE, ordered_by=("actor",)),
    "conversation.tell_deleted_account": local(people_activities.tell_deleted_account, NONE, ordered_by=("actor",)),
    "conversation.remember_erased": local(people_activities.remember_erased, NONE),
}
"""What the names of jobs mean. Where the second word must not reach a peer before the first, fields order the jobs."""

SUBSCRIPTIONS: Mapping[type, Subscription] = {
    **commons.SUBSCRIPTIONS,
    append.Entered: told(
        NONE,
        "cooperative.tell_entered",
        "cooperative.begin_fulfilling",
        "cooperative.begin_moderating",
        "cooperative.begin_asking",
        "cooperative.rebound",
        "commons.uses_entered",
    ),
    writing.StandingChanged: told(NONE, "cooperative.stood", "cooperative.credited"),
    follows.GroupFollowAsked: told(SELF, "cooperative.asked"),
    follows.GroupFollowEnded: told(SELF, "cooperative.ended"),
    accounts.AccountSuspended: told(OPERATOR, "federation.silence"),
    operator_acts.OperatorActed: told(OPERATOR, "cooperative.operated"),
    viewer.AccountReturned: told(SELF, "conversation.returned"),
    profiles.ProfileChanged: told(SELF, "conversation.tell_changed"),
    peers.PeerSpoke: told(NONE, "conversation.catch_up"),
    publishing.PostPublished: told(SELF, "conversation.spread", "conversation.tell_published"),
    publishing.PostEdited: told(SELF, "conversation.tell_edited"),
    publishing.PostDeleted: told(SELF, "conversation.tell_deleted"),
    polls.PollVoted: told(SELF, "conversation.tell_voted", "cooperative.voted"),
    groups.GroupPosted: told(NONE, "conversation.share_in_group", "cooperative.answered"),
    groups.GroupAddressed: told(SELF, "cooperative.addressed"),
    receiving.ParentAwaited: told(NONE, "conversation.fetch_parent"),
    follows.FollowAsked: told(SELF, "conversation.tell_asked"),
    follows.FollowAccepted: told(SELF, "conversation.tell_accepted"),
    follows.FollowRejected: told(SELF, "conversation.tell_rejected"),
    follows.Unfollowed: told(SELF, "conversation.tell_unfollowed"),
    reactions.PostFavourited: told(SELF, "conversation.tell_favourited"),
    reactions.PostUnfavourited: told(SELF, "conversation.tell_unfavourited"),
    reactions.PostBoosted: told(SELF, "conversation.spread", "conversation.tell_boosted"),
    reactions.PostUnboosted: told(SELF, "conversation.tell_unboosted"),
    relations.ActorBlocked: told(SELF, "conversation.tell_blocked"),
    relations.ActorUnblocked: told(SELF, "conversation.tell_unblocked"),
    reports.ReportFiled: told(SELF, "conversation.tell_reported"),
    moving.AccountMoved: told(SELF, "conversation.tell_moved", "cooperative.moved_away"),
    moving.ActorMoved: told(SELF, "cooperative.moved"),
    people_activities.KeysChanged: told(SELF, "cooperative.repinned"),
    leaving.AccountDeleted: told(SELF, "conversation.tell_deleted_account"),
    departures.PostsErased: told(SELF, "conversation.remember_erased"),
}
"""Which jobs follow from which events, in the commit of the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doors:
    owner: str
    server: str
    listen: str
    own: bool = False


async def serve(
    settings: Settings, *, progress: Callable[[str], None] = print, commands: Iterable[Declared] = ()
) -> None:
    """Run the instance until SIGINT or SIGTERM: database, migrations, web, worker, deliveries."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with running(settings, progress=progress) as (store, net):
        try:
            await _until(stop, store, web(store, net, commands), net, progress)
        except BaseExceptionGroup as several:  # what ended one task ended them all: it alone is worth a sentence
            raise several.exceptions[0] from several


async def _until(stop: asyncio.Event, store: Store, site: Front, net: Net, progress: Callable[[str], None]) -> None:
    """Serve, work and deliver until `stop` is set."""
    settings = store.settings
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each, name=name) for name, each in work(store, net).items()]
        progress(f"Phyle {phyle.__version__} serves {settings.origin}  (stop with Ctrl-C)")
        await hypercorn_serve(site, _hypercorn(settings), shutdown_trigger=stop.wait)  # type: ignore[arg-type]
        for task in tasks:
            task.cancel()


@contextlib.asynccontextmanager
async def running(settings: Settings, *, progress: Callable[[str], None]) -> AsyncIterator[tuple[Store, Net]]:
    """The database, migrated, and the guarded client: what both the server and its tests stand on."""
    async with (
        _database(settings, progress) as doors,
        contextlib.AsyncExitStack() as stack,
        Net.open(reach(settings, progress)) as net,
    ):
        deadline = asyncio.get_running_loop().time() + (_PATIENCE if doors.own else 0)
        while True:
            try:
                store = await _begun(stack, settings, doors, progress)
                break
            except (Unavailable, OSError, *DATABASE_IS_AWAY):
                if asyncio.get_running_loop().time() > deadline:
                    raise
            await asyncio.sleep(0.2)  # our own was killed while we started: it is being started again
        yield store, net


async def _begun(
    stack: contextlib.AsyncExitStack, settings: Settings, doors: _Doors, progress: Callable[[str], None]
) -> Store:
    """The store on a database that is migrated and knows who it belongs to; closed with the stack."""
    await migrations.migrate(doors.owner, progress=progress)
    stores = opened(settings, doors.server, listen_dsn=doors.listen, jobs=JOBS, subscriptions=SUBSCRIPTIONS)
    async with contextlib.AsyncExitStack() as attempt:
        store = await attempt.enter_async_context(stores)
        await begun(store)
        stack.push_async_exit(attempt.pop_all())
    return store


async def begun(store: Store) -> None:
    """What an instance has once it has started: its own actor, a ledger, the groups that it is met through."""
    await begin(store)
    await beginning.begin(store)
    await circles.begin(store)
    await standing.begin(store)
    append.of(store).quiet = (_heard,)


def work(store: Store, net: Net) -> Mapping[str, Coroutine[Any, Any, None]]:
    """What goes on beside the doors for as long as the server runs, by name."""
    return {
        "worker": Worker(store, net).run(),
        "ledger": append.of(store).run(),
        "checkpoints": checkpoints.Publisher(store).run(),
        "delivery": Delivery(store, net, user_agent=user_agent(store.settings)).run(),
    }


async def _heard(tx: Tx, before: int) -> bool:
    """Whether every act that peers sent before (milliseconds) has come to the ledger."""
    instant = datetime.fromtimestamp(before / 1000, UTC)
    return not (await evidence.waiting(tx, instant) or await polling.waiting(tx, before))


def powers(commands: Iterable[Declared] = ()) -> tuple[Declared, ...]:
    """What everything takes that can be done here, but for the routes, which the doors add. ValueError, so that nothing
    starts, for what does not say it. `commands`: those of the command line, which knows us and not we it."""
    activities = [(" ".join(key), handler.power) for key, handler in INBOUND.items()]
    events = [(event.__name__, subscription.power) for event, subscription in SUBSCRIPTIONS.items()]
    return (
        *commands,
        *declared("activity", activities),
        *declared("event", events),
        *declared("job", [(name, job.power) for name, job in JOBS.items()]),
        *declared("act", [(name, kind.power) for name, kind in LAW.acts.items()]),
        *declared("consequence", [(name, kind.power) for name, kind in LAW.consequences.items()]),
        *declared("effect", [(name, kind.power) for name, kind in EFFECTS.items()]),
        *declared("scope", scopes.POWERS),
        *declared("setting", SETTINGS),
    )


def web(store: Store, net: Net, commands: Iterable[Declared] = ()) -> Front:
    """The ASGI application with all its doors."""
    settings = store.settings
    scheme = settings.origin.partition("://")[0]
    hosts = frozenset({settings.domain, settings.account_domain})
    keyring = Keyring(store, net)
    return create(
        store,
        routes=(
            *CLIENT_ROUTES,
            *API_ROUTES,
            *PAGE_ROUTES,
            *actor_documents.ROUTES,
            *objects.routes(objects.signer_of(keyring, scheme=scheme, hosts=hosts)),
            *wellknown.ROUTES,
            *ledger.ROUTES,
            *witnessed.ROUTES,
            *forge.ROUTES,
            *told_to_phyles.ROUTES,
        ),
        raw=(
            *inbox.routes(Reception(store, keyring, hosts, asks=partial(_asks, settings.origin)), scheme=scheme),
            *git.table(store),
        ),
        resolve_actor=partial(looking_up.actor, net, store),
        resolve_post=partial(looking_up.post, net, store),
        refresh_actor=partial(looking_up.actor_now, net, store),
        join_phyle=partial(joining.join, net, store),
        fork_repository=partial(forking.fork, net, store),
        check_papers=partial(papers.checked, net, store),
        declare_elsewhere=partial(agreements.declare, net, store),
        powers=powers(commands),
    )


def _asks(origin: str, activity: Activity) -> bool:
    """Whether somebody may want to show later how an activity was signed."""
    return DISPATCHER.asks(activity) or notes.answers(origin, activity) or notes.whispers(origin, activity)


def user_agent(settings: Settings) -> str:
    """How we introduce ourselves."""
    return f"Phyle/{phyle.__version__} (+{settings.origin}/)"


def reach(settings: Settings, progress: Callable[[str], None]) -> Reach:
    """What outgoing requests may reach; what is out of the ordinary is announced."""
    for net in settings.allow_networks:
        progress(f"outgoing requests may reach {net}, in spite of the guard (PHYLE_ALLOW_NETWORKS)")
    return Reach(
        insecure_local=settings.insecure_local,
        allow_networks=settings.allow_networks,
        ca_file=settings.ca_file,
        user_agent=user_agent(settings),
    )


@contextlib.asynccontextmanager
async def _database(settings: Settings, progress: Callable[[str], None]) -> AsyncIterator[_Doors]:
    """The one that the settings name, else one of our own as a child process, started again whenever it dies."""
    if settings.database_url:
        owner = settings.database_owner_url or settings.database_url
        listen = settings.database_listen_url or settings.database_url
        yield _Doors(owner=owner, server=settings.database_url, listen=listen)
        return
    embedded = await Embedded.start(settings.home, progress=progress)
    keeper = asyncio.create_task(embedded.keep(), name="PostgreSQL")
    try:
        yield _Doors(owner=embedded.dsn_owner, server=embedded.dsn_server, listen=embedded.dsn_server, own=True)
    finally:
        keeper.cancel()
        await asyncio.to_thread(embedded.stop)


def _hypercorn(settings: Settings) -> Config:
    config = Config()
    host = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    config.bind = [f"{host}:{settings.port}"]
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.include_server_header = False
    config.keep_alive_timeout = 75
    config.keep_alive_max_requests = 100_000  # a busy peer keeps its connection
    config.graceful_timeout = 5
    config.backlog = 1024
    return config
