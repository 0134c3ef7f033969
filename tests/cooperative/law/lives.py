"""Short lives of phyles in which everything happens that a ledger has a word for."""

from typing import Any

from phyle.cooperative.law.appeals import Appeal
from phyle.cooperative.law.assembled import Assembly
from phyle.cooperative.law.draws import Draw, digest_of, message
from phyle.cooperative.law.kinds import DAY, HOUR
from phyle.cooperative.law.members import electors
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.possession import prove
from phyle.cooperative.law.sheets import sheet_hash
from phyle.cooperative.law.spelling import spell
from phyle.identity import multikey
from tests.cooperative.law.charters import charter
from tests.cooperative.law.clauses import DELEGATING
from tests.cooperative.law.commoning import commons
from tests.cooperative.law.entering import booth
from tests.cooperative.law.losing import losses
from tests.cooperative.law.staying import members
from tests.cooperative.law.steps import SECRET, carried, decide, drawn, effect
from tests.cooperative.law.stories import ORIGIN, Person, Story, key


def decisions() -> Story:
    """Proposals, ballots, elections, delegation and what is done by decision."""
    story = Story()
    text = DELEGATING.replace("delegation = true", "delegation = true\nfinal = true\nreview_days = 30\nsponsors = 2")
    people = story.founded(text, founders=5)
    told = {"title": "Better", "text": story.keep(b"Better so."), "options": [{"label": "Yes", "effects": [RESOLVE]}]}
    draft = story.proposed(people[0], RESOLVE)
    story.act(people[0], "revise", proposal=draft, **told)
    story.act(people[4], "declare_interest", proposal=draft, interest=story.seal("It is my bakery."))
    story.act(people[1], "sponsor", proposal=draft)
    story.act(people[1], "delegate", to=people[0].id)
    story.act(people[2], "delegate", to=people[0].id)
    story.act(people[2], "revoke_delegation")
    ballot = story.to_ballot(draft)
    story.vote(people[0], ballot, {"paper": "for"}, poll=True)
    story.vote(people[2], ballot, {"paper": "for"}, reason=True)
    story.vote(people[3], ballot, {"paper": "abstain"})
    story.act(people[3], "explain", ballot=ballot, reason=story.seal("I could not decide."))
    story.vote(people[1], ballot, {"paper": "for"})
    story.open_sheet(ballot)
    story.host_act("close_early", ballot=ballot, sheet=sheet_hash(story.state.sheet(ballot)))
    story.finished(draft)
    story.act(people[0], "outcome", proposal=draft, text=story.keep(b"It went well."))
    withdrawn = story.proposed(people[0], RESOLVE)
    story.act(people[0], "withdraw", proposal=withdrawn)
    _methods(story, people)
    _offices(story, people)
    name = effect("PublicFace", what="name", value="The Circle")
    named = story.proposed(people[0], name, sponsors=people[1:2])
    story.host_act("noticed", proposal=named, evidence=story.keep(spell(dict.fromkeys(electors(story.state), "ok"))))
    story.vote(people[0], story.to_ballot(named), {"paper": "for"})
    story.later(days=3)
    annul = story.proposed(people[1], effect("Annul", proposal=named))
    carried(story, people, annul)
    _effects(story, people, story.proposed(people[0], name, sponsors=people[1:2]))
    return story


RESOLVE: dict[str, Any] = {"kind": "Resolve", "arguments": {}}


PAPERS: dict[str, list[dict[str, Any]]] = {
    "approval": [{"approve": [0, 1]}, {"approve": [0]}, {"approve": [2]}],
    "score": [{"score": {"0": 5, "1": 2}}, {"score": {"1": 3}}, {"score": {"0": 1, "2": 4}}],
    "dot": [{"dots": {"0": 7, "1": 3}}, {"dots": {"1": 6}}, {"dots": {"0": 10}}],
    "irv": [{"rank": [0, 1]}, {"rank": [1, 0]}, {"rank": [2, 0]}, {"rank": [0]}],
    "stv": [{"rank": [0, 1]}, {"rank": [1, 0]}, {"rank": [2, 0]}, {"rank": [0, 2]}],
    "schulze": [{"rank": [[0, 2], 1]}, {"rank": [1, 0]}, {"rank": [0, 1, 2]}],
    "quadratic": [{"credits": {"0": 3}}, {"credits": {"1": 5, "0": 2}}, {"credits": {"0": 9}}],
}


