"""What pages show, and to whom."""

from typing import Any

import pytest

from phyle.conversation import follows, publishing, reactions, relations
from phyle.conversation.posts import Post
from phyle.conversation.publishing import Draft
from phyle.identity import accounts, actors, operator_acts
from phyle.identity.accounts import Account
from phyle.identity.beginning import begin
from tests.newcomers import newcomer
from tests.people import elsewhere, sends, sql
from tests.serving import Server
from tests.web.pages.browser import Browser
from tests.web.pages.visiting import Visit, logged_in

ACTIVITY = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


async def says(site: Server, account: Account, text: str, **draft: Any) -> Post:
    async with site.store.transaction() as tx:
        return await publishing.publish(tx, account.actor, Draft(text=text, **draft))


def metas(browser: Browser) -> dict[str, str]:
    return {each.get("name") or each.get("property", ""): each.get("content", "") for each in browser.page.all("meta")}


async def test_front_page_shows_what_is_public_and_from_here(site: Server, browser: Browser) -> None:
    ana = await newcomer(site.store, "ana")
    for visibility in ("public", "unlisted", "followers", "direct"):
        await says(site, ana, f"this is {visibility}.", visibility=visibility)
    async with site.store.transaction() as tx:
        await sends(tx, await elsewhere(tx, "mira"), content="<p>from afar</p>")
    await browser.open("/")
    assert "this is public." in browser.page.words
    assert not [word for word in ("unlisted.", "followers.", "direct.", "afar") if word in browser.page.words]
    assert site.store.settings.domain in browser.page.words


async def test_older_posts(site: Server, browser: Browser) -> None:
    ana = await newcomer(site.store, "ana")
    async with site.store.transaction() as tx:
        for number in range(1, 43):
            await publishing.publish(tx, ana.actor, Draft(text=f"post{number}. #counted"))
    for path in ("/", "/@ana", "/@ana?replies=true", "/tags/Counted"):
        seen: list[str] = []
        await browser.open(path)
        while True:
            seen += [word for word in browser.page.words.split() if word.startswith("post") and word.endswith(".")]
            if "Older posts" not in browser.page.links:
                break
            await browser.click("Older posts")
        assert seen == [f"post{number}." for number in range(42, 0, -1)]


async def test_profile(site: Server, browser: Browser) -> None:
    ana = await newcomer(site.store, "ana")
    async with site.store.transaction() as tx:
        await sql(
            tx,
            "UPDATE identity.actors SET display_name = 'Ana F', summary = '<p>Weaver</p>', fields = $2 WHERE id = $1",
            ana.actor.id,
            [
                {"name": "Site", "value": '<a href="https://ana.example/">ana.example</a>'},
                {"name": "Home", "value": '<a href="https://ana.example/">https://ana.example/</a>'},
                {"name": "Cat", "value": "one <b>big</b>"},
            ],
        )
    post = await says(site, ana, "Hello")
    await says(site, ana, "Again", reply_to=post.id)
    await browser.open("/@ANA")
    assert "Ana F" in browser.page.words
    assert "Weaver" in browser.page.words
    assert [each["href"] for each in browser.page.all("a") if "me" in each.get("rel", "").split()] == [
        "https://ana.example/"
    ]
    links = {each["rel"]: each["href"] for each in browser.page.all("link")}
    assert links["canonical"] == f"{site.origin}/@ana"
    assert links["alternate"] == ana.actor.uri
    assert "noindex" in metas(browser)["robots"]
    assert metas(browser)["og:title"] == f"Ana F (@ana@{site.store.settings.domain})"
    async with site.store.transaction() as tx:
        await sql(tx, "UPDATE identity.actors SET indexable = true WHERE id = $1", ana.actor.id)
    await browser.open("/@ana")
    assert "robots" not in metas(browser)
    await browser.open(f"/@ana/{post.id}")
    assert "robots" not in metas(browser)


async def test_replies_are_behind_a_tab(site: Server, browser: Browser) -> None:
    ana, ben = await newcomer(site.store, "ana"), await newcomer(site.store, "ben")
    post = await says(site, ben, "asking")
    await says(site, ana, "answering", reply_to=post.id)
    await browser.open("/@ana")
    assert "answering" not in browser.page.words
    await browser.click("Posts and replies")
    assert "answering" in browser.page.words


