"""Draws: the pool first, then a seed that nobody could choose, and a result that anybody can run again."""

from hashlib import sha256

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.law.bodies import Body
from phyle.cooperative.law.draws import Draw, digest_of, explained, message, ranked, seed_of_secrets, seed_of_signatures
from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.mandates import Mandate, holders
from phyle.errors import Refused, Unproven
from phyle.identity import multikey
from tests.cooperative.law.clauses import SIMPLE, charter, power
from tests.cooperative.law.stories import ORIGIN, Story, key, replayed

RESOLVE = {"kind": "Resolve", "arguments": {}}
SECRET = "0f" * 16


def the_draw(story):
    return next((id, draw) for id, draw in story.state.all(Draw) if draw.phase not in ("drawn", "void"))


def commit(story, person, id, secret=SECRET):
    story.act(person, "commit_secret", draw=id, digest=digest_of(id, person.id, secret))


def by_secrets(story, *people):
    """A draw by commit and reveal; its id."""
    id, _ = the_draw(story)
    for person in people:
        commit(story, person, id)
    story.later(days=2)
    for person in people:
        story.act(person, "reveal_secret", draw=id, secret=SECRET)
    return id


def _partners(story, steward, *seeds):
    keys = [key(seed) for seed in seeds]
    for number, each in enumerate(keys):
        named = multikey.encode(each.public_key())
        story.act(steward, "partner", origin=f"p{number}.test/ledger/1", key=named)
    return keys


@pytest.mark.threat("I8")
def test_the_pool_is_entered_before_the_seed_and_anyone_can_run_it_again():
    story = Story()
    people = story.founded(SIMPLE, 5)
    first, second = _partners(story, people[0], 71, 72)
    story.act(people[1], "call_draw", purpose="office", about="scribes")
    id, draw = the_draw(story)
    assert draw.phase == "signing"
    pool = next(e for e in map(read_entry, story.leaves) if e.kind == "pool")
    leaf = story.leaves[pool.seq]
    assert draw.entry == sha256(b"\0" + leaf).hexdigest()
    signed = message(ORIGIN, id, draw.entry)
    assert signed == f"phyle-draw/v1\n{ORIGIN}\n{id}\n{draw.entry}\n".encode()
    with pytest.raises(Unproven, match="not the partner's signature"):
        story.host_act("sign_draw", draw=id, origin="p0.test/ledger/1", signature=second.sign(signed).hex())
    for number, each in ((1, second), (0, first)):
        story.host_act("sign_draw", draw=id, origin=f"p{number}.test/ledger/1", signature=each.sign(signed).hex())
    draw = story.state.require(Draw, id)
    seed = seed_of_signatures([first.sign(signed), second.sign(signed)])
    assert (draw.phase, draw.seed) == ("drawn", seed)
    names = orjson.loads(story.state.blob(draw.pool))
    assert names == sorted(person.id for person in people)
    assert list(draw.taken) == ranked(seed, names)[:2]
    assert holders(story.state, "scribes", story.now) == sorted(draw.taken)
    assert story.state.require(Mandate, f"scribes/{draw.taken[0]}").source == "sortition"
    assert [line[0] for line in explained(seed, names, 2).splitlines()] == ["*", "*", " ", " ", " "]
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_a_partner_that_keeps_silent_makes_members_commit_and_reveal():
    story = Story()
    people = story.founded(SIMPLE, 4)
    _partners(story, people[0], 71)
    story.act(people[0], "call_draw", purpose="office", about="scribes")
    story.later(days=3)
    id, draw = the_draw(story)
    assert (draw.phase, draw.missing) == ("committing", 1)
    by_secrets(story, people[1], people[2])
    assert story.state.require(Draw, id).phase == "drawn"


def test_partners_are_named_by_stewards_and_before_the_draw():
    story = Story()
    people = story.founded(SIMPLE, 4)
    dan = story.admitted(people[0], people[1], days=11)
    with pytest.raises(Refused, match="scope assembly"):
        story.act(dan, "partner", origin="p.test/ledger/1", key=multikey.encode(key(9).public_key()))
    story.act(people[0], "call_draw", purpose="office", about="scribes")
    _partners(story, people[0], 71)
    assert the_draw(story)[1].phase == "committing"
    with pytest.raises(Refused, match="named already"):
        _partners(story, people[0], 71)


