"""People through the API: signing up, profiles, relations, search."""

import pytest

from phyle.federation import peers
from phyle.identity import accounts, actors
from tests.serving import Person, Server, Start, answered

FORM = {"username": "cleo", "email": "cleo@mail.example", "password": "a long password", "agreement": "true"}


async def sign_up(server: Server, status: int = 200, **changes: str) -> dict[str, str]:
    app = server.client(await server.token(None, "read write"))
    answer: dict[str, str] = answered(await app.post("/api/v1/accounts", data={**FORM, **changes}), status)
    return answer


async def test_who_signs_up_gets_a_token_that_works_at_once(server: Server) -> None:
    token = await sign_up(server)
    cleo = server.client(token["access_token"])
    mine = answered(await cleo.get("/api/v1/accounts/verify_credentials"), 200)
    assert (mine["username"], "role" in mine) == ("cleo", False)
    answered(await cleo.post("/api/v1/statuses", json={"status": "I am here"}), 200)


async def test_faults_are_told_field_by_field(server: Server) -> None:
    said = await sign_up(server, 422, username="not a name", email="nowhere", agreement="false")
    assert set(said["details"]) == {"username", "email", "agreement"}
    await sign_up(server)
    said = await sign_up(server, 422, username="CLEO", email="other@mail.example")
    assert set(said["details"]) == {"username"}


async def test_closed_means_closed(start: Start) -> None:
    server = await start(PHYLE_REGISTRATION="closed")
    await sign_up(server, 403)
    instance = answered(await server.client().get("/api/v2/instance"), 200)
    assert instance["registrations"]["enabled"] is False


async def test_whoever_applies_waits(start: Start) -> None:
    server = await start(PHYLE_REGISTRATION="application")
    token = await sign_up(server, reason="I like it")
    cleo = server.client(token["access_token"])
    said = answered(await cleo.get("/api/v1/accounts/verify_credentials"), 403)
    assert "pending" in said["error"]


async def test_a_revoked_token_ends(server: Server) -> None:
    client = server.client()
    app = answered(await client.post("/api/v1/apps", data={"client_name": "x", "redirect_uris": "x://y"}), 200)
    both = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    token = answered(await client.post("/oauth/token", data={"grant_type": "client_credentials", **both}), 200)
    held = server.client(token["access_token"])
    assert answered(await held.get("/api/v1/apps/verify_credentials"), 200)["name"] == "x"
    assert answered(await client.post("/oauth/revoke", data={"token": token["access_token"], **both}), 200) == {}
    answered(await held.get("/api/v1/apps/verify_credentials"), 401)
    answered(await client.post("/oauth/revoke", data={"token": "x", "client_id": "x", "client_secret": "x"}), 401)


async def test_following_and_what_follows(server: Server, ana: Person, ben: Person) -> None:
    await ana.says("before")
    await server.work()
    there = await ben.post(f"/api/v1/accounts/{ana.id}/follow", data={"notify": "true", "reblogs": "false"})
    assert (there["following"], there["notifying"], there["showing_reblogs"]) == (True, True, False)
    await ana.says("after")
    await server.work()
    assert ["after" in post["content"] for post in await ben.get("/api/v1/timelines/home")] == [True, False]
    assert [each["type"] for each in await ben.get("/api/v1/notifications")] == ["status"]
    for path, whom in ((f"{ana.id}/followers", ben), (f"{ben.id}/following", ana)):
        assert [each["id"] for each in await ana.get(f"/api/v1/accounts/{path}")] == [whom.id]
    both = await ana.get(f"/api/v1/accounts/relationships?id[]={ben.id}&id[]={ana.id}&id[]=1")
    assert [(each["id"], each["followed_by"]) for each in both] == [(ben.id, True), (ana.id, False)]
    assert (await ana.post(f"/api/v1/accounts/{ben.id}/remove_from_followers"))["followed_by"] is False
    await ben.post(f"/api/v1/accounts/{ben.id}/follow", 403)


