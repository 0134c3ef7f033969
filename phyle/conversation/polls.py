"""Polls: what may be asked, who voted for what, when it closes; and those whose votes somebody else keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from phyle.clock import api_time, now
from phyle.conversation import notifications, posts
from phyle.conversation.posts import Post
from phyle.errors import Conflict, Missing, Unprocessable
from phyle.identity.actors import Actor
from phyle.ids import ActorId, PostId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import well_formed

SQL = queries(__file__)

KIND = "Question"
MOST_OPTIONS = 4
LONGEST_OPTION = 50
"""Every client shows so many options of so many characters, and hardly any shows more."""
TELL_AFTER = timedelta(seconds=30)
"""So long after a vote its readers elsewhere hear of it, and of all others until then."""
_PORTION = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDraft:
    """What is asked, until when. `hidden`: totals are shown only once it is closed. `ballot`: somebody else keeps what
    is voted, and counts it; conversation knows only who did."""

    options: Sequence[str]
    ends_at: datetime
    multiple: bool = False
    hidden: bool = False
    ballot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollVoted:
    """Somebody voted: `choices` are the places of the options that they chose now, from 0. `local`: the poll is of this
    instance. In a ballot `vote` is the number under which the vote waits for its keeper, and `evidence` that of the
    request that brought it, if it came from elsewhere and was kept."""

    post: int
    actor: int
    choices: list[int]
    local: bool
    ballot: bool
    vote: int | None
    evidence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollClosed:
    """Nobody votes any more. Of a ballot the totals are still to be revealed."""

    post: int
    ballot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVote:
    """A vote in a ballot that waits for its keeper. `received_at`: the database's clock when it was written or, from
    elsewhere, when the request came."""

    id: int
    post: PostId
    actor: ActorId
    choices: Sequence[int]
    received_at: datetime
    evidence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A poll while nobody else can vote in it. `before` is None for who has not voted."""

    post: PostId
    author: ActorId
    local: bool
    shown: Mapping[str, Any]
    before: Sequence[int] | None
    known: bool
    multiple: bool
    hidden: bool
    ballot: bool
    ends_at: datetime | None
    closed: bool
    at: datetime


def draft(wanted: PollDraft) -> Mapping[str, Any]:
    """A new poll as it is kept beside its post. Raises Unprocessable."""
    titles = [well_formed(title).strip() for title in wanted.options]
    if not 2 <= len(titles) <= MOST_OPTIONS:
        raise Unprocessable(f"Validation failed: Poll must have two to {MOST_OPTIONS} options")
    if not all(titles):
        raise Unprocessable("Validation failed: Poll options can't be blank")
    if any(len(title) > LONGEST_OPTION for title in titles):
        raise Unprocessable(f"Validation failed: Poll options have at most {LONGEST_OPTION} characters")
    if len(set(titles)) < len(titles):
        raise Unprocessable("Validation failed: Poll options must differ")
    if wanted.ends_at <= now() and not wanted.ballot:  # its keeper may be late, and says what came in time
        raise Unprocessable("Validation failed: Poll must end in the future")
    unseen = wanted.hidden or wanted.ballot
    return {
        "options": [{"title": title, "votes_count": None if unseen else 0} for title in titles],
        "multiple": wanted.multiple,
        "expires_at": api_time(wanted.ends_at),
        "closed": False,
        "votes_count": 0,
        "voters_count": 0,
    }


async def begin(tx: Tx, post: PostId, wanted: PollDraft) -> None:
    """People may vote in the poll of this post, which was just written."""
    await tx.run(SQL.begin, post, wanted.multiple, wanted.hidden or wanted.ballot, wanted.ballot, wanted.ends_at)


async def vote(
    tx: Tx,
    voter: Actor,
    post: Post,
    choices: Sequence[int],
    *,
    received_at: datetime | None = None,
    evidence: int | None = None,
) -> int | None:
    """`voter` chooses: of one, the first vote counts; of several, each vote only adds. Who may see the post may vote.
    The number under which a vote in a ballot waits for its keeper.

    `received_at` and `evidence` are of the request that brought a vote from elsewhere. Raises Missing (not for them, or
    no poll), Unprocessable (over, voted already, their own, no such option).
    """
    if voter.gone:
        raise Missing
    await posts.get(tx, voter.id, post.id)
    held = await _hold(tx, post.id, voter.id)
    moment = received_at or held.at
    wanted = _check(held, voter, choices, moment)
    fresh = [choice for choice in wanted if choice not in (held.before or ())]
    if not fresh:
        raise Unprocessable("You have already voted in this poll.")
    if not held.known:
        await tx.run(SQL.begin, post.id, held.multiple, False, False, held.ends_at)
    kept = sorted({*(held.before or ()), *fresh}) if not held.ballot else []
    await tx.run(SQL.vote, post.id, voter.id, kept)
    number = None
    if held.ballot:
        number = tx.new_id()
        await tx.run(SQL.keep, number, post.id, voter.id, fresh, moment, evidence)
    await tx.run(SQL.show, post.id, _counted(held, fresh))
    if held.local:
        await _tell_soon(tx, post.id)
    await tx.emit(
        PollVoted(
            post=post.id,
            actor=voter.id,
            choices=fresh,
            local=held.local,
            ballot=held.ballot,
            vote=number,
            evidence=evidence,
        )
    )
    return number


async def close(tx: Tx, post: int) -> None:
    """Nobody votes any more; who did is told, and of a ballot only when its totals are revealed. Once."""
    held = await _hold(tx, post, None)
    if not await tx.run(SQL.close, post):
        return
    if held.local:
        totals = None if held.ballot or not held.hidden else await _recount(tx, held)
        await _show(tx, held, totals, closed=True)
    if not held.ballot:
        await notifications.of_poll(tx, held.post, held.author)
    await tx.emit(PollClosed(post=held.post, ballot=held.ballot))