async def test_nobody_and_nobody_any_more(site: Server, browser: Browser) -> None:
    await begin(site.store)
    ana, ben = await newcomer(site.store, "ana"), await newcomer(site.store, "ben")
    post = await says(site, ana, "still here")
    async with site.store.transaction() as tx:
        service = await actors.service(tx)
        await accounts.suspend(tx, ana)
        await sql(tx, "UPDATE identity.actors SET deleted_at = now() WHERE id = $1", ben.actor.id)
    for path in ("/@nobody", "/@", "/@nobody/1", "/@ana/x", f"/@{service.name}", "/@a@b@c", "/@%20", "/@" + "a" * 3000):
        await browser.open(path, 404)
    for path in ("/@ana", f"/@ana/{post.id}"):
        await browser.open(path, 404)
    await browser.open("/@ben", 410)
    await browser.open("/")
    assert "still here" not in browser.page.words


async def test_profiles_elsewhere_are_shown_where_they_live(site: Server, browser: Browser) -> None:
    async with site.store.transaction() as tx:
        mira = await elsewhere(tx, "mira")
        post = await sends(tx, mira, content="<p>far away</p>")
    await browser.open("/@mira@far.example")
    assert browser.left_for == mira.url
    await browser.open(f"/@mira@far.example/{post.id}")
    assert browser.left_for == post.uri
    await browser.open("/@mira", 404)
    await browser.open("/@mira@near.example", 404)


async def test_own_domain_in_a_name(site: Server, browser: Browser) -> None:
    await newcomer(site.store, "ana")
    await browser.open(f"/@ana@{site.store.settings.domain}")
    assert browser.response.status_code == 200


async def test_servers_get_documents(site: Server) -> None:
    ana = await newcomer(site.store, "ana")
    post = await says(site, ana, "Hello")
    client = site.client()
    for accept in ("application/activity+json", ACTIVITY, f"{ACTIVITY}, application/activity+json, text/html;q=0.1"):
        profile = await client.get("/@ana", headers={"Accept": accept})
        assert profile.headers["content-type"].startswith("application/activity+json")
        assert "accept" in profile.headers["vary"].lower()
        assert profile.json()["id"] == ana.actor.uri
        page = await client.get(f"/@ana/{post.id}", headers={"Accept": accept})
        assert (page.status_code, page.headers["location"]) == (302, post.uri)
    assert (await client.get("/@nobody", headers={"Accept": ACTIVITY})).json()["error"]
    for accept in ("*/*", "text/html", "", "text/html,application/activity+json"):
        for path in ("/@ana", f"/@ana/{post.id}"):
            page = await client.get(path, headers={"Accept": accept})
            assert page.headers["content-type"].startswith("text/html")
            assert "Accept" in page.headers["vary"]


async def test_thread(site: Server, browser: Browser) -> None:
    ana, ben = await newcomer(site.store, "ana"), await newcomer(site.store, "ben")
    first = await says(site, ana, "first.")
    second = await says(site, ben, "second.", reply_to=first.id)
    await says(site, ana, "third.", reply_to=second.id)
    await says(site, ana, "hidden.", reply_to=second.id, visibility="direct")
    await browser.open(f"/@ben/{second.id}")
    assert [word for word in browser.page.words.split() if word in ("first.", "second.", "third.", "hidden.")] == [
        "first.",
        "second.",
        "third.",
    ]
    assert {each["href"] for each in browser.page.all("link") if each["rel"] == "alternate"} == {second.uri}
    assert metas(browser)["og:description"] == "second."


