"""Decisions: what came of a vote, figure by figure, and how anybody can check it."""

from phyle.cooperative import ballots, decisions, proposals, seeing
from phyle.cooperative.seeing import Sight
from phyle.cooperative.wording import who
from phyle.errors import Missing
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import DECISIONS, framed, older, part_of, sight
from phyle.web.pages.cooperative.papers import in_words
from phyle.web.pages.cooperative.words import COUNTED, METHODS, PHASES


async def show(asked: Asked) -> Answer:
    """GET /phyle/decisions"""
    viewer, part = await sight(asked), part_of(asked)
    found, entries = await decisions.decisions(asked.tx, viewer, part)
    return framed(
        asked,
        "decisions",
        viewer,
        part=DECISIONS,
        decisions=found,
        phases=PHASES,
        older=older(part, entries),
    )


async def show_one(asked: Asked) -> Answer:
    """GET /phyle/decisions/ID: of a proposal, or of an entry of the ledger by its number."""
    viewer = await sight(asked)
    found = await _decision(asked, viewer)
    ballot = await ballots.ballot(asked.tx, viewer, found.ballot)
    papers = await ballots.papers(asked.tx, viewer, found.ballot)
    proposal = await proposals.proposal(asked.tx, viewer, found.proposal)
    people = {option.label for option in ballot.ballot.options} | {*papers.votes, *papers.carried}
    names = await seeing.called(asked.tx, viewer, people)
    labels = [who(o.label, names) if o.label in names else o.label for o in ballot.ballot.options]
    return framed(
        asked,
        "decision",
        viewer,
        part=DECISIONS,
        found=found,
        ballot=ballot,
        one=ballot.ballot,
        papers=papers,
        known=await decisions.known_through(asked.tx, papers),
        proposal=proposal,
        names=names,
        explanation=_called(ballot.explanation, names),
        labels=labels,
        said=lambda choice: in_words(choice, labels),
        phases=PHASES,
        methods=METHODS,
        counted=COUNTED,
    )


def _called(text: str, names: dict[str, str]) -> str:
    for member, name in names.items():
        text = text.replace(member, name)
    return text


async def _decision(asked: Asked, viewer: Sight) -> decisions.Decision:
    id = asked.args["id"]
    if id.isascii() and id.isdigit():
        return await decisions.decision(asked.tx, viewer, asked.id())
    found = await decisions.about(asked.tx, id)
    if found is None:
        raise Missing("Nothing was decided about this yet.")
    return found
