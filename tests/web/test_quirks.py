"""What breaks clients, one test per trap that the field has taught."""

import re
from typing import Any

import httpx
import pytest

from phyle.identity import actors
from tests.newcomers import pems
from tests.serving import Person, Server, answered, spoken

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def test_quirk_1_what_clients_ask_at_their_start_is_there(ana: Person) -> None:
    for path in (
        "/api/v1/announcements",
        "/api/v1/conversations",
        "/api/v1/custom_emojis",
        "/api/v1/featured_tags",
        "/api/v1/filters",
        "/api/v1/followed_tags",
        "/api/v1/instance/peers",
        "/api/v1/instance/rules",
        "/api/v1/lists",
        "/api/v1/markers?timeline[]=home",
        "/api/v1/notifications/policy",
        "/api/v1/notifications/requests",
        "/api/v1/notifications?limit=100&types[]=mention",
        "/api/v1/preferences",
        "/api/v1/scheduled_statuses",
        "/api/v1/timelines/home?limit=40",
        "/api/v1/timelines/home?limit=40&min_id=1",
        "/api/v1/timelines/list/1",
        "/api/v1/trends/links",
        "/api/v1/trends/statuses",
        "/api/v1/trends/tags",
        "/api/v2/filters",
        "/api/v2/instance",
        "/api/v2/notifications/policy",
        "/api/v2/suggestions",
        f"/api/v1/accounts/familiar_followers?id[]={ana.id}",
        f"/api/v1/accounts/{ana.id}",
        f"/api/v1/accounts/{ana.id}/featured_tags",
        f"/api/v1/accounts/{ana.id}/lists",
    ):
        await ana.get(path)


@pytest.mark.parametrize(
    "sent",
    [
        "com.tapbots.Ivory.10217:/request_token",
        "icecubesapp://\nmastodon-android-auth://callback",
        ["com.tapbots.Ivory.10217:/request_token", "https://elk.zone/api/x"],
        "urn:ietf:wg:oauth:2.0:oob",
    ],
)
async def test_quirk_2_every_scheme_may_be_redirected_to(server: Server, sent: Any) -> None:
    response = await server.client().post("/api/v1/apps", json={"client_name": "x", "redirect_uris": sent})
    expected = sent if isinstance(sent, list) else sent.split("\n")
    assert answered(response, 200)["redirect_uris"] == expected


@pytest.mark.parametrize("scheme", ["javascript", "DATA", "vbscript"])
async def test_quirk_2_but_for_those_that_run_in_the_page(server: Server, scheme: str) -> None:
    sent = {"client_name": "x", "redirect_uris": f"{scheme}:alert(1)"}
    answered(await server.client().post("/api/v1/apps", json=sent), 400)


async def test_quirk_3_trailing_slashes_answer_without_redirect(server: Server, ana: Person) -> None:
    assert (await ana.get("/api/v2/instance/"))["title"]
    assert (await ana.get("/api/v1/accounts/verify_credentials///"))["id"] == ana.id


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"display_name": "É", "fields_attributes": [{"name": "a", "value": "b"}]}},
        {"json": {"display_name": "É", "fields_attributes": {"0": {"name": "a", "value": "b"}}}},
        {"data": {"display_name": "É", "fields_attributes[0][name]": "a", "fields_attributes[0][value]": "b"}},
        {"data": {"display_name": "É", "fields_attributes[][name]": "a", "fields_attributes[][value]": "b"}},
        {
            "files": {
                "display_name": (None, "É"),
                "fields_attributes[0][name]": (None, "a"),
                "fields_attributes[0][value]": (None, "b"),
            }
        },
    ],
)
async def test_quirk_4_json_forms_and_multipart_with_rails_keys(ana: Person, sent: dict[str, Any]) -> None:
    mine = await ana.patch("/api/v1/accounts/update_credentials", **sent)
    assert mine["display_name"] == "É"
    assert mine["source"]["fields"] == [{"name": "a", "value": "b", "verified_at": None}]


async def test_quirk_4_delete_may_have_a_body(ana: Person) -> None:
    post = await ana.says("x")
    await ana.delete(f"/api/v1/statuses/{post['id']}", json={"delete_media": True})


