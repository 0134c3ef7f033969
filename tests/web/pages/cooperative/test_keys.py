"""Keys on pages: stewards endorse those of the phyle; members renew theirs and name who acts for them."""

import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative import acting
from phyle.cooperative.law.possession import prove
from phyle.cooperative.ledger import acts, append, rotating, signing
from phyle.identity import actors, multikey
from tests.cooperative.founding import found
from tests.cooperative.law.charters import charter
from tests.instance import Instance
from tests.web.pages.browser import Browser
from tests.web.pages.cooperative.conftest import Enter, entered

CLASSES = '\n## Article 4. Classes\n\n```toml\n[class.member]\n\n[class.guild]\nprincipal = "organisation"\n```\n'


@pytest.fixture
async def three(whole: Instance, browsers: Callable[[], Browser]) -> list[Browser]:
    """The browsers of Ana, Ben and Cleo, who have founded a phyle."""
    founders = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, founders, charter(articles=CLASSES))
    return [await entered(browsers(), actor.name) for actor in founders]


async def _key(browser: Browser) -> str:
    await browser.open("/phyle/membership/key")
    return re.findall(r"z6Mk\w{44}", browser.page.words)[0]


async def _proposes(browser: Browser, status: int = 200) -> None:
    await browser.open("/phyle/proposals/new?kind=resolve")
    await browser.press("Propose it", status, title="About it", text="Because.")


def _brought(browser: Browser, lines: str) -> tuple[str, str]:
    """A new key of one's own, and the signature that the page asks for."""
    own = Ed25519PrivateKey.generate()
    public = multikey.encode(own.public_key())
    _, origin, member, *_ = lines[lines.index("phyle-key/v1") :].split()
    return public, prove(own, origin, member)


async def test_two_stewards_endorse_a_key_of_the_phyle(whole: Instance, three: list[Browser], enter: Enter) -> None:
    ana, ben, _ = three
    await ana.open("/phyle/ledger")
    await ana.click("its keys")
    async with whole.store.reading() as tx:
        before = multikey.encode((await signing.keys(tx)).log.public_key())
    assert before in ana.page.words
    await ana.press("Have a new key made, and endorse it", which="log")
    assert "1 more must endorse it" in ana.page.words
    dora = await enter("dora")
    await dora.open("/phyle/keys")
    assert "Endorse the new key" not in dora.page.document
    await ben.open("/phyle/keys")
    await ben.press("Endorse the new key", which="log")
    assert "phyle keys turn log" in ben.page.words
    async with whole.store.transaction() as tx:
        document = await signing.as_host(tx, "rotate_key", await rotating.turn(tx, "log"))
    await acts.submit(whole.store, document, author="host")
    await ana.open("/phyle/keys")
    assert before not in ana.page.words


async def test_a_key_that_is_kept_here_is_renewed(three: list[Browser]) -> None:
    ana, *_ = three
    before = await _key(ana)
    await ana.press("Have a new key made")
    after = await _key(ana)
    assert after != before
    await _proposes(ana)
    await ana.open("/phyle/membership/key")
    await ana.press("Have a new key made")
    await _proposes(ana)


async def test_a_key_is_held_by_its_member_alone(three: list[Browser]) -> None:
    ana, *_ = three
    await ana.open("/phyle/membership/key")
    key, signature = _brought(ana, ana.page.words)
    await ana.press("Use my own key from now on", 422, key=key, possession=signature)
    assert ana.page.value("key") == key
    await ana.press("Use my own key from now on", 422, key=key, possession=signature[::-1], sure="true")
    assert "this signature is not by that key" in ana.page.words
    await ana.press("Use my own key from now on", key=key, possession=signature, sure="true")
    assert "by a key that only they hold" in ana.page.words
    assert await _key(ana) == key
    await _proposes(ana, 422)
    assert "sign with your own" in ana.page.words


async def test_an_organisation_says_who_acts_for_it(whole: Instance, three: list[Browser], enter: Enter) -> None:
    guild = await enter("guild")
    helper = (await whole.member("helper")).actor
    async with whole.store.reading() as tx:
        account = await actors.by_name(tx, "guild")
    assert account is not None
    await acting.introduce(whole.store, account, "apply", {"klass": "guild"})
    await append.drain(whole.store)
    await guild.open("/phyle/membership/key")
    assert "Nobody: without somebody who acts for it" in guild.page.words
    key, signature = _brought(guild, guild.page.words)
    await guild.press("Enter it", 422, their_key=key, their_signature=signature, actor="")
    await guild.press("Enter it", their_key=key, their_signature=signature, actor=helper.uri)
    assert "It is entered who acts for you." in guild.page.words
    assert key in guild.page.words
    await guild.press("Nobody acts for us any more")
    assert key not in guild.page.words
