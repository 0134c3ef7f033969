"""A draw of offices that another phyle seeds by its signature, and every way in which it does not give one."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from phyle.cli.commands import main
from phyle.cooperative import acting, people
from phyle.cooperative.activities import drawing, witnessing
from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.remote import Remote
from phyle.cooperative.audit.verdicts import Verdict
from phyle.cooperative.law.draws import Draw, digest_of, ranked, seed_of_signatures
from phyle.cooperative.law.values import Id
from phyle.cooperative.ledger import (
    append,
    checkpoints,
    draw_keys,
    draw_signatures,
    partners,
    reading,
    signatories,
    standing,
)
from phyle.cooperative.ledger.draw_signatures import Request
from phyle.errors import Refused, Unproven
from phyle.identity import multikey
from phyle.identity.actors import Actor
from tests.cooperative.activities.neighbours import acquainted, asked, begin, host, log_of, newest, origin, published
from tests.cooperative.founding import found, pass_time
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import key
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.servers import eventually

SCRIBES = """
## Article 4. Scribes

```toml
[office.scribes]
scope = ["register"]
seats = 1
term_days = 100
by = "sortition"
```
"""


async def founders(whole: Instance) -> list[Actor]:
    people = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, people, charter(articles=SCRIBES))
    return people


async def speaks_by(there: Instance) -> str:
    """The key that a phyle says it signs draws with."""
    return str((await there.client.get("/ledger/keys")).json()["draws"]["key"])


async def named(whole: Instance, there: Instance, by: Actor, named_key: str | None = None) -> None:
    """A steward names the other phyle."""
    payload = {"origin": origin(there), "key": named_key or await speaks_by(there)}
    await acting.perform(whole.store, by, "partner", payload)


async def called(whole: Instance, by: Actor) -> str:
    """A draw of scribes is called; its id."""
    await acting.perform(whole.store, by, "call_draw", {"purpose": "office", "about": "scribes"})
    await append.drain(whole.store)
    async with whole.store.reading() as tx:
        ((id, _),) = (await reading.group(tx, Draw)).items()
    return id


async def the_draw(whole: Instance, id: str) -> Draw:
    async with whole.store.reading() as tx:
        found = await reading.get(tx, Draw, id)
    assert found is not None
    return found


async def in_phase(whole: Instance, id: str, phase: str) -> Draw:
    async def reached() -> Draw | None:
        found = await the_draw(whole, id)
        return found if found.phase == phase else None

    found: Draw = await eventually(reached)
    return found


async def trouble(whole: Instance, id: str) -> str:
    """Why the other phyle has not signed, once that is known."""

    async def known() -> str:
        async with whole.store.reading() as tx:
            return next(iter((await signatories.troubles(tx, id)).values()), "")

    return str(await eventually(known))


def audited(here: Instance) -> Verdict:
    with Remote(here.origin, insecure_local=True) as source:
        return audit(source)


async def the_request(whole: Instance, id: str, there: Instance) -> Request:
    """What an honest host would ask for now."""
    size = (await log_of(there, whole)).size
    async with whole.store.reading() as tx:
        wanted = await signatories.asking(tx, id, origin(there))
        assert wanted is not None
        return await signatories.request(tx, wanted, size)


async def sent(there: Instance, request: Request | bytes) -> httpx.Response:
    return await there.client.post("/ledger/draws/sign", content=bytes(request))


def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The instance itself asks nobody: the test does."""

    async def nobody(*_: Any) -> list[tuple[str, str]]:
        return []

    monkeypatch.setattr(signatories, "due", nobody)


async def cosigned(whole: Instance, beyond: Instance) -> None:
    """The other phyle holds all of the ledger."""
    size = (await newest(whole)).size
    held = await witnessing.ask(whole.net, whole.store, host(beyond), more_than=size - 1)
    assert held == size == (await log_of(beyond, whole)).size