def test_secrets_of_any_members_make_a_seed():
    story = Story()
    people = story.founded(SIMPLE, 4)
    story.act(people[0], "call_draw", purpose="office", about="scribes")
    with pytest.raises(Refused, match="under way"):
        story.act(people[1], "call_draw", purpose="office", about="scribes")
    id, draw = the_draw(story)
    for person in people[:2]:
        commit(story, person, id)
    with pytest.raises(Refused, match="committed to a secret already"):
        commit(story, people[0], id)
    with pytest.raises(Refused, match="when all commitments are in"):
        story.act(people[0], "reveal_secret", draw=id, secret=SECRET)
    story.later(days=2)
    with pytest.raises(Refused, match="takes no commitments"):
        commit(story, people[2], id)
    with pytest.raises(Refused, match="not the secret"):
        story.act(people[0], "reveal_secret", draw=id, secret="1f" * 16)
    with pytest.raises(Refused, match="no secret of yours"):
        story.act(people[3], "reveal_secret", draw=id, secret=SECRET)
    for person in people[:2]:
        story.act(person, "reveal_secret", draw=id, secret=SECRET)
    draw = story.state.require(Draw, id)
    assert draw.seed == seed_of_secrets(message(ORIGIN, id, draw.entry), [SECRET, SECRET])
    assert draw.phase == "drawn"


def test_who_keeps_a_secret_is_left_out_and_the_draw_repeated_once():
    story = Story()
    people = story.founded(SIMPLE, 4)
    story.act(people[0], "call_draw", purpose="office", about="scribes")
    id, _ = the_draw(story)
    for person in people[:3]:
        commit(story, person, id)
    story.later(days=2)
    for person in people[:2]:
        story.act(person, "reveal_secret", draw=id, secret=SECRET)
    story.later(days=2)
    _, draw = the_draw(story)
    assert (draw.phase, draw.round, draw.missing) == ("committing", 2, 1)
    with pytest.raises(Refused, match="goes on without you"):
        commit(story, people[2], id)
    for person in (*people[:2], people[3]):
        commit(story, person, id)
    story.later(days=2)
    for person in people[:2]:
        story.act(person, "reveal_secret", draw=id, secret=SECRET)
    story.later(days=2)
    draw = story.state.require(Draw, id)
    assert (draw.phase, draw.missing) == ("drawn", 1)


def test_a_beacon_that_was_named_beforehand_is_mixed_with_the_secrets():
    story = Story()
    people = story.founded(SIMPLE, 4)
    evidence, output = story.keep(b"round 7: 00..."), "5a" * 32
    story.act(people[0], "call_draw", purpose="office", about="scribes", beacon="drand, round 7")
    id, draw = the_draw(story)
    assert next(e for e in map(read_entry, story.leaves) if e.kind == "pool").payload["beacon"] == draw.beacon
    for person in people[1:3]:
        commit(story, person, id)
    story.host_act("beacon", draw=id, output=output, evidence=evidence)
    with pytest.raises(Refused, match="entered already"):
        story.host_act("beacon", draw=id, output="00" * 32, evidence=evidence)
    story.later(days=2)
    with pytest.raises(Refused, match="waits for no beacon"):
        story.host_act("beacon", draw=id, output=output, evidence=evidence)
    for person in people[1:3]:
        story.act(person, "reveal_secret", draw=id, secret=SECRET)
    expected = seed_of_secrets(message(ORIGIN, id, draw.entry), [SECRET, SECRET], output)
    assert story.state.require(Draw, id).seed == expected


@pytest.mark.threat("I8")
def test_nobody_chooses_the_seed_alone():
    """Whoever knows the pool and gives the only secret tries as many as it takes to be drawn."""
    story = Story()
    people = story.founded(SIMPLE, 4)
    story.act(people[0], "call_draw", purpose="office", about="scribes")
    id, _ = the_draw(story)
    commit(story, people[1], id)
    story.later(days=2)
    assert (the_draw(story)[1].phase, the_draw(story)[1].round) == ("committing", 2)
    for person in people[1:3]:
        commit(story, person, id)
    story.later(days=2)
    story.act(people[1], "reveal_secret", draw=id, secret=SECRET)
    story.later(days=2)
    draw = story.state.require(Draw, id)
    assert (draw.phase, draw.missing) == ("void", 1)


def test_without_any_secret_nothing_is_drawn():
    story = Story()
    people = story.founded(SIMPLE, 4)
    story.act(people[0], "call_draw", purpose="office", about="scribes")
    id, _ = the_draw(story)
    story.later(days=4)
    assert story.state.require(Draw, id).phase == "void"
    story.act(people[0], "call_draw", purpose="office", about="scribes")


