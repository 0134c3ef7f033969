"""A life of a phyle in which people come, stay and go, with their keys, and with the register."""

from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.possession import prove
from phyle.identity import multikey
from tests.cooperative.law.charters import charter
from tests.cooperative.law.steps import decide, effect
from tests.cooperative.law.stories import ORIGIN, Person, Story, key

TERMS = (
    "probation_days = 10",
    "newcomers_per_voucher = 9",
    "rebind_vouchers = 2",
    "rebind_delay_days = 7",
    "reply_days = 5",
    "lapse_days = 100",
)
MEMBERS = charter(
    membership="\n".join(TERMS),
    articles="""
## Article 4. Classes and offices

```toml
[class.member]

[class.organisation]
principal = "organisation"

[office.clerk]
scope = ["register"]
seats = 1
term_days = 30
by = "decision"
caretaker_days = 5

[[sunset]]
name = "clerk-trial"
clause = "office/clerk"
metric = "Does anybody miss the paper?"
expires_days = 150
reverts = "nothing"

[[tier]]
name = "village"
members = 8

[tier.office.stewards]
seats = 4
```
""",
)


def members() -> Story:
    """Coming, staying and going; keys of members; the register."""
    story = Story()
    people = story.founded(MEMBERS, founders=6)
    first = story.admitted(*people[:3])
    story.act(people[5], "object", member=first.id, reason=story.seal("I do not know them."))
    story.later(days=11)
    story.act(people[5], "withdraw_objection", member=first.id)
    story.act(people[0], "amend_identity", identity={"name": story.seal("Ada")})
    first_name = story.member(people[0]).identity["name"]
    story.act(people[1], "enter_register", member=people[0].id, identity={"shares": story.seal(3)})
    story.act(people[2], "inspect", purpose=story.seal("To call an assembly."), as_of=5)
    _keys(story, people)
    refused = story.admitted(people[0])
    decide(story, people, effect("Admit", member=refused.id), answer="against")
    story.act(refused, "apply_again")
    _standing(story, people)
    for _ in range(5):
        story.later(days=25)
        for each in people[:4]:
            story.act(each, "amend_identity", identity={"name": story.seal("still here")})
    story.act(people[5], "return")
    story.act(people[5], "exit")
    story.host_act("erase", commitments=[first_name], reason=story.seal("They asked."))
    return story


def _keys(story: Story, people: list[Person]) -> None:
    new = key(700)
    person = people[3]
    told = {"key": multikey.encode(new.public_key()), "custody": "member"}
    story.act(person, "rekey", **told, possession=prove(new, ORIGIN, person.id))
    person.key, person.custody = new, "member"
    far = {"actor": story.seal("https://far.test/ada"), "pinned": story.seal("a key")}
    story.act(people[4], "move", via="far.test", custody="none", identity=far)
    story.attested(people[4].id, "pin", pinned=story.seal("another key"))
    people[4].via, people[4].custody = "far.test", "none"
    club = story.person(via="club.test")
    story.act(club, "apply", **club.introduction("organisation"))
    decide(story, people, effect("Admit", member=club.id))
    delegate = {"key": multikey.encode(key(501).public_key()), "custody": "member", "via": "club.test"}
    story.act(club, "represent", representative=delegate, possession=prove(key(501), ORIGIN, club.id))
    for place, seed in ((5, 801), (5, 802), (5, 803)):
        asking = Person(id=story.new_id(), key=key(seed), via="c.test")
        story.act(asking, "rebind", old=people[place].id, **asking.introduction())
        if seed == 801:
            story.act(people[place], "object_rebinding", rebinding=asking.id)
            continue
        if seed == 802:
            for voucher in people[:2]:
                story.act(voucher, "vouch_rebinding", rebinding=asking.id)
            story.later(days=8)
        else:
            decide(story, people[:4], effect("Rebind", member=people[place].id, rebinding=asking.id))
        if story.member(people[place]).key == asking.multikey:
            people[place] = Person(id=people[place].id, key=asking.key, via="c.test")


def _standing(story: Story, people: list[Person]) -> None:
    confirmed = story.admitted(*people[:3])
    decide(story, people, effect("Confirm", member=confirmed.id))
    decide(story, people, effect("Suspend", member=people[4].id, until=story.now + 20 * DAY))
    decide(story, people[:4], effect("Suspend", member=confirmed.id), effect("Resolve"))
    decide(story, people[:4], effect("Reinstate", member=confirmed.id))
    decide(story, people[:4], effect("Appoint", office="clerk", member=people[2].id))
    for withdrawn in (True, False):
        charge = story.new_id()
        told = {"charge": charge, "member": confirmed.id, "articles": "Article 1", "reasons": story.seal("Because.")}
        story.act(people[0], "charge", **told)
        if withdrawn:
            story.act(people[0], "withdraw_charge", charge=charge)
    story.act(confirmed, "reply", charge=charge, reply=story.seal("It was not so."))
    decide(story, people[:4], effect("Expel", member=confirmed.id, charge=charge))