async def test_who_is_locked_is_asked(ana: Person, ben: Person) -> None:
    await ana.patch("/api/v1/accounts/update_credentials", data={"locked": "true"})
    assert (await ben.post(f"/api/v1/accounts/{ana.id}/follow"))["requested"] is True
    assert (await ana.get("/api/v1/accounts/verify_credentials"))["source"]["follow_requests_count"] == 1
    assert [each["id"] for each in await ana.get("/api/v1/follow_requests")] == [ben.id]
    assert (await ana.post(f"/api/v1/follow_requests/{ben.id}/authorize"))["followed_by"] is True
    await ana.post(f"/api/v1/follow_requests/{ben.id}/authorize", 404)
    assert (await ben.post(f"/api/v1/accounts/{ana.id}/unfollow"))["following"] is False
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    assert (await ana.post(f"/api/v1/follow_requests/{ben.id}/reject"))["requested_by"] is False


async def test_blocks_mutes_and_notes(ana: Person, ben: Person) -> None:
    post = await ana.says("x")
    assert (await ana.post(f"/api/v1/accounts/{ben.id}/mute", json={"duration": 60}))["muting"] is True
    assert (await ana.get("/api/v1/mutes"))[0]["mute_expires_at"] is not None
    assert (await ana.post(f"/api/v1/accounts/{ben.id}/unmute"))["muting"] is False
    assert (await ana.post(f"/api/v1/accounts/{ben.id}/block"))["blocking"] is True
    assert [each["id"] for each in await ana.get("/api/v1/blocks")] == [ben.id]
    await ben.get(f"/api/v1/statuses/{post['id']}", 404)
    await ben.post(f"/api/v1/accounts/{ana.id}/follow", 403)
    assert (await ana.post(f"/api/v1/accounts/{ben.id}/unblock"))["blocking"] is False
    assert (await ana.post(f"/api/v1/accounts/{ben.id}/note", json={"comment": "kind"}))["note"] == "kind"
    assert (await ben.get(f"/api/v1/accounts/relationships?id={ana.id}"))[0]["note"] == ""


@pytest.mark.parametrize("name", ["ana", "ANA", "@ana", "ana@localhost:{port}", "@ana@localhost:{port}"])
async def test_lookup(server: Server, ana: Person, name: str) -> None:
    found = await ana.get("/api/v1/accounts/lookup", params={"acct": name.format(port=server.port)})
    assert found["id"] == ana.id


async def test_lookup_of_nobody(ana: Person) -> None:
    for name in ("nobody", "ana@far.example", ""):
        await ana.get("/api/v1/accounts/lookup", 404, params={"acct": name})


async def test_search(server: Server, ana: Person, ben: Person) -> None:
    post = await ana.says("x")
    for words in ("be", "@ben", f"ben@localhost:{server.port}", f"{server.origin}/@ben", ben.actor.uri):
        found = await ana.get("/api/v2/search", params={"q": words})
        assert [each["id"] for each in found["accounts"]] == [ben.id], words
    for words in (post["url"], post["uri"]):
        found = await ana.get("/api/v2/search", params={"q": words})
        assert [each["id"] for each in found["statuses"]] == [post["id"]], words
    assert (await ana.get("/api/v2/search?q=%23Garden&type=hashtags"))["hashtags"][0]["name"] == "garden"
    assert await ana.get("/api/v2/search?q=") == {"accounts": [], "statuses": [], "hashtags": []}
    assert [each["id"] for each in await ana.get("/api/v1/accounts/search?q=ben&limit=1")] == [ben.id]