async def test_quirk_4_types_in_both_styles(ana: Person, ben: Person) -> None:
    post = await ana.says("x")
    await ben.post(f"/api/v1/statuses/{post['id']}/favourite")
    await ben.post(f"/api/v1/statuses/{post['id']}/reblog")
    for style in ("types", "types[]"):
        found = await ana.get(f"/api/v1/notifications?{style}=favourite&{style}=follow")
        assert [each["type"] for each in found] == ["favourite"]
        found = await ana.get(f"/api/v1/notifications?exclude_{style}=favourite")
        assert [each["type"] for each in found] == ["reblog"]


async def test_quirk_5_every_answer_is_json(server: Server, ana: Person) -> None:
    browser = {"Accept": "text/html"}
    for path, status in (("/api/v1/nothing", 404), ("/api/v1/apps", 405), ("/api/v1/statuses/1", 404)):
        response = await ana.client.get(path, headers=browser)
        assert set(answered(response, status)) == {"error"}
        assert response.headers["content-type"].startswith("application/json")
    assert await ana.post("/api/v1/notifications/clear") == {}
    refused = await ana.post("/api/v1/statuses", 422, json={"status": ""})
    assert refused["details"]["text"] == [{"error": "ERR_BLANK", "description": "can't be blank"}]


async def test_quirk_6_the_words_of_errors(server: Server, ana: Person) -> None:
    anyone = server.client()
    assert answered(await anyone.get("/api/v1/timelines/home"), 401) == {"error": "The access token is invalid"}
    wrong = server.client("nonsense")
    assert answered(await wrong.get("/api/v1/timelines/public"), 401) == {"error": "The access token is invalid"}
    reader = server.client(await server.token(None, "read:lists"))
    said = {"error": "This action is outside the authorized scopes"}
    assert answered(await reader.get("/api/v1/timelines/public"), 403) == said
    assert await ana.get("/api/v1/statuses/12345", 404) == {"error": "Record not found"}
    assert await ana.get("/api/v1/statuses/nonsense", 404) == {"error": "Record not found"}


async def test_quirk_7_scopes_and_created_at_are_returned(server: Server) -> None:
    client = server.client()
    sent = {"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write:statuses"}
    made = answered(await client.post("/api/v1/apps", data=sent), 200)
    both = {"client_id": made["client_id"], "client_secret": made["client_secret"]}
    asked = {"grant_type": "client_credentials", "scope": "write:statuses", **both}
    token = answered(await client.post("/oauth/token", data=asked), 200)
    assert (token["scope"], token["token_type"]) == ("write:statuses", "Bearer")
    assert isinstance(token["created_at"], int)
    by_header = await client.post("/oauth/token", auth=tuple(both.values()), data={"grant_type": "client_credentials"})
    assert answered(by_header, 200)["scope"] == "read"
    password = {"grant_type": "password", "username": "ana", "password": "x", **both}
    assert answered(await client.post("/oauth/token", data=password), 400)["error"] == "unsupported_grant_type"


async def test_quirk_8_ids_are_numbers_in_strings_that_sort_by_time(ana: Person) -> None:
    ids = [(await ana.says(f"{number}"))["id"] for number in range(3)]
    assert all(isinstance(each, str) and each.isdigit() for each in ids)
    assert ids == sorted(ids, key=int)


async def test_quirk_9_paging(ana: Person) -> None:
    ids = [(await ana.says(f"{number}"))["id"] for number in range(6)]

    async def page(**asked: Any) -> tuple[list[str], dict[str, Any]]:
        response = await ana.client.get(f"/api/v1/accounts/{ana.id}/statuses", params=asked)
        return [each["id"] for each in response.json()], response.links

    found, links = await page(limit=2)
    assert found == [ids[5], ids[4]]
    assert links["next"]["url"].startswith("http://localhost:")
    older = (await ana.client.get(links["next"]["url"])).json()
    assert [each["id"] for each in older] == [ids[3], ids[2]]
    assert (await ana.client.get(links["prev"]["url"])).json() == []
    assert (await page(limit=2, since_id=ids[0]))[0] == [ids[5], ids[4]]
    assert (await page(limit=2, min_id=ids[0]))[0] == [ids[2], ids[1]]
    assert (await page(max_id="", limit=1))[0] == [ids[5]]
    _, links = await page(max_id=ids[1], limit=40)
    assert "next" in links