def _methods(story: Story, people: list[Person]) -> None:
    """Every method of voting, between two things and leaving it; and papers that do not count."""
    options = [*({"label": label, "effects": [RESOLVE]} for label in ("A", "B")), {"label": "Leave it"}]
    for method, papers in PAPERS.items():
        proposal = story.proposed(people[0], options=options, method=method, sponsors=people[1:2])
        ballot = story.to_ballot(proposal)
        for person, paper in zip(people, [*papers, {"nonsense": 1}], strict=False):
            story.vote(person, ballot, paper)
        story.later(days=3)
        if story.proposal(proposal).phase == "drawing":
            drawn(story, people[:2], next(id for id, draw in story.state.all(Draw) if draw.phase == "committing"))
        story.later(days=10)


def _offices(story: Story, people: list[Person]) -> None:
    election = {"office": "stewards", "seats": 2}
    id = story.proposed(people[0], options=[], election=election, seats=2, method="stv")
    for each in people[:4]:
        story.act(people[4 if each is people[3] else 0], "nominate", proposal=id, member=each.id)
    for each in people[1:3]:
        story.act(each, "accept_nomination", proposal=id)
    story.act(people[3], "decline_nomination", proposal=id)
    ballot = story.to_ballot(id)
    for each in people:
        story.vote(each, ballot, {"rank": [1, 0]})
    story.finished(id)
    story.act(people[1], "resign", office="stewards")
    decide(story, people, effect("Recall", office="stewards", member=people[2].id))


def _effects(story: Story, people: list[Person], named: str) -> None:
    carried(story, people, named)
    story.host_act("discharge", proposal=named, number=0)
    grant = {"grant": story.new_id(), "licence": "ppl", "text": story.keep(b"Use it well."), "to": people[3].id}
    decide(story, people, effect("Grant", **grant))
    decide(story, people, effect("AcceptItem", item="https://a.test/garden", kind="knowledge"))
    decide(story, people, effect("Transfer", fund="common", commodity="eur", amount=100, to="the baker"))
    decide(story, people, effect("Denounce", treaty="ab" * 32))
    decide(story, people, effect("Rules", version=2))
    text = DELEGATING.replace("ballot_days = 3", "ballot_days = 4")
    decide(story, people, effect("Amend", charter=story.keep(text.encode()), amends=phyle(story.state).charter))
    decide(story, people, effect("Rotate", which="log", key=multikey.encode(key(70).public_key()), last_trusted=4))
    decide(story, people, effect("Rehost", host="b.test"))
    story.later(days=400)
    decide(story, people, effect("Ratify", charter=phyle(story.state).charter))
    decide(story, people, effect("Dissolve"))


BODIES = charter(
    membership="probation_days = 10\nactive_days = 3000\nlapse_days = 0\nappeal_days = 7",
    articles="""
## Article 4. Bodies

```toml
[office.scribes]
scope = ["register"]
seats = 2
term_days = 100
by = "sortition"

[office.curators]
scope = ["items", "face"]
seats = 1
term_days = 100
by = "election"

[jury]
size = 3

[assembly]
notice_days = 7
requisition = "at least 1/2 of eligible"
quorum = "at least 1/2 of eligible"
ordinary_every_days = 100
```
""",
)


def bodies() -> Story:
    """Assemblies, draws, juries, moderation, keys of the phyle, and a ledger that is begun again."""
    story = Story()
    people = story.founded(BODIES, founders=7)
    story.operator_act("operator", what="suspend", subject=story.seal("@ada"), reason=story.seal("Spam."))
    seen = {"origin": "b.test/ledger/1", "size": 7, "root": "11" * 32, "checkpoint": "22" * 32}
    story.host_act("observed", **seen)
    _assemblies(story, people)
    _draws(story, people)
    _moderation(story, people)
    _phyle(story, people)
    return story


def _assemblies(story: Story, people: list[Person]) -> None:
    def invited(**more: Any) -> dict[str, Any]:
        opens = story.now + 8 * DAY
        told = {"title": "Spring", "text": story.keep(b"Come."), "opens": opens, "closes": opens + 3 * HOUR}
        return {"assembly": story.new_id(), **told, **more}

    called = invited(kind="ordinary")
    story.act(people[0], "call_assembly", **called)
    story.act(people[0], "cancel_assembly", assembly=called["assembly"])
    asked = invited()
    story.act(people[1], "ask_assembly", **asked)
    for each in people[2:5]:
        story.act(each, "join_asking", assembly=asked["assembly"])
    proposal = story.proposed(people[1], RESOLVE)
    story.act(people[1], "put_on_agenda", assembly=asked["assembly"], proposal=proposal)
    evidence = story.keep(spell(dict.fromkeys(electors(story.state), "delivered")))
    story.host_act("assembly_noticed", assembly=asked["assembly"], evidence=evidence)
    story.later(milliseconds=asked["opens"] - story.now)
    for each in people[:5]:
        story.act(each, "attend", assembly=asked["assembly"])
    story.vote(people[0], f"{proposal}.1", {"paper": "for"})
    story.later(days=3)
    assert story.state.require(Assembly, asked["assembly"]).minutes


