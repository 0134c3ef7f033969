"""Origin: a document, a key or a name says nothing about what lies on another server."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from phyle.errors import Gone, Malformed, Missing, Refused, Unproven, Unreachable
from phyle.federation import fetch, webfinger
from phyle.federation.fetch import Document, KeyDocument
from phyle.federation.net import Net
from phyle.federation.webfinger import Handle, read_handle
from tests import outside
from tests.outside import Stranger

OURS = "https://ours.example"
PEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"


@pytest.fixture
async def client() -> AsyncIterator[Net]:
    async with outside.client() as made:
        yield made


@pytest.fixture
async def good() -> AsyncIterator[Stranger]:
    async with outside.stranger("good.example") as made:
        yield made


@pytest.fixture
async def evil() -> AsyncIterator[Stranger]:
    async with outside.stranger("evil.example") as made:
        yield made


async def document(client: Net, url: str) -> Document:
    return await fetch.document(client, url, signer=None, local_origin=OURS)


async def key(client: Net, key_id: str) -> KeyDocument:
    return await fetch.key(client, key_id, signer=None, local_origin=OURS)


def actor(uri: str, *keys: Any) -> dict[str, Any]:
    return {"id": uri, "type": "Person", "publicKey": keys[0] if len(keys) == 1 else list(keys)}


def key_of(uri: str, key_id: str = "", pem: str = PEM) -> dict[str, Any]:
    return {"id": key_id or f"{uri}#main-key", "owner": uri, "publicKeyPem": pem}


@pytest.mark.threat("B1")
async def test_a_document_that_names_another_origin_is_asked_for_there(
    client: Net, good: Stranger, evil: Stranger
) -> None:
    alice = f"{good.origin}/users/alice"
    good.serve("/users/alice", {"id": alice, "summary": "true"})
    forged = evil.serve("/forged", {"id": alice, "summary": "false"})
    assert await document(client, forged) == Document(uri=alice, body={"id": alice, "summary": "true"})


@pytest.mark.threat("B1")
async def test_a_forged_document_is_refused_where_the_other_origin_knows_nothing(
    client: Net, good: Stranger, evil: Stranger
) -> None:
    forged = evil.serve("/forged", {"id": f"{good.origin}/users/alice"})
    with pytest.raises(Missing):
        await document(client, forged)


@pytest.mark.threat("B1")
async def test_an_open_redirect_lends_no_authority(client: Net, good: Stranger, evil: Stranger) -> None:
    url = good.redirect("/out", f"{evil.origin}/forged")
    evil.serve("/forged", {"id": url, "summary": "false"})
    with pytest.raises(Refused, match="says that its id is"):
        await document(client, url)


@pytest.mark.threat("B1")
async def test_the_second_answer_must_name_itself(client: Net, good: Stranger) -> None:
    url = good.serve("/1", {"id": f"{good.origin}/2"})
    good.serve("/2", {"id": f"{good.origin}/3"})
    good.serve("/3", {"id": f"{good.origin}/3"})
    with pytest.raises(Refused, match="says that its id is"):
        await document(client, url)
    assert good.targets == ["/1", "/2"]


@pytest.mark.threat("B1")
async def test_pages_and_redirects_of_one_origin_lead_to_the_document(client: Net, good: Stranger) -> None:
    uri = good.serve("/users/1", {"id": f"{good.origin}/users/1"})
    page = good.serve("/@ana", {"id": uri})
    moved = good.redirect("/old", "/users/1")
    spelled = f"HTTPS://Good.Example:{good.port}/users/1"
    for url in (uri, page, moved, spelled, f"{uri}#fragment"):
        assert (await document(client, url)).uri == uri


@pytest.mark.threat("B1")
async def test_an_id_that_its_origin_redirects_speaks_for_itself(client: Net, good: Stranger) -> None:
    uri = good.redirect("/ap/1", "/ap/1?format=json")
    good.serve("/ap/1?format=json", {"id": uri})
    assert (await document(client, uri)).uri == uri


@pytest.mark.threat("B1")
@pytest.mark.parametrize("body", [{}, {"id": None}, {"id": 7}, {"id": ["x"]}, {"id": "acct:x"}, {"id": ""}])
async def test_a_document_without_a_usable_id_is_refused(client: Net, good: Stranger, body: Any) -> None:
    with pytest.raises(Refused):
        await document(client, good.serve("/1", body))


@pytest.mark.threat("B2")
@pytest.mark.parametrize(
    ("content_type", "taken"),
    [
        ("application/activity+json", True),
        ("APPLICATION/Activity+JSON; charset=UTF-8", True),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', True),
        ("application/ld+json;charset=utf-8;PROFILE=https://www.w3.org/ns/activitystreams", True),
        ('application/ld+json; profile="https://example.org/x https://www.w3.org/ns/activitystreams"', True),
        ("application/ld+json", False),
        ('application/ld+json; profile="https://example.org/"', False),
        ('application/ld+json; x="profile=https://www.w3.org/ns/activitystreams"', False),
        ("application/json", False),
        ("text/plain", False),
        ("text/html", False),
        ("application/activity+jsonx", False),
        ("text/plain; application/activity+json", False),
        ("", False),
    ],
)
async def test_only_the_types_of_activitypub_count(client: Net, good: Stranger, content_type: str, taken: bool) -> None:
    url = good.serve("/1", {"id": f"{good.origin}/1"}, content_type)
    if taken:
        assert (await document(client, url)).uri == url
        return
    with pytest.raises(Refused, match="content type"):
        await document(client, url)


@pytest.mark.threat("B2")
async def test_a_key_served_as_an_upload_is_refused(client: Net, evil: Stranger) -> None:
    mallory = f"{evil.origin}/users/mallory"
    evil.serve("/users/mallory", actor(mallory, key_of(mallory)), "application/json")
    with pytest.raises(Refused, match="content type"):
        await key(client, f"{mallory}#main-key")


@pytest.mark.threat("B20")
async def test_a_walk_stays_on_its_origin(client: Net, good: Stranger, evil: Stranger) -> None:
    other = evil.serve("/page", {"type": "CollectionPage", "items": ["https://evil.example/1"]})
    url = good.serve("/page", {"type": "CollectionPage", "items": ["https://good.example/1"], "next": other})
    away = good.serve("/away", {"type": "CollectionPage", "items": ["https://good.example/2"], "next": "/out"})
    good.redirect("/out", other)
    good.serve("/away", {"type": "CollectionPage", "items": [], "next": f"{good.origin}/out"})
    bounds: dict[str, Any] = {"signer": None, "local_origin": OURS, "limit_items": 100, "limit_pages": 9}
    assert await fetch.pages(client, url, **bounds) == ("https://good.example/1",)
    assert evil.requests == []
    assert await fetch.pages(client, away, **bounds) == ()


@pytest.mark.threat("B20")
async def test_a_page_that_fails_ends_the_walk_and_keeps_what_came(client: Net, good: Stranger) -> None:
    page = {"type": "CollectionPage", "items": ["https://good.example/1", {"id": "x"}, 7]}
    url = good.serve("/all", {"type": "Collection", "first": page | {"next": f"{good.origin}/missing"}})
    bounds: dict[str, Any] = {"signer": None, "local_origin": OURS, "limit_items": 100, "limit_pages": 9}
    assert await fetch.pages(client, url, **bounds) == ("https://good.example/1", {"id": "x"})
    with pytest.raises(Missing):
        await fetch.pages(client, f"{good.origin}/missing", **bounds)


@pytest.mark.threat("B21")
async def test_our_own_addresses_are_never_fetched(client: Net, good: Stranger, evil: Stranger) -> None:
    ours = good  # a server that would answer, were it asked
    note = ours.serve("/objects/1", {"id": f"{ours.origin}/objects/1"})
    named = evil.serve("/named", {"id": note})
    led = evil.redirect("/led", note)
    with pytest.raises(Refused):
        await fetch.document(client, note, signer=None, local_origin=ours.origin)
    with pytest.raises(Refused):
        await fetch.document(client, named, signer=None, local_origin=ours.origin)
    with pytest.raises(Unreachable, match="this server itself"):
        await fetch.document(client, led, signer=None, local_origin=ours.origin)
    with pytest.raises(Refused):
        await fetch.key(client, f"{ours.origin}/actors/1#main-key", signer=None, local_origin=ours.origin)
    with pytest.raises(Unreachable, match="this server itself"):
        await webfinger.resolve(client, Handle(name="ana", host=ours.host), local_origin=ours.origin)
    assert ours.requests == []


async def test_what_is_gone_or_missing_is_told_apart_and_only_by_its_own_origin(
    client: Net, good: Stranger, evil: Stranger
) -> None:
    with pytest.raises(Gone):
        await document(client, good.serve("/gone", {}, status=410))
    with pytest.raises(Missing):
        await document(client, f"{good.origin}/missing")
    for status, kind in ((401, Unreachable), (429, Unreachable), (500, Unreachable), (403, Refused), (204, Refused)):
        with pytest.raises(kind, match=f"status {status}"):
            await document(client, good.serve("/broken", {}, status=status))
    evil.serve("/gone", {}, status=410)
    with pytest.raises(Refused, match="status 410"):
        await document(client, good.redirect("/away", f"{evil.origin}/gone"))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"id": 1, "id": 2}', b"<html>", b"\xff", b"[" * 100_000])
async def test_what_is_not_json_is_refused(client: Net, good: Stranger, body: bytes) -> None:
    good.replies["/1"] = (200, {"Content-Type": outside.ACTIVITY}, body)
    with pytest.raises(Refused):
        await document(client, f"{good.origin}/1")


async def test_the_key_of_an_actor_is_read_from_the_actor(client: Net, good: Stranger) -> None:
    alice = f"{good.origin}/users/alice"
    good.serve("/users/alice", actor(alice, key_of(alice, f"{alice}#old"), key_of(alice)))
    found = await key(client, f"{alice}#main-key")
    assert (found.owner_uri, found.pem, found.owner_document["id"]) == (alice, PEM, alice)
    assert good.targets == ["/users/alice"]


async def test_a_multikey_is_found_among_the_assertion_methods(client: Net, good: Stranger) -> None:
    alice = f"{good.origin}/users/alice"
    multikey = {"id": f"{alice}#ed", "type": "Multikey", "controller": alice, "publicKeyMultibase": "z6Mk"}
    good.serve("/users/alice", actor(alice, key_of(alice)) | {"assertionMethod": [multikey]})
    found = await key(client, f"{alice}#ed")
    assert (found.owner_uri, found.pem, found.multibase) == (alice, "", "z6Mk")


@pytest.mark.parametrize("listed", ["whole", "bare id"])
async def test_a_key_may_be_a_document_of_its_own(client: Net, good: Stranger, listed: str) -> None:
    alice, key_id = f"{good.origin}/users/alice", f"{good.origin}/keys/1"
    entry = key_of(alice, key_id)
    good.serve("/keys/1", entry)
    good.serve("/users/alice", actor(alice, entry if listed == "whole" else key_id))
    found = await key(client, key_id)
    assert (found.owner_uri, found.pem, found.owner_document["type"]) == (alice, PEM, "Person")


async def test_a_key_may_be_served_as_a_stub_of_the_actor(client: Net, good: Stranger) -> None:
    alice = f"{good.origin}/users/alice"
    entry = key_of(alice, f"{alice}/main-key")
    good.serve("/users/alice/main-key", actor(alice, entry))
    good.serve("/users/alice", actor(alice, entry) | {"name": "Alice"})
    found = await key(client, f"{alice}/main-key")
    assert (found.owner_uri, found.pem, found.owner_document["name"]) == (alice, PEM, "Alice")


@pytest.mark.threat("A4")
@pytest.mark.parametrize("shape", ["key document", "stub"])
async def test_the_owner_must_list_the_key(client: Net, good: Stranger, evil: Stranger, shape: str) -> None:
    alice, key_id = f"{good.origin}/users/alice", f"{evil.origin}/key"
    good.serve("/users/alice", actor(alice, key_of(alice)))
    claim = key_of(alice, key_id, "evil's key")
    evil.serve("/key", claim if shape == "key document" else actor(alice, claim))
    with pytest.raises(Unproven, match="does not list"):
        await key(client, key_id)


@pytest.mark.threat("A4")
async def test_an_actor_that_lists_the_key_of_another_gains_nothing(
    client: Net, good: Stranger, evil: Stranger
) -> None:
    alice, mallory = f"{good.origin}/users/alice", f"{evil.origin}/users/mallory"
    good.serve("/users/alice", actor(alice, key_of(alice)))
    evil.serve("/users/mallory", actor(mallory, key_of(alice, f"{mallory}#main-key")))
    with pytest.raises(Unproven, match="belongs to"):
        await key(client, f"{mallory}#main-key")


@pytest.mark.threat("A4")
async def test_the_material_is_the_owners_not_the_key_documents(client: Net, good: Stranger) -> None:
    alice, key_id = f"{good.origin}/users/alice", f"{good.origin}/uploads/key"
    good.serve("/uploads/key", key_of(alice, key_id, "uploaded"))
    good.serve("/users/alice", actor(alice, key_of(alice, key_id)))
    assert (await key(client, key_id)).pem == PEM


@pytest.mark.threat("A6")
@pytest.mark.parametrize("shape", ["key document", "actor"])
async def test_a_key_that_calls_itself_otherwise_is_refused(client: Net, good: Stranger, shape: str) -> None:
    alice = f"{good.origin}/users/alice"
    entry = key_of(alice, f"{alice}#other")
    good.serve("/users/alice", entry if shape == "key document" else actor(alice, entry))
    with pytest.raises(Unproven, match="is not the key"):
        await key(client, f"{alice}#main-key")
    assert good.targets == ["/users/alice"]


JRD = "application/jrd+json"


def jrd(subject: str, uri: str, kind: str = outside.ACTIVITY) -> dict[str, Any]:
    page = {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://good.example/@alice"}
    return {"subject": subject, "links": [page, {"rel": "self", "type": kind, "href": uri}]}


async def test_webfinger_leads_to_the_actor(client: Net, good: Stranger) -> None:
    alice = f"{good.origin}/users/alice"
    good.serve("/.well-known/webfinger", jrd(f"acct:Alice@{good.host}", alice), JRD)
    found = await webfinger.resolve(client, read_handle(f"@alice@Good.Example:{good.port}"), local_origin=OURS)
    assert (found.uri, str(found.handle)) == (alice, f"Alice@{good.host}")
    assert good.targets == [f"/.well-known/webfinger?resource=acct:alice@{good.host}"]


async def test_unknown_accounts_and_useless_answers_are_told_apart(client: Net, good: Stranger) -> None:
    handle = Handle(name="alice", host=good.host)
    with pytest.raises(Missing):
        await webfinger.resolve(client, handle, local_origin=OURS)
    for body in ({}, {"subject": f"acct:{handle}"}, jrd(f"acct:{handle}", "javascript:x"), jrd("alice", "https://x/")):
        good.serve("/.well-known/webfinger", body, JRD)
        with pytest.raises(Unreachable):
            await webfinger.resolve(client, handle, local_origin=OURS)


@pytest.mark.threat("B14")
async def test_the_host_of_the_subject_must_point_back(client: Net, good: Stranger, evil: Stranger) -> None:
    alice, mallory = f"{good.origin}/users/alice", f"{evil.origin}/users/mallory"
    handle = Handle(name="mallory", host=evil.host)
    evil.serve("/.well-known/webfinger", jrd(f"acct:alice@{good.host}", mallory), JRD)
    with pytest.raises(Missing):
        await webfinger.resolve(client, handle, local_origin=OURS)
    good.serve("/.well-known/webfinger", jrd(f"acct:alice@{good.host}", alice), JRD)
    with pytest.raises(Refused, match="does not point back"):
        await webfinger.resolve(client, handle, local_origin=OURS)
    # Two hosts that send each other round are not followed further.
    good.serve("/.well-known/webfinger", jrd(f"acct:mallory@{evil.host}", mallory), JRD)
    with pytest.raises(Refused, match="does not point back"):
        await webfinger.resolve(client, handle, local_origin=OURS)


@pytest.mark.threat("B14")
async def test_a_host_that_serves_the_accounts_of_another_is_confirmed_by_it(
    client: Net, good: Stranger, evil: Stranger
) -> None:
    web, plain = good, evil
    alice = f"{web.origin}/users/alice"
    for host in (web, plain):
        host.serve("/.well-known/webfinger", jrd(f"acct:alice@{plain.host}", alice), JRD)
    asked = Handle(name="alice", host=web.host)
    assert str(await webfinger.confirm(client, alice, asked, local_origin=OURS)) == f"alice@{plain.host}"


@pytest.mark.threat("B14")
async def test_an_actor_cannot_take_the_name_of_another(client: Net, good: Stranger, evil: Stranger) -> None:
    good.serve("/.well-known/webfinger", jrd(f"acct:alice@{good.host}", f"{good.origin}/users/alice"), JRD)
    with pytest.raises(Refused, match="another account"):
        await webfinger.confirm(
            client, f"{evil.origin}/users/mallory", Handle(name="alice", host=good.host), local_origin=OURS
        )


@pytest.mark.threat("B15")
@pytest.mark.parametrize(
    "text",
    ["alice@exa/mple.com", "alice@example.com/", "alice@example.com?x", "alice@example.com#x", "alice@a@example.com",
     "alice@exa mple.com", "alice@example.com\\x", "alice@", "@example.com", "alice", "", "al/ice@example.com",
     "alice@exa%2Fmple.com", "alice@\u2044example.com", "alice@.example.com", "alice@example..com", "a\n@example.com"],
)  # fmt: skip
def test_a_domain_is_a_domain_and_nothing_else(text: str) -> None:
    with pytest.raises(Malformed):
        read_handle(text)


@pytest.mark.threat("B15")
async def test_a_subject_with_a_broken_domain_is_refused(client: Net, good: Stranger) -> None:
    handle = Handle(name="alice", host=good.host)
    broken = f"acct:alice@{good.host.replace('ex', '/ex', 1)}"
    good.serve("/.well-known/webfinger", jrd(broken, f"{good.origin}/users/alice"), JRD)
    with pytest.raises(Unreachable):
        await webfinger.resolve(client, handle, local_origin=OURS)