@pytest.mark.parametrize("faulty", ["limit=many", "max_id=abc", "min_id=-1", "since_id=99999999999999999999"])
async def test_quirk_9_bad_paging_values_are_named(ana: Person, faulty: str) -> None:
    said = await ana.get(f"/api/v1/timelines/home?{faulty}", 400)
    assert faulty.partition("=")[0] in said["error"]


async def test_quirk_9_relations_page_on_the_relation(ana: Person, ben: Person) -> None:
    ids = [(await ana.says(f"{number}"))["id"] for number in range(3)]
    for number in (ids[1], ids[2], ids[0]):
        await ben.post(f"/api/v1/statuses/{number}/favourite")
    response = await ben.client.get("/api/v1/favourites?limit=2")
    assert [each["id"] for each in response.json()] == [ids[0], ids[2]]
    older = await ben.client.get(response.links["next"]["url"])
    assert [each["id"] for each in older.json()] == [ids[1]]


async def test_quirk_10_dates(ana: Person) -> None:
    post = await ana.says("x")
    assert INSTANT.fullmatch(post["created_at"])
    edited = await ana.put(f"/api/v1/statuses/{post['id']}", json={"status": "y"})
    assert INSTANT.fullmatch(edited["edited_at"])
    mine = await ana.get("/api/v1/accounts/verify_credentials")
    assert INSTANT.fullmatch(mine["created_at"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", mine["last_status_at"])


async def test_quirk_11_streaming_is_named_and_says_that_it_is_not_there(server: Server, ana: Person) -> None:
    said = (await ana.get("/api/v2/instance"))["configuration"]["urls"]["streaming"]
    assert said == server.origin.replace("http", "ws")
    assert (await ana.get("/api/v1/instance"))["urls"]["streaming_api"] == said
    response = await ana.client.get("/api/v1/streaming/user")
    answered(response, 503)
    assert int(response.headers["retry-after"]) > 0
    handshake = (
        f"GET /api/v1/streaming?stream=user HTTP/1.1\r\nHost: localhost:{server.port}\r\nConnection: Upgrade\r\n"
        f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        f"Sec-WebSocket-Protocol: {ana.token}\r\n\r\n"
    )
    assert (await spoken(server, handshake.encode())).startswith(b"HTTP/1.1 503")


@pytest.mark.parametrize(
    "path", ["/api/v1/statuses", "/oauth/token", "/oauth/revoke", "/.well-known/x", "/nodeinfo/2.0"]
)
async def test_quirk_12_pages_of_other_origins_may_ask(server: Server, path: str) -> None:
    asked = {"Origin": "https://elk.zone", "Access-Control-Request-Method": "POST"}
    response = await server.client().options(path, headers=asked)
    assert response.status_code == 204
    allowed = response.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in ("authorization", "content-type", "idempotency-key"))
    for answer in (response, await server.client().get(path)):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert "Link" in answer.headers["access-control-expose-headers"]


async def test_quirk_12_but_not_what_knows_cookies(server: Server) -> None:
    for path in ("/", "/oauth/authorize"):
        response = await server.client().get(path, headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in response.headers


async def test_quirk_13_the_same_key_gives_the_same_post(ana: Person) -> None:
    key = {"Idempotency-Key": "abc"}
    first = await ana.post("/api/v1/statuses", headers=key, json={"status": "x"})
    again = await ana.post("/api/v1/statuses", headers=key, json={"status": "x"})
    other = await ana.post("/api/v1/statuses", headers={"Idempotency-Key": "abd"}, json={"status": "x"})
    assert first["id"] == again["id"] != other["id"]


async def test_quirk_14_uploads_are_refused_with_a_sentence(ana: Person) -> None:
    for path in ("/api/v1/media", "/api/v2/media"):
        said = await ana.post(path, 422, files={"file": ("x.png", b"\x89PNG")})
        assert "uploads" in said["error"]
    limits = (await ana.get("/api/v2/instance"))["configuration"]["statuses"]
    assert limits["max_media_attachments"] == 0


NEVER_NULL = {
    "Account": (
        "id username acct display_name note url uri avatar avatar_static header header_static created_at locked bot "
        "group emojis fields followers_count following_count statuses_count indexable"
    ),
    "Status": (
        "id uri created_at account content visibility sensitive spoiler_text media_attachments mentions tags emojis "
        "replies_count reblogs_count favourites_count favourited reblogged bookmarked muted filtered url"
    ),
    "Relationship": (
        "id following showing_reblogs notifying followed_by blocking blocked_by muting muting_notifications requested "
        "requested_by domain_blocking endorsed note"
    ),
    "Notification": "id type created_at account group_key",
    "Instance": "title domain description version languages registrations thumbnail contact configuration usage rules",
    "Context": "ancestors descendants",
    "StatusSource": "id text spoiler_text",
    "StatusEdit": "account content created_at emojis media_attachments sensitive spoiler_text",
    "Application": "id name redirect_uri redirect_uris scopes vapid_key",
    "Tag": "history id name url",
    "Marker": "last_read_id updated_at version",
    "Report": "action_taken category comment created_at forwarded id target_account",
    "Mention": "id username acct url",
}


def whole(kind: str, entity: dict[str, Any]) -> None:
    for name in NEVER_NULL[kind].split():
        assert entity.get(name) is not None, f"{kind}.{name} is missing or null: {entity}"


async def test_quirk_15_what_is_never_null_or_missing(ana: Person, ben: Person) -> None:
    post = await ana.says("@ben #hello https://example.com", spoiler_text="cw")
    number = post["id"]
    boost = await ben.post(f"/api/v1/statuses/{number}/reblog")
    edited = await ana.put(f"/api/v1/statuses/{number}", json={"status": "@ben #hello"})
    for status in (post, boost, boost["reblog"], edited, await ben.get(f"/api/v1/statuses/{number}")):
        whole("Status", status)
        whole("Account", status["account"])
        for mention in status["mentions"]:
            whole("Mention", mention)
    whole("Context", await ana.get(f"/api/v1/statuses/{number}/context"))
    whole("StatusSource", await ana.get(f"/api/v1/statuses/{number}/source"))
    for edit in await ana.get(f"/api/v1/statuses/{number}/history"):
        whole("StatusEdit", edit)
    for notification in await ana.get("/api/v1/notifications"):
        whole("Notification", notification)
        whole("Account", notification["account"])
    whole("Relationship", await ana.post(f"/api/v1/accounts/{ben.id}/follow"))
    whole("Account", await ana.get("/api/v1/accounts/verify_credentials"))
    whole("Application", await ana.get("/api/v1/apps/verify_credentials"))
    whole("Tag", await ana.get("/api/v1/tags/hello"))
    whole("Marker", (await ana.post("/api/v1/markers", json={"home": {"last_read_id": number}}))["home"])
    whole("Report", await ana.post("/api/v1/reports", json={"account_id": ben.id}))
    instance = await ana.get("/api/v2/instance")
    whole("Instance", instance)
    assert instance["registrations"]["enabled"] is True
    assert isinstance(instance["contact"]["email"], str)
    assert instance["thumbnail"]["url"]


async def test_quirk_15_the_pictures_of_those_who_have_none_are_there(ana: Person) -> None:
    mine = await ana.get("/api/v1/accounts/verify_credentials")
    instance = await ana.get("/api/v2/instance")
    for url in (mine["avatar"], mine["header"], instance["thumbnail"]["url"]):
        response = await ana.client.get(url)
        assert (response.status_code, response.headers["content-type"]) == (200, "image/png")
        again = await ana.client.get(url, headers={"If-None-Match": response.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert (await ana.client.get("/static/..%2fpyproject.toml")).status_code == 404


async def test_quirk_16_a_group_says_so(server: Server, ana: Person) -> None:
    rsa, ed25519 = pems()
    async with server.store.transaction() as tx:
        group = await actors.create(tx, "gardeners", kind="Group", rsa=rsa, ed25519=ed25519)
    assert (await ana.get(f"/api/v1/accounts/{group.id}"))["group"] is True
    assert (await ana.get(f"/api/v1/accounts/{ana.id}"))["group"] is False


async def test_the_version_claims_no_more_than_is_there(ana: Person) -> None:
    for path in ("/api/v1/instance", "/api/v2/instance"):
        said = await ana.get(path)
        assert re.fullmatch(r"4\.2\.0 \(compatible; Phyle \d+\.\d+\.\d+\S*\)", said["version"])
        assert "api_versions" not in said


async def test_head_is_answered_as_get_is(server: Server) -> None:
    client: httpx.AsyncClient = server.client()
    head, get = await client.head("/api/v2/instance"), await client.get("/api/v2/instance")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    hot = await client.head("/api/v1/timelines/public")
    assert (hot.status_code, hot.content) == (200, b"")
