"""Hostile bodies at the inbox of a whole instance: a defined refusal or a defined handling, and nothing is stored."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from phyle.federation import wire
from phyle.federation.wire import LARGEST
from phyle.web import inbox
from tests.between import accepted, contents, follows_out
from tests.instance import Instance
from tests.peer import PUBLIC, Peer, deliver, signed

DOCUMENTS = Path(__file__).parent.parent / "documents"
SOFTWARE = sorted({path.parent.name for path in DOCUMENTS.glob("*/*.json")})


async def raw(here: Instance, there: Peer, actor: str, body: bytes) -> int:
    """The status for exactly these bytes, signed correctly."""
    return (await deliver(here.inbox, body, signed(here.inbox, body, there.signer(actor)))).status_code


async def nothing_taken(here: Instance) -> bool:
    return not await here.value(
        "SELECT (SELECT count(*) FROM federation.seen) + (SELECT count(*) FROM conversation.posts)"
    )


def filled(there: Peer, bob: str, members: str) -> bytes:
    """A Create as text, so that it can hold what no honest writer would write."""
    start = (
        f'"@context":"https://www.w3.org/ns/activitystreams","id":"{there.origin}/c","type":"Create","actor":"{bob}"'
    )
    return f"{{{start},{members}}}".encode()


@pytest.mark.threat("C1")
async def test_terms_mean_what_they_mean_whatever_the_context_says(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    alice = there.actor("alice")
    await follows_out(here, there, ana, bob)
    note = there.note(bob, "<p>Mine</p>")
    redefined = [
        "https://www.w3.org/ns/activitystreams",
        {"sender": "as:actor", "actor": "as:summary", "attributedTo": "as:generator", "says": "as:content"},
    ]
    activity = {**there.activity("Create", bob, {**note, "says": "Other"}), "@context": redefined, "sender": alice}
    await accepted(here, there, activity)
    assert await contents(here) == ["Mine"]
    assert await here.value("SELECT a.uri FROM conversation.posts p JOIN identity.actors a ON a.id = p.author") == bob


@pytest.mark.threat("C2")
async def test_a_linked_data_signature_is_no_authority(here: Instance, there: Peer) -> None:
    ana, bob, alice = await here.member("ana"), there.actor("bob"), there.actor("alice")
    await follows_out(here, there, ana, alice)
    proof = {"type": "RsaSignature2017", "creator": f"{alice}#main-key", "signatureValue": "AAAA"}
    forged = {**there.activity("Create", alice, there.note(alice, "<p>Forged</p>")), "signature": proof}
    assert (await there.send(here.inbox, forged, signer=there.signer(bob))).status_code == 401
    hidden = {"id": f"{there.origin}/x", "type": "Note", "attributedTo": alice, "content": "Forged", "to": [PUBLIC]}
    like = there.activity("Like", bob, f"{there.origin}/nothing")
    for place in ("@graph", "@included", "@reverse"):
        wrapped = {**like, "id": f"{like['id']}{place[1:]}", "signature": proof, place: [{"object": hidden}]}
        await accepted(here, there, wrapped)
    assert await contents(here) == []


@pytest.mark.threat("C3")
async def test_contexts_are_never_fetched(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    known = "https://www.w3.org/ns/activitystreams"
    like = there.activity("Like", bob, f"{there.origin}/nothing")
    many = [known, *(f"{there.origin}/context/{number}" for number in range(1000))]
    for number, context in enumerate(
        (many, [known, "http://169.254.169.254/"], {"as": known, "@import": there.origin})
    ):
        await accepted(here, there, {**like, "id": f"{like['id']}/{number}", "@context": context})
    await here.settled()
    assert [path for path in there.asked if "context" in path or path == "/"] == []


@pytest.mark.threat("C4")
@pytest.mark.threat("C5")
@pytest.mark.threat("C6")
async def test_what_is_no_strict_json(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    note = f'{{"id":"{there.origin}/n","type":"Note","attributedTo":"{bob}","content":"x"'
    bodies = [
        filled(there, bob, f'"object":{note}}},"actor":"{bob}"'),
        filled(there, bob, f'"object":{note},"content":"y"}}'),
        filled(there, bob, f'"object":{"[" * 100_000}{"]" * 100_000}'),
        filled(there, bob, f'"object":{"[" * 100_000}'),
        filled(there, bob, '"object":' + '{"a":' * 50_000 + "1" + "}" * 50_000),
        *(filled(there, bob, f'"object":{number}') for number in ("NaN", "Infinity", "-Infinity", "1e400", "9" * 5000)),
        filled(there, bob, '"object":"\\ud800"'),
        filled(there, bob, '"object":"\xff"').replace(b"\xc3\xbf", b"\xff"),
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        filled(there, bob, '"object":"x"') * 2,
    ]
    for body in bodies:
        assert await raw(here, there, bob, body) == 400, body[:200]
    assert there.asked == []
    assert await nothing_taken(here)


@pytest.mark.threat("C10")
async def test_a_body_that_is_too_large(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    large = filled(there, bob, f'"content":"{"x" * LARGEST}"')
    assert await raw(here, there, bob, large) == 413
    host, port = here.origin.partition("://")[2].split(":")
    for length in (f"Content-Length: {len(large)}", f"Content-Length: {'9' * 30}", "Transfer-Encoding: chunked"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"POST /inbox HTTP/1.1\r\nHost: {host}:{port}\r\n{length}\r\n\r\n".encode())
        if "chunked" in length:
            writer.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(large), large))
        status = (await asyncio.wait_for(reader.readline(), 10)).split()[1]
        assert status in ((b"413",) if "9999" not in length else (b"413", b"400")), length
        writer.close()
    assert there.asked == []
    assert await nothing_taken(here)


@pytest.mark.threat("D11")
async def test_a_body_that_does_not_come(here: Instance, there: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PATIENCE", 0.2)
    host, port = here.origin.partition("://")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST /inbox HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 9\r\n\r\n{{".encode())
    answer = await asyncio.wait_for(reader.read(), 10)  # to its end: the connection is closed
    assert answer.split()[1] == b"400"
    assert b"seconds" in answer
    writer.close()


@pytest.mark.threat("C10")
async def test_a_body_that_just_fits(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    tags = [{"type": "Mention", "href": f"{bob}{number}"} for number in range(1000)]
    note = there.note(bob, "x" * 200_000, tag=tags, source={"content": "y" * 700_000})
    await accepted(here, there, there.activity("Create", bob, note))
    assert [len(each) for each in await contents(here)] == [200_000]


@pytest.mark.threat("C12")
async def test_wrong_types_are_refused(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    wrong: list[dict[str, Any]] = [
        {"type": 5},
        {"type": None},
        {"type": []},
        {"type": [[]]},
        {"type": {}},
        {"actor": 5},
        {"actor": None},
        {"actor": {}},
        {"id": 5},
        {"id": {}},
        {"id": "https://[broken"},
        {"id": "x" * 5000},
        {"object": 5},
        {"object": [[]]},
        {"object": {"id": 5, "type": "Note"}},
        {"object": {"id": "http://a@b@c", "type": "Note"}},
        {"to": 5},
        {"cc": [5]},
        {"to": {"id": 5}},
        {"content": 5},
        {"summary": {"en": 5}, "name": 5},
        {"contentMap": 5},
        {"@context": 5},
        {"@context": "https://example.org/other"},
        {"published": 5},
        {"target": 5},
        {"url": 5},
    ]
    for odd in wrong:
        body = wire.dump({**there.activity("Create", bob, there.note(bob)), **odd})
        assert await raw(here, there, bob, body) in (400, 401), odd
    assert await nothing_taken(here)


@pytest.mark.threat("C12")
async def test_odd_shapes_have_a_defined_handling(here: Instance, there: Peer) -> None:
    """What is valid but unusual is taken, and no job fails over it."""
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    note = there.note(bob, "<p>Fine</p>")
    create = there.activity("Create", bob, note)
    strange: list[dict[str, Any]] = [
        {"type": ["Create", "Other"]},
        {"to": None, "cc": None},
        {"object": [note, there.note(bob)]},
        {"object": None},
        {"object": {}},
        {"object": ""},
        {"object": [None]},
        {"object": {**note, "id": None}},
        {"object": {**note, "attributedTo": None}},
        {"object": {**note, "tag": 5, "attachment": "x", "inReplyTo": ""}},
        {"object": {**note, "type": ["Note", "Other"]}},
        {"object": {**note, "attributedTo": [{"type": ["Person"], "id": bob}, {"type": ["Group"], "id": f"{bob}/g"}]}},
        {"object": {"type": "Note"}},
        {"object": {"type": ["Person"]}},
        {"object": {"type": "Person", "id": bob}, "type": "Update"},
        {"object": {"type": "Person", "id": bob, "inbox": f"{bob}/inbox", "publicKey": 5}, "type": "Update"},
        {"type": "Follow", "object": [ana.actor.uri, ana.actor.uri]},
        {"type": "Follow", "object": note},
        {"type": "Undo", "object": {}},
        {"type": "Undo", "object": {"type": "Follow"}},
        {"type": "Undo", "object": {"type": ["Like"], "object": {}}},
        {"type": "Accept", "object": {"type": "Follow", "actor": {}, "object": []}},
        {"type": "Announce", "object": None},
        {"type": "Announce", "object": {}},
        {"type": "Announce", "object": there.note(bob, "<p>Listed</p>", type=["Other", "Note"])["id"]},
        {"type": "Announce", "object": there.note(bob, type=[5])["id"]},
        {"type": "Announce", "object": there.note(bob, type=[["Note"]])["id"]},
        {"type": "Like", "object": "urn:x"},
        {"type": "Move", "object": bob},
        {"type": "Move", "object": bob, "target": "urn:x"},
        {"type": "Flag", "object": []},
        {"type": "Flag", "object": ["urn:x", bob, note["id"]]},
        {"type": "Block", "object": "urn:x"},
        {"type": "Delete", "object": "urn:x"},
        {"type": "Delete", "object": None},
        {"type": "Sneeze"},
        {"id": None},
        {"id": ""},
    ]
    for number, odd in enumerate(strange):
        activity = {**create, "id": f"{create['id']}/{number}", **odd}
        answer = await there.send(here.inbox, activity)
        assert answer.status_code == 202 or 400 <= answer.status_code < 500, (odd, answer.text)
    await here.settled()
    assert await here.fetch("SELECT name, body, last_error FROM store.jobs WHERE last_error IS NOT NULL") == []
    assert {"Fine", "Listed"} <= set(await contents(here))


LONG = "x" * 20_000
HUGE_URL = f"https://a.example/{LONG}"
LONG_URL = f"https://a.example/{'x' * 2000}"
GROWING_URL = f"https://{'é' * 30}.{'é' * 30}.example/{'x' * 1960}"  # longer in ASCII than an address may be


@pytest.mark.threat("C10")
@pytest.mark.threat("F19")
async def test_actors_with_too_much_of_everything(here: Instance, there: Peer) -> None:
    """Read and cut, or refused: an answer in either case, and never an error of ours."""
    links = [LONG_URL, HUGE_URL, GROWING_URL]
    strange: list[dict[str, Any]] = [
        {"preferredUsername": "x" * 256},
        {"preferredUsername": LONG},
        {"preferredUsername": "\ufdfa" * 255},  # each is eighteen characters when it is folded
        {"summary": '<a href="http://a.example">x</a>' * 1400},
        {"summary": "&" * 60_000},
        {"name": LONG, "summary": LONG * 20},
        *({name: link} for link in links for name in ("url", "outbox", "followers", "movedTo", "featured")),
        *({"icon": {"type": "Image", "url": link}, "image": {"type": "Image", "url": link}} for link in links),
        {"alsoKnownAs": [f"{LONG_URL}{number}" for number in range(300)]},
        {"attachment": [{"type": "PropertyValue", "name": LONG, "value": LONG}] * 20},
        {"tag": [{"type": "Emoji", "name": LONG, "icon": {"type": "Image", "url": link}} for link in links * 10]},
        {"endpoints": {"sharedInbox": f"{there.origin}/{'x' * 2000}"}},
        {"published": "0001-01-01T00:00:00Z"},
        {"published": "9998-12-31T23:59:59Z"},
        {"type": LONG},
        {"manuallyApprovesFollowers": "perhaps"},
        {"summary": "<p>" * 50_000},
    ]
    for number, odd in enumerate(strange):
        bob = there.actor(f"bob{number}", **odd)
        answer = await there.send(here.inbox, there.activity("Like", bob, "urn:x"))
        assert answer.status_code in (202, 401), (odd.keys(), answer.text)
    await here.settled()
    assert await here.fetch("SELECT name, last_error FROM store.jobs WHERE last_error IS NOT NULL") == []


@pytest.mark.threat("C10")
@pytest.mark.threat("F19")
async def test_posts_with_too_much_of_everything(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    options = [{"type": "Note", "name": LONG, "replies": {"totalItems": 1 << 40}}] * 30
    strange: list[dict[str, Any]] = [
        {"summary": LONG, "name": LONG},
        *(
            {name: link}
            for link in (LONG_URL, HUGE_URL, GROWING_URL)
            for name in ("url", "inReplyTo", "quoteUrl", "audience", "context")
        ),
        {"contentMap": {"en-x-" + "a" * 8: "Hello"}},
        {"tag": [{"type": "Hashtag", "name": f"#{LONG}{number}"} for number in range(40)]},
        {"tag": [{"type": "Hashtag", "name": f"#a{number}"} for number in range(3000)]},
        {"tag": [{"type": "Mention", "href": HUGE_URL, "name": LONG}] * 10},
        {"tag": [{"type": "Emoji", "name": f":{LONG}:", "icon": {"url": LONG_URL}}] * 10},
        {"attachment": [{"type": "Document", "url": LONG_URL, "name": LONG, "mediaType": LONG, "blurhash": LONG}] * 10},
        {
            "attachment": [{"type": "Image", "url": LONG_URL, "width": 1e300, "height": 1, "focalPoint": [1e300, 5]}]
            * 40
        },
        {"type": "Question", "oneOf": options, "endTime": "9998-12-31T23:59:59Z", "votersCount": 1 << 62},
        {"published": "1970-01-01T00:00:00Z"},
        {"published": "9998-12-31T23:59:59Z"},
        {"to": [PUBLIC, *(f"{there.origin}/u{number}" for number in range(3000))]},
        {"content": "<b>" * 100_000},
    ]
    taken = []
    for odd in strange:
        for kind in ("Create", "Update"):
            note = there.note(bob, **odd)
            activity = there.activity(kind, bob, {**note, "updated": note["published"]})
            assert (await there.send(here.inbox, activity)).status_code in (202, 400), odd.keys()
        taken.append(note["id"])
    for published in ("1970-01-01T00:00:00Z", "9998-12-31T23:59:59Z"):
        await accepted(here, there, there.activity("Announce", bob, taken[0], published=published, to=[PUBLIC]))
    await here.settled(deliveries=False)
    assert await here.fetch("SELECT name, last_error FROM store.jobs WHERE last_error IS NOT NULL") == []
    assert (await ana.ask("GET", "/api/v1/timelines/home?limit=40")).status_code == 200


@pytest.mark.parametrize("software", SOFTWARE)
async def test_what_real_software_sends_is_taken(here: Instance, there: Peer, software: str) -> None:
    """Each golden activity as if a server at the peer's address had written it."""
    ana = await here.member("ana")
    post = await ana.post("/api/v1/statuses", status="Honey")
    for text in texts(software):
        actor = actor_of(json.loads(text))
        if actor is None:
            continue
        ours = text.replace("https://mill.example/actors/tom", ana.actor.uri)
        ours = ours.replace("https://mill.example/notes/77", post["uri"])
        moved = json.loads(ours.replace("/".join(actor.split("/")[:3]), there.origin))
        settle(there, uri := actor_of(moved) or "")
        answer = await there.send(here.inbox, moved, signer=there.signer(uri))
        assert answer.status_code == 202, (answer.text, text)
    await here.settled()
    assert await here.fetch("SELECT name, last_error FROM store.jobs WHERE last_error IS NOT NULL") == []


def texts(software: str) -> list[str]:
    return [path.read_text() for path in sorted(DOCUMENTS.glob(f"{software}/*.json"))]


def actor_of(document: dict[str, Any]) -> str | None:
    found = document.get("actor")
    return found["id"] if isinstance(found, dict) else found


def settle(there: Peer, uri: str) -> None:
    """An actor with a key at an address of that software's own."""
    made = there.actor("somebody")
    path = uri.removeprefix(there.origin)
    there.documents[path] = json.loads(json.dumps(there.documents["/users/somebody"]).replace(made, uri))
    there.pems[uri] = there.pems[made]
