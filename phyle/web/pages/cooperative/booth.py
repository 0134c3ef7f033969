"""The booth: a ballot as a form, which can be filled in anew until it closes."""

from phyle.cooperative import ballots, proposals, seeing
from phyle.cooperative.ballots import Details
from phyle.cooperative.law.ballots import ballot_id
from phyle.cooperative.wording import who
from phyle.errors import Refusal
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative import papers
from phyle.web.pages.cooperative.choosing import among
from phyle.web.pages.cooperative.frame import PROPOSALS, act, again, at, doing, framed, named, sight
from phyle.web.pages.cooperative.words import ANSWERS, BALLOTS, METHODS
from phyle.web.pages.visitors import to

_HERE = "/phyle/booth/{id}"


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/booth/BALLOT"""
    viewer, id = await sight(asked), asked.args["id"]
    found = await ballots.ballot(asked.tx, viewer, id)
    one = found.ballot
    proposal = await proposals.proposal(asked.tx, viewer, one.proposal)
    names = await seeing.called(asked.tx, viewer, [option.label for option in one.options])
    mine, options = one.mine, len(one.options)
    kept = papers.filled(one.method, mine.choice) if mine is not None else {}
    return framed(
        asked,
        "booth",
        viewer,
        part=PROPOSALS,
        fault=fault,
        found=found,
        one=one,
        proposal=proposal,
        marks=papers.typed(asked, options) if fault is not None and asked.has("choice") else kept,
        reason=asked.text("reason") if fault is not None else (mine.reason if mine else None) or "",
        labels=[_label(option.label, names, proposal.proposal.office) for option in one.options],
        says=papers.instruction(one.method, one.params, one.seats),
        answers={word: words for word, words in ANSWERS.items() if word != "block" or _blocks(found)},
        newest=ballot_id(one.proposal, len(proposal.ballots)) == id,
        phases=BALLOTS,
        methods=METHODS,
        members=await among(asked.tx, viewer, "member") if _lends(found) else [],
    )


def _label(label: str, names: dict[str, str], office: str | None) -> str:
    return who(label, names) if office is not None and label in names else label


def _blocks(found: Details) -> bool:
    return found.governs is not None and found.governs.consent


def _lends(found: Details) -> bool:
    mine = found.ballot.mine
    return found.governs is not None and found.governs.delegation and mine is not None and mine.on_roll


async def vote(asked: Asked) -> Answer:
    """POST /phyle/booth/BALLOT: what counts is the paper that was handed in last."""
    id = asked.args["id"]
    try:
        async with asked.store.reading() as tx:
            asked.tx = tx
            ballot = (await ballots.ballot(tx, await sight(asked), id)).ballot
            choice = papers.marked(asked, ballot.method, len(ballot.options))
            await ballots.check_choice(tx, id, choice)
        reason = asked.text("reason").replace("\r\n", "\n").strip()
        await act(asked, "vote", {"ballot": id, "choice": choice, "reason": reason or None})
    except Refusal as refusal:
        return await again(asked, show, refusal)
    return redirect(to(_HERE.format(id=id), done="voted"))


explain = doing("explain", named(ballot="<id>", reason="reason"), show, at(_HERE), "explained")
