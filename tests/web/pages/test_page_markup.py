"""Every page, with the most hostile content: nothing runs, nothing breaks out, and people find their way."""

import re
from collections.abc import AsyncIterator

import pytest

from phyle.conversation import moving, publishing, reactions
from phyle.conversation.publishing import Draft
from phyle.identity import operator_acts, scopes, tokens
from phyle.web.pages import words
from tests.newcomers import newcomer
from tests.people import elsewhere, sends, sql
from tests.serving import Server
from tests.web.pages.browser import Browser, Page
from tests.web.pages.visiting import OUT_OF_BAND, Visit, logged_in, program

ABROAD = "/@mira"  # to where nobody in particular is sent on
HOSTILE = "\u202e\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}</title></textarea>"


async def _hostile(site: Server) -> list[str]:
    """Addresses of pages on which strangers' words stand."""
    ana, ben = await newcomer(site.store, "ana"), await newcomer(site.store, "ben")
    application, _ = await program(site)
    async with site.store.transaction() as tx:
        mira = await elsewhere(tx, "mira")
        await tokens.issue(tx, application=application.id, actor=ana.actor.id, scopes="read")
        await sql(tx, "UPDATE identity.applications SET name = $1", HOSTILE)
        await moving.add_alias(tx, ana.actor, mira)
        for actor in (ana.actor, ben.actor, mira):
            await sql(
                tx,
                "UPDATE identity.actors SET display_name = $2, avatar_url = 'javascript:alert(1)', header_url = $2,"
                " summary = '<p onclick=\"alert(1)\">x<script>alert(1)</script>', fields = $3 WHERE id = $1",
                actor.id,
                HOSTILE,
                [
                    {"name": HOSTILE, "value": HOSTILE},
                    {"name": "x", "value": "javascript:alert(1)"},
                    {
                        "name": "y",
                        "value": '<a href="https://a.example/&quot;onclick=1">https://a.example/"onclick=1</a>',
                    },
                ],
            )
        draft = Draft(text=f"{HOSTILE} #tag", spoiler=HOSTILE, language='en"x')
        typed = await publishing.publish(tx, ben.actor, draft)
        await publishing.publish(tx, ana.actor, Draft(text=HOSTILE, reply_to=typed.id))
        sent = await sends(
            tx,
            mira,
            title=HOSTILE,
            url="javascript:alert(1)",
            attachments=[{"type": HOSTILE, "url": 'https://a.example/"x', "description": HOSTILE}],
            poll={"options": [{"title": HOSTILE, "votes_count": 1}]},
        )
        await reactions.boost(tx, ben.actor, sent.id)
        await operator_acts.record(tx, "block", HOSTILE, HOSTILE)
    asking = f"response_type=code&client_id={application.client_id}&redirect_uri={OUT_OF_BAND}&scope=read"
    quoted = "%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E"
    return [
        "/",
        "/about",
        "/operator",
        "/auth/sign_in",
        f"/auth/sign_in?next=/{quoted}",
        "/auth/sign_up",
        f"/auth/sign_up?next=/{quoted}",
        f"/oauth/authorize?{asking}&state={quoted}",
        f"/oauth/authorize?{asking}&response_type={quoted}",
        f"/oauth/authorize?client_id={quoted}",
        f"/oauth/authorize/native?code={'a' * 43}",
        f"/oauth/authorize/native?code={quoted}",
        f"/share?text={quoted}&title={quoted}&visibility={quoted}",
        "/authorize_interaction",
        f"/authorize_interaction?uri={quoted}",
        f"/authorize_interaction?uri={ben.actor.uri}",
        f"/authorize_interaction?uri={typed.uri}",
        f"/authorize_interaction?uri={sent.uri}",
        "/settings",
        "/settings?done=profile",
        f"/settings?done={quoted}",
        "/settings/access",
        "/settings/moving",
        f"/settings/moving?account={quoted}&target={quoted}",
        "/settings/leaving",
        f"/settings/leaving?name={quoted}",
        "/@ana",
        "/@ben",
        f"/@ben/{typed.id}",
        f"/@mira@far.example/{sent.id}",
        f"/@{quoted}",
        "/tags/tag",
        f"/tags/{quoted}",
    ]


async def _pages(site: Server, visit: Visit) -> AsyncIterator[tuple[str, Page]]:
    """All of them, as nobody and as Ana see them."""
    paths = await _hostile(site)
    for browser, left_out in ((visit(), ABROAD), (await logged_in(visit(), "ana"), "-")):
        for path in paths:
            if not path.startswith(left_out):
                yield path, await _visited(browser, path)


async def _visited(browser: Browser, path: str) -> Page:
    response = await browser.client.get(path, follow_redirects=True)
    assert response.status_code < 500, f"{path}: {response.text}"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-frame-options"] == "DENY"
    return Page(response.text)


@pytest.mark.threat("B18")
@pytest.mark.threat("G1")
@pytest.mark.threat("G5")
async def test_nothing_runs(site: Server, visit: Visit) -> None:
    async for path, page in _pages(site, visit):
        for tag, attributes in page.tags:
            assert tag not in ("script", "style", "iframe", "object", "embed", "base", "svg"), path
            assert not [name for name in attributes if name.startswith("on") or name == "style"], (path, attributes)
            for name in ("href", "src", "action"):
                where = attributes.get(name, "/")
                assert re.match(r"/(?!/)|#|https?://|mailto:", where), (path, tag, where)
        assert "49" not in page.words.split(), path


async def test_people_find_their_way(site: Server, visit: Visit) -> None:
    async for path, page in _pages(site, visit):
        assert [each.get("lang") for each in page.all("html")] == ["en"]
        assert len(page.all("main")) == 1
        assert len(page.all("h1")) == 1, path
        labels = {each["for"] for each in page.all("label") if "for" in each}
        for field in page.all("input") + page.all("textarea") + page.all("select"):
            assert field.get("type") == "hidden" or field["id"] in labels, (path, field)
        assert all("alt" in each for each in page.all("img")), path
        described = {one for _, each in page.tags for one in each.get("aria-describedby", "").split()}
        assert described <= page.ids, path


async def test_every_form_that_writes_carries_its_proof(site: Server, visit: Visit) -> None:
    found = set()
    async for _, page in _pages(site, visit):
        for form in page.forms:
            if form.method == "post":
                found.add(form.action)
                assert len(form.values["form_proof"]) > 60
    assert found == {
        "/settings/passwords",
        "/auth/sign_in",
        "/auth/sign_out",
        "/auth/sign_up",
        "/authorize_interaction",
        "/oauth/authorize",
        "/settings",
        "/settings/aliases",
        "/settings/aliases/remove",
        "/settings/leaving",
        "/settings/moving",
        "/settings/password",
        "/settings/programs",
        "/share",
    }


async def test_forms_lead_only_to_us_but_for_the_one_of_oauth(site: Server, anas: Browser) -> None:
    application, _ = await program(site)
    only_here = '<meta http-equiv="Content-Security-Policy" content="form-action \'self\'">'
    for path in ("/", "/auth/sign_in", "/auth/sign_up", "/share", "/@ana"):
        assert only_here in (await anas.open(path)).document
    await anas.open(f"/oauth/authorize?response_type=code&client_id={application.client_id}&redirect_uri={OUT_OF_BAND}")
    assert "form-action" not in anas.page.document
    assert "form-action" not in anas.response.headers["content-security-policy"]


def test_every_scope_has_words() -> None:
    assert set(words.SCOPES) == set(scopes.KNOWN)
    assert words.scopes("read read:accounts write:statuses") == [words.SCOPES["read"], words.SCOPES["write:statuses"]]