def test_only_what_the_charter_fills_by_lot_is_drawn_and_only_free_seats():
    story = Story()
    people = story.founded(SIMPLE, 4)
    for about in ("stewards", "kings"):
        with pytest.raises(Refused, match="fills no office"):
            story.act(people[0], "call_draw", purpose="office", about=about)
    story.act(people[0], "call_draw", purpose="office", about="scribes")
    by_secrets(story, people[0], people[1])
    with pytest.raises(Refused, match="No seat is free"):
        story.act(people[0], "call_draw", purpose="office", about="scribes")
    appoint = {"kind": "Appoint", "arguments": {"office": "scribes", "member": people[3].id}}
    assert story.decided(story.proposed(people[0], appoint), people) == "sent_back"


HOUSE = charter(
    """
[class.member]

[class.outside]
vote = false
vouch = false

[house.guests]
seats = 2
of = "class/outside"
term_days = 50
"""
)


def test_an_outside_house_is_drawn_from_those_who_have_no_vote():
    story = Story()
    people = story.founded(HOUSE, 3)
    guests = []
    for _ in range(3):
        guest = story.person()
        story.act(guest, "apply", **guest.introduction("outside"))
        for voucher in people[:2]:
            story.act(voucher, "vouch", member=guest.id)
        guests.append(guest)
    story.later(days=11)
    story.act(people[0], "call_draw", purpose="house", about="guests")
    by_secrets(story, people[0], people[1])
    body = story.state.require(Body, "guests")
    assert len(body.members) == 2
    assert set(body.members) < {guest.id for guest in guests}
    assert body.until == story.now + 50 * DAY


def _tied(story, people):
    options = [{"label": "A", "effects": [RESOLVE]}, {"label": "B", "effects": [RESOLVE]}, {"label": "Stay"}]
    id = story.proposed(people[0], options=options, method="approval")
    ballot = story.to_ballot(id)
    for person in people:
        story.vote(person, ballot, {"approve": [0, 1]})
    story.later(days=3)
    return id, ballot


def test_no_lot_is_drawn_before_there_is_a_tie_and_then_the_papers_are_counted_anew():
    story = Story()
    people = story.founded(SIMPLE, 3)
    id, _ballot = _tied(story, people)
    assert story.proposal(id).phase == "drawing"
    tallied = [e.payload for e in map(read_entry, story.leaves) if e.kind == "tally"]
    assert tallied[0]["needs_lot"] == [0, 1]
    draw = by_secrets(story, people[0], people[1])
    tallied = [e.payload for e in map(read_entry, story.leaves) if e.kind == "tally"]
    assert len(tallied) == 2
    order = ranked(story.state.require(Draw, draw).seed, ["0", "1"])
    assert story.proposal(id).winners == (int(order[0]),)
    assert story.finished(id) == "executed"
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_a_tie_that_nobody_draws_has_not_passed():
    story = Story()
    people = story.founded(SIMPLE, 3)
    id, ballot = _tied(story, people)
    story.later(days=4)
    assert story.proposal(id).phase == "failed"
    assert "no" in story.ballot(ballot).fault.lower()


def test_a_tie_among_too_few_is_not_drawn_and_leaves_the_second_call():
    story = Story()
    few = power("Resolve", quorum='"at least 2"', second_call_quorum="at least 1", second_call_days=4)
    people = story.founded(charter(few), 3)
    id, ballot = _tied(story, people[:1])
    assert not [id for id, _ in story.state.all(Draw)]
    assert "too few" in story.ballot(ballot).fault.lower()
    decided = [e.payload for e in map(read_entry, story.leaves) if e.kind == "decide"][-1]
    assert (decided["passed"], decided["again"]) == (False, story.proposal(id).until)
    assert story.proposal(id).second_call
    story.later(milliseconds=story.proposal(id).until - story.now)
    story.vote(people[0], f"{id}.2", {"approve": [0, 1]})
    story.later(days=3)
    assert story.proposal(id).phase == "drawing"  # one is enough at the second call
    assert list(replayed(story).everything()) == list(story.state.everything())


@given(st.binary(min_size=32, max_size=32), st.lists(st.text("abcdefgh234567", min_size=3, max_size=3), unique=True))
def test_a_ranking_is_a_permutation_that_only_seed_and_pool_decide(seed, pool):
    order = ranked(seed.hex(), pool)
    assert sorted(order) == sorted(pool)
    assert order == ranked(seed.hex(), list(reversed(pool)))
    hashes = [sha256(seed + id.encode()).digest() for id in order]
    assert hashes == sorted(hashes)
