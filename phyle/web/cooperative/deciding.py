"""Proposals, ballots, decisions and delegations."""

from collections.abc import Sequence

from phyle.conversation.paging import Page
from phyle.cooperative import ballots, decisions, proposals
from phyle.cooperative.decisions import Decision
from phyle.cooperative.law.delegations import Delegation
from phyle.cooperative.ledger import reading
from phyle.cooperative.seeing import Sight
from phyle.errors import Malformed
from phyle.web.asked import Asked
from phyle.web.cooperative.endpoints import Endpoint, get, pages

_PHASES = (*proposals.PHASES, *proposals.PHASES["open"], *proposals.PHASES["over"])
_BALLOTS = ("open", "closed", "counted")


async def list_proposals(asked: Asked, viewer: Sight, page: Page) -> tuple[list[proposals.Summary], list[int]]:
    """Proposals, the newest first."""
    named = [phase for word in _words(asked, _PHASES) for phase in proposals.PHASES.get(word, (word,))]
    return await proposals.proposals(asked.tx, viewer, page, phases=list(dict.fromkeys(named)))


async def show_proposal(asked: Asked, viewer: Sight) -> proposals.Details:
    """A proposal with all that belongs to it: text, effects in words, what governs it, what is due."""
    return await proposals.proposal(asked.tx, viewer, asked.args["id"])


async def list_ballots(asked: Asked, viewer: Sight, page: Page) -> tuple[list[ballots.Summary], list[int]]:
    """Ballots, the newest first; with one's own paper for whoever is a member."""
    return await ballots.ballots(asked.tx, viewer, page, phases=_words(asked, _BALLOTS))


async def show_ballot(asked: Asked, viewer: Sight) -> ballots.Details:
    """A ballot: who can vote, how many did, one's own paper, and after the close how it was counted."""
    return await ballots.ballot(asked.tx, viewer, asked.args["id"])


async def show_papers(asked: Asked, viewer: Sight) -> ballots.Papers:
    """What was handed in to a ballot: commitments while it is open, afterwards the opened papers."""
    return await ballots.papers(asked.tx, viewer, asked.args["id"])


async def list_decisions(asked: Asked, viewer: Sight, page: Page) -> tuple[list[Decision], list[int]]:
    """Decisions with their outcome and where in the ledger they stand, the newest first."""
    return await decisions.decisions(asked.tx, viewer, page)


async def show_decision(asked: Asked, viewer: Sight) -> Decision:
    """The decision that an entry of the ledger holds."""
    return await decisions.decision(asked.tx, viewer, asked.id("seq"))


async def list_delegations(asked: Asked, viewer: Sight) -> list[Delegation]:
    """Who has lent their vote to whom, and for which kind of effect ("": for all). Public, as weights are."""
    return list((await reading.group(asked.tx, Delegation)).values())


def _words(asked: Asked, known: Sequence[str]) -> list[str]:
    words = asked.texts("phase")
    if not set(words) <= set(known):
        raise Malformed(f"phase must be one of {', '.join(known)}.")
    return words


ENDPOINTS: tuple[Endpoint, ...] = (
    pages("/proposals", list_proposals, list[proposals.Summary], query={"phase[]": f"Of {', '.join(_PHASES)}."}),
    get("/proposals/<id>", show_proposal, proposals.Details),
    pages("/ballots", list_ballots, list[ballots.Summary], query={"phase[]": f"Of {', '.join(_BALLOTS)}."}),
    get("/ballots/<id>", show_ballot, ballots.Details),
    get("/ballots/<id>/papers", show_papers, ballots.Papers),
    pages("/decisions", list_decisions, list[Decision]),
    get("/decisions/<seq>", show_decision, Decision),
    get("/delegations", list_delegations, list[Delegation]),
)
