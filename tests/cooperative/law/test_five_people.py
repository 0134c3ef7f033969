"""Five people found a phyle and live in it: charter, assembly, stewards, recall, expulsion and appeal; in memory."""

from phyle.cooperative.charter.templates import template
from phyle.cooperative.law.appeals import Appeal
from phyle.cooperative.law.assembled import Assembly
from phyle.cooperative.law.bodies import Body
from phyle.cooperative.law.kinds import DAY, HOUR
from phyle.cooperative.law.mandates import Mandate, holders
from phyle.cooperative.law.members import electors
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.spelling import spell
from tests.cooperative.law.checking import Checked, kept, prefixes
from tests.cooperative.law.test_draws import by_secrets


def amended(story, people):
    text = template("small-assembly")
    shorter = text.replace("deliberation_days = 5", "deliberation_days = 4")
    assert shorter != text
    hash = story.keep(shorter.encode())
    amend = {"kind": "Amend", "arguments": {"charter": hash, "amends": phyle(story.state).charter}}
    assert story.decided(story.proposed(people[0], amend), people) == "executed"
    assert phyle(story.state).charter == hash


def assembled(story, people):
    """An assembly that resolves something; the minutes are approved."""
    id, opens = story.new_id(), story.now + 15 * DAY
    invitation = {"title": "First", "text": story.keep(b"Come."), "opens": opens, "closes": opens + 3 * HOUR}
    story.act(people[0], "call_assembly", assembly=id, kind="ordinary", **invitation)
    point = story.proposed(people[1], {"kind": "Resolve", "arguments": {}})
    story.act(people[1], "put_on_agenda", assembly=id, proposal=point)
    delivered = story.keep(spell(dict.fromkeys(electors(story.state), "delivered")))
    story.host_act("assembly_noticed", assembly=id, evidence=delivered)
    story.later(milliseconds=opens - story.now)
    story.act(people[4], "attend", assembly=id)
    for person in people[:4]:
        story.vote(person, f"{point}.1", {"paper": "for"})
    story.later(days=2)
    assembly = story.state.require(Assembly, id)
    assert (assembly.came, assembly.quorate) == (5, True)
    minutes = assembly.minutes
    approve = story.proposed(people[0], {"kind": "Resolve", "arguments": {"text": minutes}})
    assert story.decided(approve, people) == "executed"
    assert story.state.require(Assembly, id).phase == "approved"
    assert story.proposal(point).phase == "executed"


def elected(story, people, seats, candidates):
    election = {"office": "stewards", "seats": seats}
    id = story.proposed(people[0], options=[], election=election, seats=seats, method="stv")
    for candidate in candidates:
        story.act(people[0], "nominate", proposal=id, member=candidate.id)
        if candidate is not people[0]:
            story.act(candidate, "accept_nomination", proposal=id)
    ballot = story.to_ballot(id)
    labels = [option.label for option in story.proposal(id).options]
    for person in people:
        story.vote(person, ballot, {"rank": [labels.index(candidate.id) for candidate in candidates]})
    assert story.finished(id) == "executed"


def test_five_people():
    story = Checked()
    people = story.founded(template("small-assembly"), 5)
    amended(story, people)
    assembled(story, people)

    elected(story, people, 2, [people[1], people[2], people[3]])
    assert holders(story.state, "stewards", story.now) == sorted([people[1].id, people[2].id])

    recall = {"kind": "Recall", "arguments": {"office": "stewards", "member": people[2].id}}
    assert story.decided(story.proposed(people[0], recall), [people[0], people[1], people[3]]) == "executed"
    assert holders(story.state, "stewards", story.now) == [people[1].id]
    elected(story, people, 1, [people[3]])
    assert story.state.require(Mandate, f"stewards/{people[3].id}").source == "election"

    accused, charge = people[4], story.new_id()
    reasons = story.seal("He sold the bread.")
    story.act(people[0], "charge", charge=charge, member=accused.id, articles="Article 4", reasons=reasons)
    story.act(accused, "reply", charge=charge, reply=story.seal("I gave it away."))
    expel = {"kind": "Expel", "arguments": {"member": accused.id, "charge": charge}}
    assert story.decided(story.proposed(people[0], expel), people[:4]) == "executed"
    assert story.member(accused).standing == "expelled"

    appeal = story.new_id()
    grounds = story.keep(b"Bread is for eating.")
    story.act(accused, "appeal", appeal=appeal, against="expulsion", target=accused.id, text=grounds)
    by_secrets(story, people[1], people[2])
    proposal = story.state.require(Appeal, appeal).proposal
    ballot = story.to_ballot(proposal)
    jury = story.state.require(Body, story.proposal(proposal).body).members
    assert set(jury) == {person.id for person in people[1:4]}
    for person in people[1:3]:
        story.vote(person, ballot, {"paper": "for"})
    story.later(days=8)
    assert story.state.require(Appeal, appeal).phase == "granted"
    assert story.member(accused).standing == "member"

    prefixes(story)
    kept(story.state)
