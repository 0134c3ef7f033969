"""What would be decided on in vain is refused at every door, before it stands in the ledger for ever."""

from typing import Any

from tests.web.cooperative.living import Living


def _offer(kind: str, /, **arguments: Any) -> dict[str, Any]:
    options = [{"label": "Yes", "effects": [{"kind": kind, "arguments": arguments}]}]
    return {"title": "This", "text": "Because.", "options": options}


async def test_what_this_server_cannot_do_is_not_decided_on(living: Living) -> None:
    ana, *_ = await living.founded("ana", "ben", "cleo")
    before = (await living.anyone("/ledger"))["entries"]
    refused = await ana.post("/proposals", 422, **_offer("Rehost", host="b.example"))
    assert "cannot move a phyle to another server" in refused["error"]
    refused = await ana.post("/proposals", 422, **_offer("PublicFace", what="limits", value="none"))
    assert "limits of its own" in refused["error"]
    both = {"title": "This", "text": "Because.", "effects": [{"kind": "Rehost", "arguments": {"host": "b.example"}}]}
    await ana.post("/proposals", 422, options=[{"label": "Yes"}, {"label": "No"}], **both)
    await ana.post("/face", 422, what="limits", value="none")
    assert (await living.anyone("/ledger"))["entries"] == before


async def test_what_is_not_here_is_not_moderated(living: Living) -> None:
    ana, ben, *_ = await living.founded("ana", "ben", "cleo")
    nothing = {"target": "https://far.example/notes/1", "action": "hide", "reason": "Advertising."}
    refused = await ana.post("/moderations", 404, **nothing)
    assert refused["error"] == "There is no such post here."
    await ana.post("/proposals", 404, **_offer("Moderate", **nothing))
    post = await ben.account.post("/api/v1/statuses", status="Buy my oven!")
    known = {**nothing, "target": post["uri"]}
    await ana.post("/moderations", **known)
    proposal = (await ana.post("/proposals", **_offer("Moderate", **known)))["payload"]["proposal"]
    kept = (await ana.get(f"/proposals/{proposal}"))["proposal"]
    assert kept["options"][0]["effects"][0]["says"] == "A post is hidden."
    again = {"title": "That", "text": "Why not.", "options": [{"label": "Yes", "effects": [_bare(kept)]}]}
    await ana.post(f"/proposals/{proposal}/revise", **again)
    revised = (await ana.get(f"/proposals/{proposal}"))["proposal"]
    assert _bare(revised) == _bare(kept), "what is sealed was sealed again"


def _bare(proposal: Any) -> Any:
    effect = proposal["options"][0]["effects"][0]
    return {"kind": effect["kind"], "arguments": effect["arguments"]}


async def test_effects_are_said_in_sentences(living: Living) -> None:
    ana, ben, *_ = await living.founded("ana", "ben", "cleo")
    for kind, arguments, says in (
        ("AcceptItem", {"item": "bread.example/oven", "kind": "work"}, "bread.example/oven is taken into the commons."),
        (
            "Grant",
            {"licence": "ppl", "text": "For bread.", "to": ben.member},
            "@ben gets the licence ppl, on terms of its own.",
        ),
        (
            "Transfer",
            {"fund": "oven", "commodity": "eur", "amount": 7, "to": "The mill"},
            "7 eur go from the fund oven to The mill.",
        ),
    ):
        id = (await ana.post("/proposals", **_offer(kind, **arguments)))["payload"]["proposal"]
        shown = (await ana.get(f"/proposals/{id}"))["proposal"]
        assert shown["options"][0]["effects"][0]["says"] == says
