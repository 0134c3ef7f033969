"""Publishing and answering on pages: forms in, posts and follows out."""

from urllib.parse import urlencode

from phyle.conversation import follows, publishing
from phyle.conversation.publishing import Draft
from phyle.store.transaction import in_transaction
from tests.newcomers import newcomer
from tests.people import elsewhere, sends, sql
from tests.serving import Server, Start
from tests.web.pages.browser import Browser
from tests.web.pages.visiting import ALL_ROUTES, logged_in


def interaction(uri: str) -> str:
    return "/authorize_interaction?" + urlencode({"uri": uri})


async def test_share(site: Server, browser: Browser) -> None:
    await newcomer(site.store, "ana")
    await browser.open("/share?" + urlencode({"text": "Worth reading & more", "url": "https://example.org/a?b=c&d"}))
    assert browser.path.startswith("/auth/sign_in")
    await browser.press("Log in", login="ana", password="correct horse")
    form = browser.page.form
    assert form.values["text"] == "Worth reading & more\n\nhttps://example.org/a?b=c&d"
    form.values |= {"spoiler": "a warning", "visibility": "unlisted"}
    await browser.send(form, "Publish")
    assert browser.path.startswith("/@ana/")
    assert "a warning" in browser.page.words
    first = browser.path
    await browser.send(form, "Publish")
    assert browser.path == first


async def test_share_keeps_what_cannot_be_published(site: Server, anas: Browser) -> None:
    await anas.open("/share")
    await anas.press("Publish", 422, text="x" * 5001)
    assert anas.page.form.values["text"] == "x" * 5001
    assert "character limit" in anas.page.words
    await anas.press("Publish", 422, text="  ")
    await anas.press("Publish", 404, text="x", visibility="everyone")


async def test_follow(site: Server, anas: Browser) -> None:
    ben = await newcomer(site.store, "ben")
    locked = await newcomer(site.store, "dora")
    async with site.store.transaction() as tx:
        await sql(tx, "UPDATE identity.actors SET locked = true WHERE id = $1", locked.actor.id)
    for uri in (f"acct:ben@{site.store.settings.domain}", "@ben", ben.actor.uri, ben.actor.url):
        await anas.open(interaction(uri))
        assert "Follow" in anas.page.form.buttons
    await anas.press("Follow")
    assert "You follow ben" in anas.page.words
    assert not [form for form in anas.page.forms if "Follow" in form.buttons]
    await anas.open("/@dora")
    await anas.click("Follow")
    await anas.press("Follow")
    assert "You asked to follow" in anas.page.words
    await anas.open(interaction("@ana"))
    assert "This is you" in anas.page.words


async def test_answers_to_a_post(site: Server, anas: Browser) -> None:
    ben = await newcomer(site.store, "ben")
    async with site.store.transaction() as tx:
        post = await publishing.publish(tx, ben.actor, Draft(text="a question", visibility="unlisted"))
    await anas.open(f"/@ben/{post.id}")
    await anas.click("Reply, boost or favourite")
    await anas.press("Favourite")
    assert "You favourited it" in anas.page.words
    await anas.press("Boost")
    assert "You boosted it" in anas.page.words
    form = next(form for form in anas.page.forms if "Reply" in form.buttons)
    assert form.values["text"] == "@ben "
    assert form.values["visibility"] == "unlisted"
    await anas.send(form, "Reply", 422, text=" ")
    await anas.send(form, "Reply", text="@ben an answer")
    assert "a question" in anas.page.words
    assert "an answer" in anas.page.words
    async with site.store.reading() as tx:
        counts = await sql(
            tx, "SELECT replies_count, boosts_count, favourites_count FROM conversation.posts WHERE id = $1", post.id
        )
    assert list(counts[0]) == [1, 1, 1]


async def test_what_is_private_stays_so(site: Server, anas: Browser) -> None:
    ben = await newcomer(site.store, "ben")
    async with site.store.transaction() as tx:
        secret = await publishing.publish(tx, ben.actor, Draft(text="a secret", visibility="followers"))
        direct = await publishing.publish(tx, ben.actor, Draft(text="@ana psst", visibility="direct"))
    await anas.open(interaction(secret.uri), 404)
    assert "a secret" not in anas.page.words
    await anas.open(interaction(direct.uri))
    assert "Boost" not in [button for form in anas.page.forms for button in form.buttons]
    form = next(form for form in anas.page.forms if "Reply" in form.buttons)
    assert form.values["visibility"] == "direct"
    for action, status in (("reply", 404), ("favourite", 404), ("boost", 404)):
        form.values |= {"post": str(secret.id), "action": action, "text": "x"}
        form.buttons["Send"] = ("action", action)
        await anas.send(form, "Send", status)


async def test_asks_other_servers_without_holding_a_transaction(start: Start) -> None:
    asked: list[tuple[str, bool]] = []
    known: dict[str, int] = {}

    async def resolve(name: str) -> int | None:
        asked.append((name, in_transaction.get()))
        return known.get(name)

    async def resolve_post(name: str) -> int | None:
        asked.append((name, in_transaction.get()))
        return known.get(name)

    site = await start(tables={"routes": ALL_ROUTES, "resolve_actor": resolve, "resolve_post": resolve_post})
    await newcomer(site.store, "ana")
    browser = await logged_in(Browser(site.client()), "ana")
    async with site.store.transaction() as tx:
        mira = await elsewhere(tx, "mira")
        post = await sends(tx, mira)
    known |= {"someone@else.example": mira.id, "https://else.example/1": post.id}
    await browser.open(interaction("acct:someone@else.example"))
    await browser.press("Follow")
    assert "You asked to follow" in browser.page.words
    await browser.open(interaction("https://far.example/other"), 404)
    assert "Nothing was found" in browser.page.words
    assert browser.page.form.values["uri"] == "https://far.example/other"
    assert asked == [
        ("someone@else.example", False),
        ("https://far.example/other", False),
        ("https://far.example/other", False),
    ]
    async with site.store.reading() as tx:
        account = await sql(tx, "SELECT id FROM identity.actors WHERE name = 'ana'")
        assert (await follows.relationship(tx, account[0]["id"], mira.id)).requested
    await browser.open("/authorize_interaction")
    assert "Find" in browser.page.form.buttons


async def test_a_post_elsewhere_is_shown_here_to_members(site: Server, anas: Browser) -> None:
    async with site.store.transaction() as tx:
        post = await sends(tx, await elsewhere(tx, "mira"), content="<p>far away</p>")
    await anas.open(f"/@mira@far.example/{post.id}")
    assert "far away" in anas.page.words
    assert anas.page.links["Original"] == post.uri


async def test_whose_session_ended_is_asked_to_log_in(site: Server, anas: Browser) -> None:
    await anas.open("/share")
    async with site.store.transaction() as tx:
        await sql(tx, "DELETE FROM identity.sessions")
    await anas.press("Publish", 401, text="nearly lost")
    assert "log in first" in anas.page.words


async def test_members_look_for_people_on_the_front_page(site: Server, anas: Browser) -> None:
    await newcomer(site.store, "ben")
    await anas.open("/")
    await anas.press("Find", uri="@ben")
    assert "Follow" in anas.page.form.buttons