async def test_search_asks_other_servers_for_members_only(start: Start) -> None:
    asked: list[str] = []
    known: list[int] = []

    async def resolve_actor(name: str) -> int | None:
        asked.append(name)
        return known[0] if "@" in name else None

    async def resolve_post(address: str) -> int | None:
        asked.append(address)
        return known[1]

    server = await start(tables={"resolve_actor": resolve_actor, "resolve_post": resolve_post})
    ana = await server.person("ana")
    known += [ana.actor.id, int((await ana.says("x"))["id"])]
    found = await ana.get("/api/v2/search", params={"q": "@new@far.example", "resolve": "true"})
    assert (asked, [each["id"] for each in found["accounts"]]) == (["new@far.example"], [ana.id])
    found = await ana.get("/api/v2/search", params={"q": "https://far.example/1", "resolve": "true"})
    assert [each["id"] for each in found["statuses"]] == [str(known[1])]
    asked.clear()
    answered(await server.client().get("/api/v2/search", params={"q": "@new@far.example", "resolve": "1"}), 403)
    await ana.get("/api/v2/search", params={"q": "@new@far.example"})
    await ana.get("/api/v2/search", params={"q": "just words", "resolve": "true"})
    assert asked == []


async def test_a_suspended_account_shows_nothing_and_may_nothing(server: Server, ana: Person, ben: Person) -> None:
    await ana.patch("/api/v1/accounts/update_credentials", data={"display_name": "Ana", "note": "words"})
    post = await ana.says("x")
    async with server.store.transaction() as tx:
        await accounts.suspend(tx, await accounts.by_actor(tx, ana.actor.id))
    await ana.get("/api/v1/timelines/home", 403)
    shown = await ben.get(f"/api/v1/accounts/{ana.id}")
    assert (shown["display_name"], shown["note"], shown["suspended"]) == ("", "", True)
    assert await ben.get(f"/api/v1/accounts/{ana.id}/statuses") == []
    await ben.get(f"/api/v1/statuses/{post['id']}", 404)


async def test_one_who_moved_says_where_to(server: Server, ana: Person, ben: Person) -> None:
    async with server.store.transaction() as tx:
        await tx.run(actors.SQL.set_moved, ana.actor.id, ben.actor.uri)
    assert (await ben.get(f"/api/v1/accounts/{ana.id}"))["moved"]["id"] == ben.id
    await ben.post(f"/api/v1/accounts/{ana.id}/follow", 403)


async def test_a_report_names_the_posts_of_the_one_it_is_about(ana: Person, ben: Person) -> None:
    theirs, mine = await ben.says("x"), await ana.says("y")
    sent = {"account_id": ben.id, "status_ids": [theirs["id"], mine["id"], "1"], "comment": "bad", "category": "spam"}
    report = await ana.post("/api/v1/reports", json=sent)
    assert (report["status_ids"], report["category"], report["target_account"]["id"]) == (
        [theirs["id"]],
        "spam",
        ben.id,
    )
    await ana.post("/api/v1/reports", 404, json={"account_id": "1"})
    await ana.post("/api/v1/reports", 404, json={})


async def test_what_the_instance_counts(server: Server, ana: Person) -> None:
    await ana.says("x")
    await ana.says("y")
    stats = answered(await server.client().get("/api/v1/instance"), 200)["stats"]
    assert stats == {"user_count": 1, "status_count": 2, "domain_count": 0}
    assert answered(await server.client().get("/api/v1/instance/peers"), 200) == []
    async with server.store.transaction() as tx:
        for host in ("good.example", "evil.example", "sub.evil.example"):
            await peers.heard(tx, host, rfc9421=False)
        await peers.block(tx, "evil.example", "spam")
    assert answered(await server.client().get("/api/v1/instance/peers"), 200) == ["good.example"]


async def test_how_far_one_has_read(ana: Person) -> None:
    sent = {"home[last_read_id]": "12", "notifications[last_read_id]": "13"}
    written = await ana.post("/api/v1/markers", data=sent)
    assert {name: marker["last_read_id"] for name, marker in written.items()} == {"home": "12", "notifications": "13"}
    assert set(await ana.get("/api/v1/markers?timeline[]=home&timeline[]=nonsense")) == {"home"}
    assert (await ana.post("/api/v1/markers", json={"home": {"last_read_id": "14"}}))["home"]["version"] == 2
    await ana.post("/api/v1/markers", 400, json={"home": {"last_read_id": "far"}})