@pytest.mark.threat("I8")
async def test_a_draw_is_seeded_by_another_phyle_and_anyone_can_run_it_again(
    whole: Instance, beyond: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    ana, ben, _ = await founders(whole)
    await begin(beyond)
    await acquainted(whole, beyond)
    await named(whole, beyond, ana)
    id = await called(whole, ben)
    draw = await in_phase(whole, id, "drawn")
    (partner,) = draw.partners
    assert partner.signature is not None
    assert draw.seed == seed_of_signatures([bytes.fromhex(partner.signature)])
    shown = (await whole.client.get(f"/api/phyle/v1/draws/{id}")).json()
    assert shown["draw"]["taken"] == ranked(draw.seed, shown["pool"])[:1]
    log = await log_of(beyond, whole)
    public = await beyond.client.get(f"/ledger/witnessed/{log.hash}/draws/{id}")
    assert public.json() == {
        "origin": origin(whole),
        "draw": id,
        "entry": draw.entry,
        "key": await speaks_by(beyond),
        "signature": partner.signature,
    }
    await eventually(lambda: _published(whole))
    # The audit starts an event loop of its own, as the command line does.
    assert await asyncio.to_thread(main, ["audit", whole.origin, "--insecure-local"]) == 0


@pytest.mark.threat("I8")
async def test_nothing_is_signed_that_could_still_be_changed(
    whole: Instance, beyond: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    unasked(monkeypatch)
    ana, ben, _ = await founders(whole)
    await begin(beyond)
    await named(whole, beyond, ana)
    id = await called(whole, ben)
    await eventually(lambda: _published(whole))
    head = await newest(whole)
    async with whole.store.reading() as tx:
        wanted = await signatories.asking(tx, id, origin(beyond))
        assert wanted is not None
        honest = await signatories.request(tx, wanted, head.size)
    assert (await sent(beyond, honest)).status_code == 404  # nobody there watches this ledger
    await acquainted(whole, beyond)
    unseen = await sent(beyond, honest)
    assert (unseen.status_code, unseen.text) == (409, "0\n")  # no head of it was cosigned there
    await cosigned(whole, beyond)
    honest = await the_request(whole, id, beyond)
    for forged in _forged(honest):
        assert (await sent(beyond, forged)).status_code in (401, 422), forged
    (other,) = await whole.fetch("SELECT seq, leaf FROM cooperative.entries WHERE kind = 'partner'")
    async with whole.store.reading() as tx:
        instead = await signatories.request(
            tx, replace(wanted, index=other["seq"], leaf=bytes(other["leaf"])), honest.size
        )
    assert (await sent(beyond, instead)).status_code == 422  # it stands in the ledger, but is no pool
    for junk in (b"", b"{}", b"[1]", b'{"origin":1}', bytes(honest)[:-1], b"[" * 90_000, b" " + bytes(honest)):
        assert (await sent(beyond, junk)).status_code == 400
    assert await beyond.value("SELECT count(*) FROM cooperative.draws_signed") == 0
    first = await sent(beyond, honest)
    assert first.status_code == 200, first.text
    assert (await sent(beyond, honest)).json() == first.json()


def _forged(honest: Request) -> list[Request]:
    """Another pool, another draw, another number, another proof."""
    leaf = honest.leaf.replace(b'"take":1', b'"take":2')
    assert leaf != honest.leaf
    return [
        replace(honest, leaf=leaf),
        replace(honest, draw=Id("a" * 26)),
        replace(honest, index=honest.index - 1),
        replace(honest, proof=honest.proof[:-1]),
        replace(honest, proof=(bytes(32), *honest.proof[1:])),
    ]


async def _published(whole: Instance) -> bool:
    """A checkpoint covers all there is."""
    async with whole.store.reading() as tx:
        size, head = await reading.size(tx), await checkpoints.newest(tx)
    return head is not None and head.size == size


async def ready(whole: Instance, beyond: Instance, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Actor], str]:
    """A draw waits for a signature of the other phyle, which holds its pool and was not asked."""
    unasked(monkeypatch)
    people = await founders(whole)
    await begin(beyond)
    await acquainted(whole, beyond)
    await named(whole, beyond, people[0])
    id = await called(whole, people[1])
    await eventually(lambda: _published(whole))
    await cosigned(whole, beyond)
    return people, id


@pytest.mark.threat("I8")
async def test_one_pool_of_a_draw_is_signed_and_none_of_a_ledger_that_showed_two_histories(
    whole: Instance, beyond: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, id = await ready(whole, beyond, monkeypatch)
    honest = await the_request(whole, id, beyond)
    log = (await log_of(beyond, whole)).id
    kept = "INSERT INTO cooperative.draws_signed (log, draw, entry, key, signature) VALUES ($1, $2, $3, 'z', $4)"
    await beyond.fetch(kept, log, id, "0" * 64, "0" * 128)
    refused = await sent(beyond, honest)
    assert refused.status_code == 409
    assert "Another pool" in refused.json()["error"]
    await beyond.fetch(
        "INSERT INTO cooperative.equivocations (log, hash, document) VALUES ($1, $2, $3)", log, "0" * 64, {}
    )
    refused = await sent(beyond, honest)
    assert (refused.status_code, "two histories" in refused.json()["error"]) == (403, True)


@pytest.mark.threat("I8")
async def test_who_is_not_named_does_not_sign_and_nobody_signs_without_end(
    whole: Instance, beyond: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, id = await ready(whole, beyond, monkeypatch)
    honest = await the_request(whole, id, beyond)
    settings = beyond.store.settings
    beyond.store.settings = replace(settings, domain="elsewhere.example")
    refused = await sent(beyond, honest)
    assert (refused.status_code, "by others" in refused.json()["error"]) == (403, True)
    beyond.store.settings = replace(settings, limits=True)
    monkeypatch.setattr(draw_signatures, "DRAWS_OF_A_LEDGER", replace(draw_signatures.DRAWS_OF_A_LEDGER, most=0))
    assert (await sent(beyond, honest)).status_code == 429
    beyond.store.settings = settings
    assert (await sent(beyond, honest)).status_code == 200


@pytest.mark.threat("I8")
async def test_a_signature_of_another_key_is_not_entered_and_then_members_make_the_seed(
    whole: Instance, beyond: Instance, clock: Clock
) -> None:
    ana, ben, cleo = await founders(whole)
    await begin(beyond)
    await acquainted(whole, beyond)
    await named(whole, beyond, ana, multikey.encode(key(9).public_key()))
    id = await called(whole, ben)
    assert "another key" in await trouble(whole, id)
    shown = (await whole.client.get(f"/phyle/draws/{id}")).text
    assert "another key" in shown
    with pytest.raises(Unproven, match="not the partner's signature"):
        await acting.perform(
            whole.store, cleo, "sign_draw", {"draw": id, "origin": origin(beyond), "signature": "00" * 64}
        )
    await pass_time(whole.store, clock, days=3)
    assert (await the_draw(whole, id)).missing == 1
    draw = await in_phase(whole, id, "committing")
    for each, words in ((ana, "0a" * 16), (cleo, "0c" * 16)):
        async with whole.store.reading() as tx:
            member = await people.member_of(tx, each.id)
        assert member is not None
        digest = digest_of(id, member, words)
        await acting.perform(whole.store, each, "commit_secret", {"draw": id, "digest": digest})
    await pass_time(whole.store, clock, days=2)
    for each, words in ((ana, "0a" * 16), (cleo, "0c" * 16)):
        await acting.perform(whole.store, each, "reveal_secret", {"draw": id, "secret": words})
    draw = await in_phase(whole, id, "drawn")
    assert len(draw.taken) == 1
    await eventually(lambda: _published(whole))
    verdict = await asyncio.to_thread(audited, whole)
    assert verdict.sound, verdict.findings


@pytest.mark.threat("I8")
async def test_a_host_cannot_keep_a_seed_back_that_it_does_not_like(
    whole: Instance, beyond: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ana, *_), id = await ready(whole, beyond, monkeypatch)
    assert (await sent(beyond, await the_request(whole, id, beyond))).status_code == 200
    log = await log_of(beyond, whole)
    public = (await beyond.client.get(f"/ledger/witnessed/{log.hash}/draws/{id}")).json()
    stranger = (await whole.member("sam")).actor
    payload = {"draw": id, "origin": origin(beyond), "signature": public["signature"]}
    with pytest.raises(Refused):
        await acting.perform(whole.store, stranger, "sign_draw", payload)
    await acting.perform(whole.store, ana, "sign_draw", payload)
    await in_phase(whole, id, "drawn")


async def test_who_does_not_answer_is_asked_again(whole: Instance, clock: Clock) -> None:
    ana, ben, _ = await founders(whole)
    silent = {"origin": "localhost:9/ledger/1", "key": multikey.encode(key(9).public_key())}
    await acting.perform(whole.store, ana, "partner", silent)
    id = await called(whole, ben)
    assert await trouble(whole, id)
    row = "SELECT failures, next_at > now() AS later FROM cooperative.draws_asked"
    (before,) = await whole.fetch(row)
    assert before["later"]
    await whole.fetch("UPDATE cooperative.draws_asked SET next_at = now()")
    async with whole.store.transaction() as tx:
        await drawing.look(tx, {})

    async def again() -> bool:
        return bool((await whole.fetch(row))[0]["failures"] > before["failures"])

    await eventually(again)
    await pass_time(whole.store, clock, days=3)
    await in_phase(whole, id, "committing")
    async with whole.store.transaction() as tx:
        assert await signatories.due(tx) == []
    assert await whole.value("SELECT count(*) FROM cooperative.draws_asked") == 0


async def test_whose_signatures_are_wanted_is_a_witness_too(here: Instance, beyond: Instance) -> None:
    await begin(here, beyond)
    await published(here, 3)
    for one, other in ((here, beyond), (beyond, here)):
        await one.fetch(
            "INSERT INTO cooperative.slices (kind, id, value) VALUES ('partner', 'z', $1)",
            {"origin": origin(other), "since": 0},
        )
    async with here.store.transaction() as tx:
        await partners.meet(tx)
    for _ in range(2):
        await asked(here)
        await beyond.settled()
        await here.fetch("UPDATE cooperative.witnesses SET next_at = now()")
    await asked(here)
    assert (await log_of(beyond, here)).size == 3


async def test_a_key_that_may_have_signed_more_than_is_known_signs_no_more(here: Instance) -> None:
    await begin(here)
    before = await speaks_by(here)
    async with here.store.transaction() as tx:
        await standing.behind(tx, "It was restored.")
        await append.resume(tx)
        await draw_keys.current(tx)
    assert await speaks_by(here) != before