@pytest.mark.threat("E7")
async def test_who_sees_which_post(site: Server, visit: Visit) -> None:
    ana = await newcomer(site.store, "ana")
    people = {name: await newcomer(site.store, name) for name in ("follower", "named", "stranger", "blocked")}
    async with site.store.transaction() as tx:
        await follows.follow(tx, people["follower"].actor, ana.actor)
        await follows.follow(tx, people["blocked"].actor, ana.actor)
        await relations.block(tx, ana.actor, people["blocked"].actor)
    posts = {
        visibility: await says(site, ana, f"said {visibility} to @named", visibility=visibility)
        for visibility in ("public", "unlisted", "followers", "direct")
    }
    allowed = {
        "": {"public", "unlisted"},
        "ana": {"public", "unlisted", "followers", "direct"},
        "follower": {"public", "unlisted", "followers"},
        "named": {"public", "unlisted", "followers", "direct"},
        "stranger": {"public", "unlisted"},
        "blocked": set(),
    }
    for name, seen in allowed.items():
        browser = await logged_in(visit(), name) if name else visit()
        for visibility, post in posts.items():
            await browser.open(f"/@ana/{post.id}", 200 if visibility in seen else 404)
            assert (f"said {visibility}" in browser.page.words) == (visibility in seen)
            assert ("said" in metas(browser).get("og:description", "")) == (visibility in seen & {"public", "unlisted"})
        await browser.open("/@ana")
        assert {each for each in posts if f"said {each}" in browser.page.words} == seen
        cached = browser.response.headers["cache-control"]
        assert cached == ("private, no-store" if name else "no-cache")


async def test_other_addresses_of_a_post(site: Server, browser: Browser) -> None:
    ana, ben = await newcomer(site.store, "ana"), await newcomer(site.store, "ben")
    post = await says(site, ana, "Hello")
    async with site.store.transaction() as tx:
        boost = await reactions.boost(tx, ben.actor, post.id)
    for path in (f"/@ben/{post.id}", f"/@ben/{boost.id}", f"/@ANA/{post.id}"):
        await browser.open(path)
        assert browser.path.lower() == f"/@ana/{post.id}"
    await browser.open("/@ben")
    assert "Boosted by" in browser.page.words


async def test_deleted_post(site: Server, browser: Browser) -> None:
    ana = await newcomer(site.store, "ana")
    post = await says(site, ana, "Hello")
    async with site.store.transaction() as tx:
        await publishing.delete(tx, ana.actor, post)
    await site.work()
    await browser.open(f"/@ana/{post.id}", 410)


async def test_warnings_and_attachments(site: Server, browser: Browser) -> None:
    ana = await newcomer(site.store, "ana")
    await says(site, ana, "the text", spoiler="the warning")
    async with site.store.transaction() as tx:
        picture = {"type": "image", "url": "https://far.example/a.png", "preview_url": None, "description": "a cat"}
        odd = {"type": "image", "url": "javascript:alert(1)", "description": "no cat"}
        post = await sends(tx, await elsewhere(tx, "mira"), sensitive=True, attachments=[picture, odd])
        await reactions.boost(tx, ana.actor, post.id)
    await browser.open("/@ana")
    assert [each["alt"] for each in browser.page.all("img") if each["src"].startswith("https://far")] == ["a cat"]
    assert "no cat" not in browser.page.document
    assert len(browser.page.all("details")) == 2


async def test_tags(site: Server, browser: Browser) -> None:
    ana = await newcomer(site.store, "ana")
    await says(site, ana, "red #Dyes")
    await says(site, ana, "secret #Dyes", visibility="followers")
    await browser.open("/")
    await browser.click("#Dyes")
    assert "red" in browser.page.words
    assert "secret" not in browser.page.words
    await browser.open("/tags/nothing")
    assert "none yet" in browser.page.words
    await browser.open("/tags/a%20b", 404)


async def test_operator(site: Server, browser: Browser) -> None:
    await browser.open("/operator")
    assert "none so far" in browser.page.words
    async with site.store.transaction() as tx:
        for number in range(1, 102):
            await operator_acts.record(tx, "block", f"host{number}.example", f"reason{number}.")
    await browser.open("/operator")
    assert "Blocked the server host101.example" in " ".join(browser.page.words.split())
    assert "reason1." not in browser.page.words.split()
    await browser.click("Older acts")
    assert "reason1." in browser.page.words.split()


async def test_about(site: Server, browser: Browser) -> None:
    await newcomer(site.store, "ana")
    await browser.open("/about")
    assert "1 of them active" in browser.page.words


async def test_errors_are_pages_for_people_only(site: Server, browser: Browser) -> None:
    await browser.open("/@nobody", 404)
    assert "nobody here by the name" in browser.page.words
    plain = await site.client().get("/@nobody", headers={"Accept": "application/json"})
    assert plain.json()["error"]
    await browser.open("/?max_id=x", 400)