async def close_over(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Recurring: polls whose time is over are closed. When a ballot is, its keeper says, who waits for what was sent in
    time."""
    for row in await tx.rows(SQL.over, _PORTION):
        await close(tx, row["post"])


async def reveal(tx: Tx, post: int, totals: Sequence[int], voters: int) -> None:
    """The keeper of a ballot says how it went, in the order of the options. Raises Missing (no poll), Conflict (not
    closed yet), Unprocessable (not one number for each option)."""
    held = await _hold(tx, post, None)
    if not held.shown.get("closed"):
        raise Conflict("The poll is still open.", cause=str(post))
    if len(totals) != len(held.shown["options"]):
        raise Unprocessable("There is one total for each option.", cause=str(post))
    await _show(tx, held, totals, voters=voters)
    await notifications.of_poll(tx, held.post, held.author)


async def kept_vote(tx: Tx, number: int) -> KeptVote | None:
    """One vote in a ballot, if its keeper has not taken it yet."""
    row = await tx.row(SQL.kept_vote, number)
    return KeptVote(**row) if row else None


async def kept_votes(tx: Tx, post: int) -> list[KeptVote]:
    """All votes in the ballot that its keeper has not taken yet, in their order. The poll is held from now on: no other
    vote can be on its way. Raises Missing."""
    await _hold(tx, post, None)
    return [KeptVote(**row) for row in await tx.rows(SQL.kept_votes, post)]


async def taken(tx: Tx, number: int) -> None:
    """The keeper of a ballot has the vote."""
    await tx.run(SQL.taken, number)


async def _hold(tx: Tx, post: int, voter: ActorId | None) -> _Held:
    """Locks the post, and so the poll. Raises Missing if it has none."""
    found = await tx.value(SQL.lock, post) and await tx.row(SQL.held, post, voter)
    if not found:
        raise Missing
    return _held(found)


def _held(row: Record) -> _Held:
    shown = row["poll"]
    known = row["multiple"] is not None  # else it is from elsewhere, and nobody here has voted yet
    return _Held(
        post=row["id"],
        author=row["author"],
        local=row["local"],
        shown=shown,
        before=row["choices"],
        known=known,
        multiple=row["multiple"] if known else bool(shown.get("multiple")),
        hidden=bool(row["hidden"]),
        ballot=bool(row["ballot"]),
        ends_at=row["ends_at"] if row["local"] else _instant(shown.get("expires_at")),
        closed=row["closed_at"] is not None or bool(shown.get("closed")),
        at=row["at"],
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def _check(held: _Held, voter: Actor, choices: Sequence[int], moment: datetime) -> list[int]:
    wanted = sorted(set(choices))
    if voter.id == held.author:
        raise Unprocessable("You cannot vote in your own poll.")
    if held.closed or (held.ends_at is not None and held.ends_at <= moment):
        raise Unprocessable("The poll has already ended.")
    if not wanted or wanted[0] < 0 or wanted[-1] >= len(held.shown["options"]):
        raise Unprocessable("The chosen option does not exist in this poll.")
    if not held.multiple and len(wanted) > 1:
        raise Unprocessable("Only one option can be chosen in this poll.")
    if not held.multiple and held.before is not None:
        raise Unprocessable("You have already voted in this poll.")
    return wanted


def _counted(held: _Held, fresh: Sequence[int]) -> Mapping[str, Any]:
    """The poll as it is shown, with one vote more. Of what is hidden only the number of voters moves."""
    shown = dict(held.shown)
    voters = shown.get("voters_count")
    if held.before is None and (voters is not None or held.local):
        shown["voters_count"] = (voters or 0) + 1
    if not held.hidden:
        shown["options"] = [
            {**option, "votes_count": (option.get("votes_count") or 0) + (place in fresh)}
            for place, option in enumerate(shown["options"])
        ]
        shown["votes_count"] = (shown.get("votes_count") or 0) + len(fresh)
    return shown


async def _show(
    tx: Tx, held: _Held, totals: Sequence[int] | None, *, voters: int | None = None, closed: bool = False
) -> None:
    shown = dict(held.shown)
    if totals is not None:
        pairs = zip(shown["options"], totals, strict=True)
        shown["options"] = [{**option, "votes_count": total} for option, total in pairs]
        shown["votes_count"] = sum(totals)
    if voters is not None:
        shown["voters_count"] = voters
    if closed:
        ends = held.at if held.ends_at is None else min(held.at, held.ends_at)
        shown |= {"closed": True, "expires_at": api_time(ends)}
    await tx.run(SQL.show, held.post, shown)
    await tx.queue("conversation.tell_counted", {"post": held.post})


async def _recount(tx: Tx, held: _Held) -> list[int]:
    counted = {row["choice"]: row["votes"] for row in await tx.rows(SQL.recount, held.post)}
    return [counted.get(place, 0) for place in range(len(held.shown["options"]))]


async def _tell_soon(tx: Tx, post: int) -> None:
    """Many votes in a short time are told together."""
    if await tx.run(SQL.tell_soon, post):
        await tx.queue("conversation.tell_counted", {"post": post}, run_at=now() + TELL_AFTER)


async def counted(tx: Tx, post: int) -> list[ActorId]:
    """The numbers as they are now are told: to those who voted, too. Whoever votes while the post is held, or later,
    makes others of them, which are told again."""
    await tx.value(SQL.lock, post)
    await tx.run(SQL.told, post)
    return [row["actor"] for row in await tx.rows(SQL.voters, post)]
