"""Steps of stories about works, which are offered, contributed to and used; and a life with all that can happen."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative.law.commitments import commit
from phyle.cooperative.law.commons.contributions import Contribution
from phyle.cooperative.law.commons.uses import DeclareUse, Use, verdict
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.values import read
from phyle.identity import multikey
from tests.cooperative.law.clauses import DEFAULT, STEWARDS, charter
from tests.cooperative.law.stories import Person, Story, key

COMMIT = "c0" * 20
TEXT = "11" * 32
DCO = {"dco": True, "licence": "PPL", "mandate": True}
WORKERS = {
    "surplus_to_workers": True,
    "indivisible_reserves": False,
    "outside_investors": False,
    "waged_non_members": False,
}
CURATED = charter(
    '\n[office.curators]\nscope = ["items", "commons"]\nseats = 1\nterm_days = 300\nby = "election"\n',
    default=DEFAULT,
    offices=STEWARDS,
)


def outsider(story: Story, *, via: str = "b.test", secret: Ed25519PrivateKey | None = None) -> Person:
    """Somebody who is no member, known by a key."""
    person = story.person(via=via)
    return Person(id=person.id, key=secret or person.key, via=via)


def told(person: Person, **more: Any) -> dict[str, Any]:
    """Who an outsider is, for their first act."""
    identity = {"actor": commit(f"https://{person.via}/actors/{person.id}", "00" * 16)}
    key = multikey.encode(person.key.public_key())
    return {"id": person.id, "key": key, "custody": person.custody, "via": person.via, "identity": identity, **more}


def offered(story: Story, by: Person, **more: Any) -> str:
    """A work; its id."""
    id = story.new_id()
    at = f"https://a.test/@{id[:8]}.git"
    usual = {"name": "garden", "kind": "design", "at": at, "licence": "PPL"}
    story.act(by, "offer_work", work=id, **{**usual, **more})
    return id


def claimed(story: Story, by: Person, work: str, **more: Any) -> str:
    """A claim; its id."""
    id = story.new_id()
    usual = {"what": "change", "subject": COMMIT, "terms": DCO}
    given = {name: value for name, value in {**usual, **more}.items() if value is not None}
    story.act(by, "claim", work=work, contribution=id, **given)
    return id


def validated(story: Story, by: Person, maintainer: Person, work: str, **more: Any) -> str:
    """A contribution that counts; its id."""
    id = claimed(story, by, work, **more)
    story.act(maintainer, "validate", work=work, contribution=id)
    return id


def declaration(story: Story, by: Person, work: str, **more: Any) -> dict[str, Any]:
    """What somebody declares, with what follows from it."""
    usual: dict[str, Any] = {
        "work": work,
        "use": story.new_id(),
        "commit": COMMIT,
        "licence": "PPL",
        "licence_text": TEXT,
        "user": "worker-cooperative",
        "purpose": "commercial",
        "said": WORKERS,
        "name": "Bakers’ Co-operative",
        "territory": "Spain",
        "since": story.now,
        "outcome": "refused",
        "clause": "-",
        "table": "-",
    }
    payload = {name: value for name, value in {**usual, **more}.items() if value is not None}
    found = verdict(story.state, by.id, read(DeclareUse, payload), story.now)
    follows = {"outcome": found.outcome, "clause": found.clause, "table": found.table}
    return {**payload, **follows, **more}


def declared(story: Story, by: Person, work: str, **more: Any) -> str:
    """A use; its id."""
    payload = declaration(story, by, work, **more)
    story.act(by, "declare_use", **payload)
    id: str = payload["use"]
    return id


def ruling(story: Story, people: list[Person], work: str, use: str, outcome: str, member: str | None = None) -> str:
    """A decision on a use by all who may vote; how it ended."""
    arguments = {"work": work, "use": use, "outcome": outcome, "clause": "4(c)", "text": story.keep(b"So we rule.")}
    if member is not None:
        arguments["member"] = member
    return passed(story, people, {"kind": "Ruling", "arguments": arguments})


def passed(story: Story, people: list[Person], effect: dict[str, Any]) -> str:
    """A decision for which all vote who may; how it ended."""
    recused = {effect["arguments"].get("member"), effect["arguments"].get("to")}
    proposal = story.proposed(people[0], effect, sponsors=people[1:2])
    return story.decided(proposal, [each for each in people if each.id not in recused])


def contribution(story: Story, work: str, id: str) -> Contribution:
    """A contribution as it stands."""
    return story.state.require(Contribution, f"{work}/{id}")


def use(story: Story, work: str, id: str) -> Use:
    """A use as it stands."""
    return story.state.require(Use, f"{work}/{id}")


def commons() -> Story:
    """Works, contributions and uses; rulings, breaches and licences for what was contributed."""
    story = Story()
    people = story.founded(CURATED, founders=4)
    work = offered(story, people[0], mandate=True)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    story.act(people[0], "invite_maintainer", work=work, member=people[2].id)
    story.act(people[1], "revoke_maintainer", work=work, member=people[2].id)
    _contributions(story, people, work)
    _uses(story, people, work)
    story.act(people[1], "resign_maintainer", work=work)
    other = offered(
        story, people[3], name="oven", kind="tools", licence="CERN-OHL-S-2.0", origin="https://c.test/@oven.git"
    )
    story.act(people[3], "relicense_work", work=other, licence="CERN-OHL-S-2.0 OR PPL", mandate=True)
    declared(story, people[1], other, user="individual", name=None, person=story.seal("Bo"), licence="CERN-OHL-S-2.0")
    return story


def _contributions(story: Story, people: list[Person], work: str) -> None:
    far = outsider(story)
    validated(story, far, people[0], work, outsider=told(far), on="2027-01-14", text=story.keep(b"A gate."))
    mine = claimed(story, far, work, what="translation", terms=None, subject="https://b.test/notes/1")
    story.act(people[1], "refuse_contribution", work=work, contribution=mine, text=story.keep(b"It is not there."))
    anew = {"what": "translation", "subject": "https://b.test/notes/2"}
    story.act(far, "correct_contribution", work=work, contribution=mine, **anew)
    story.act(people[1], "validate", work=work, contribution=mine, text=story.keep(b"Now it is."))
    gone = claimed(story, people[2], work, what="care", terms=None, subject="https://a.test/notes/3")
    story.act(people[2], "withdraw_contribution", work=work, contribution=gone)


def _uses(story: Story, people: list[Person], work: str) -> None:
    firm = outsider(story, via="c.test", secret=key(901))
    evidence = [{"what": "statutes", "digest": "22" * 32}]
    good = declared(story, people[2], work, evidence=evidence, seat="Vigo", until=story.now + 900 * DAY)
    story.act(people[3], "object_to_use", work=work, use=good, text=story.keep(b"They hire for wages."))
    assert ruling(story, people, work, good, "recognised", people[2].id) == "executed"
    firms = {"user": "private-firm", "name": "Profit Ltd", "said": {"employees": True, "profit": True}}
    bad = declared(story, firm, work, outsider=told(firm), **firms)
    assert ruling(story, people, work, bad, "breach") == "executed"
    grant = {
        "grant": story.new_id(),
        "licence": "reciprocity",
        "text": story.keep(b"{}"),
        "name": "Profit Ltd",
        "work": work,
    }
    assert passed(story, people, {"kind": "Grant", "arguments": grant}) == "executed"
    declared(story, firm, work, grant=grant["grant"], **firms)
    assert ruling(story, people, work, bad, "permitted") == "executed"
    late = declared(story, firm, work, grant=grant["grant"], adaptation=True, **firms)
    story.act(firm, "withdraw_use", work=work, use=late)
