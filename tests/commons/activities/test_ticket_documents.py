"""ForgeFed's tickets and offers: those of its specification are read, ours have what theirs have."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.commons import handling, merge_requests, tickets
from phyle.commons.activities import offer_documents, ticket_documents
from phyle.commons.activities.change_reading import offers, read_change, read_content
from phyle.commons.activities.ticket_reading import read_ticket
from phyle.commons.merge_requests import Terms
from phyle.commons.tickets import Words
from phyle.errors import Malformed
from phyle.store.transaction import Store
from tests.commons.projects import people, project
from tests.commons.test_merge_requests import Stage, stage

__all__ = ["stage"]

EXAMPLES = Path(os.environ.get("PHYLE_DOCUMENTS", "")) / "forgefed"
given_examples = pytest.mark.skipif(
    not os.environ.get("PHYLE_DOCUMENTS"), reason="PHYLE_DOCUMENTS names no folder of captured documents"
)
OFFERED = {
    "type": "Ticket",
    "attributedTo": "https://forge.example/luke",
    "summary": "Fix the <b>animation</b> &amp; bug",
    "content": "<p>Please <em>review</em>, thanks!</p>",
    "attachment": {
        "type": "Offer",
        "origin": {"type": "Branch", "context": "https://forge.example/luke/life", "ref": "refs/heads/fix"},
        "target": {"type": "Branch", "context": "https://dev.example/life", "ref": "/refs/heads/main"},
        "object": {"type": "OrderedCollection", "totalItems": 1, "items": []},
    },
}


def _tickets(document: Any) -> list[dict[str, Any]]:
    """All tickets in a document, wherever they are embedded."""
    if isinstance(document, list):
        return [found for each in document for found in _tickets(each)]
    if not isinstance(document, dict):
        return []
    own = [document] if "Ticket" in str(document.get("type")) and "attributedTo" in document else []
    return own + [found for each in document.values() for found in _tickets(each)]


@given_examples
def test_the_examples_of_the_specification_are_read() -> None:
    seen, changes = 0, 0
    for file in sorted(EXAMPLES.glob("*.json")):
        for document in _tickets(json.loads(file.read_text())):
            told = read_ticket(document)
            assert told.author == document["attributedTo"], file.name
            assert told.words.title, file.name
            seen += 1
            if next(offers(document), None) is not None:
                change = read_change(document)
                assert change.origin.startswith("https://"), file.name
                assert change.target_branch == "main", file.name
                changes += 1
    assert seen >= 8
    assert changes >= 3


def test_what_others_write_is_read_as_they_meant_it() -> None:
    told, change = read_ticket(OFFERED), read_change(OFFERED)
    assert told.words == Words(title="Fix the animation & bug", source="Please review, thanks!")
    assert (change.origin_branch, change.target_branch) == ("fix", "main")
    assert change.content == read_content({})
    assert change.content.terms == Terms()


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://forge.example/luke/life"},
        {"origin": {"type": "Branch", "ref": "refs/heads/x"}},
        {"target": {"type": "Branch", "context": "https://dev.example/life", "ref": "refs/heads/--output=x"}},
        {"target": None},
        {"object": {"type": "OrderedCollection", "target": {"type": "Commit", "hash": "HEAD~1"}}},
        {"object": {"type": "OrderedCollection", "phyle:claim": "mine"}},
        {"object": {"type": "OrderedCollection", "phyle:claim": {"x": "y" * 70_000}}},
    ],
)
def test_offers_that_say_too_little_or_too_much_are_refused(wrong: dict[str, Any]) -> None:
    attachment: Any = OFFERED["attachment"]
    with pytest.raises(Malformed):
        read_change({**OFFERED, "attachment": {**attachment, **wrong}})


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner)))
def test_nonsense_is_malformed_and_nothing_worse(value: Any) -> None:
    for name in (*OFFERED, "source", "phyle:need", "phyle:skills", "phyle:kind", "isResolved", "published"):
        document = {**OFFERED, name: value}
        try:
            read_ticket(document)
            read_change(document)
        except Malformed:
            pass


@given_examples
async def test_our_tickets_have_what_theirs_have(store: Store) -> None:
    example = json.loads((EXAMPLES / "54-ticket.json").read_text())
    (ana,) = await people(store, "ana")
    async with store.transaction() as tx:
        seeder = await project(tx, ana)
        ticket = await tickets.begin(tx, seeder, ana, Words(title="It <leaks>", source="*Water*"), needed=True)
        document = await ticket_documents.ticket(tx, seeder, ticket)
        assert example.keys() - {"assignments"} <= document.keys()
        assert document["type"] == "Ticket"
        assert document["phyle:need"] == {"state": "needed"}
        again = read_ticket(document)
        assert (again.words, again.need) == (Words(title="It <leaks>", source="*Water*"), "needed")
        resolved = await handling.resolve(tx, ana, seeder, ticket)
        document = await ticket_documents.ticket(tx, seeder, resolved)
        assert document["isResolved"] is True
        assert document["resolvedBy"] == ana.uri


@given_examples
async def test_our_changes_have_what_theirs_have(stage: Stage) -> None:
    example = json.loads((EXAMPLES / "07-ticket.json").read_text())
    versions = json.loads((EXAMPLES / "08-orderedcollection.json").read_text())
    ticket = await stage.offer()
    await stage.at_bobs.commit({"sow.py": "rows = 5\n"}, sign_off=True)
    await stage.at_bobs.push(stage.forked, "topic")
    async with stage.store.transaction() as tx:
        first = await merge_requests.version(tx, ticket.id, 1)
        document = await ticket_documents.ticket(tx, stage.seeder, ticket)
        shown = await offer_documents.version(tx, stage.seeder, ticket, 1)
    assert example.keys() - {"followers", "replies"} <= document.keys()
    assert example["attachment"].keys() <= document["attachment"].keys()
    for end in ("origin", "target"):
        assert example["attachment"][end].keys() - {"@context"} <= document["attachment"][end].keys()
    assert document["attachment"]["object"] == shown["id"]
    assert versions.keys() - {"orderedItems", "previousVersions"} <= shown.keys()
    assert read_content(shown).head == first.head