def _draws(story: Story, people: list[Person]) -> None:
    partner = key(71)
    named = multikey.encode(partner.public_key())
    story.act(people[0], "partner", origin="p.test/ledger/1", key=named)
    story.act(people[1], "call_draw", purpose="office", about="scribes")
    id, draw = next((id, draw) for id, draw in story.state.all(Draw) if draw.phase == "signing")
    signature = partner.sign(message(ORIGIN, id, draw.entry)).hex()
    story.host_act("sign_draw", draw=id, origin="p.test/ledger/1", signature=signature)
    story.act(people[0], "partner", origin="p.test/ledger/1", key=named, leaves=True)
    for each in story.state.require(Draw, id).taken:
        story.act(next(one for one in people if one.id == each), "resign", office="scribes")
    story.act(people[1], "call_draw", purpose="office", about="scribes", beacon="drand, round 7")
    id, draw = next((id, draw) for id, draw in story.state.all(Draw) if draw.phase == "committing")
    story.host_act("beacon", draw=id, output="33" * 32, evidence=story.keep(b"Round 7."))
    for each in people[1:3]:
        story.act(each, "commit_secret", draw=id, digest=digest_of(id, each.id, SECRET))
    story.later(days=2)
    for each in people[1:3]:
        story.act(each, "reveal_secret", draw=id, secret=SECRET)
    story.act(people[0], "partner", origin="p.test/ledger/1", key=named)


def _moderation(story: Story, people: list[Person]) -> None:
    story.act(people[0], "accept_item", item="https://a.test/oven", kind="tools")
    story.act(people[0], "change_face", what="description", value="Bread for all.")

    def moderated() -> str:
        id = story.new_id()
        told = {"target": story.seal("https://a.test/1"), "action": "hide", "reason": story.seal("spam")}
        story.act(people[0], "moderate", moderation=id, **told)
        return id

    lifted, kept, _ = moderated(), moderated(), moderated()
    story.act(people[1], "lift_moderation", moderation=lifted)
    story.act(people[1], "confirm_moderation", moderation=kept)
    fresh = {"moderation": story.new_id(), "action": "hide", "target": story.seal("x")}
    decide(story, people, effect("Moderate", **fresh))
    appeal = story.new_id()
    grounds = story.keep(b"It was not fair.")
    story.act(people[6], "appeal", appeal=appeal, against="moderation", target=kept, text=grounds)
    draw = story.state.require(Appeal, appeal).draw
    assert draw is not None
    story.later(days=3)
    drawn(story, people[2:4], draw)
    proposal = story.state.require(Appeal, appeal).proposal
    assert proposal is not None
    carried(story, people, proposal)
    story.later(days=20)


def _phyle(story: Story, people: list[Person]) -> None:
    for _ in range(2):
        held = story.new_id()
        story.operator_act("withhold", withholding=held, target=story.seal("a post"), reason=story.seal("the law"))
    story.act(people[0], "uphold", withholding=held)
    story.operator_act("release", withholding=held)
    new = multikey.encode(key(60).public_key())
    for each in people[:2]:
        story.act(each, "endorse_key", which="credential", key=new)
    by_old = prove(story.host, ORIGIN, "credential", new)
    turn = {"which": "credential", "key": new, "by_old": by_old, "by_new": prove(key(60), ORIGIN, "credential")}
    story.host_act("rotate_key", **turn)
    story.host = key(60)
    story.later(days=100)
    lost = {"size": len(story.leaves) + 40, "root": "ab" * 32}
    story.operator_act("restart", origin="a.test/ledger/2", old=lost, reason=story.seal("A fire."))
    story.origin = "a.test/ledger/2"
    decide(story, people, effect("Ratify", restart="a.test/ledger/2"))


LIVES = {
    "members": members,
    "decisions": decisions,
    "bodies": bodies,
    "losses": losses,
    "booth": booth,
    "commons": commons,
}
