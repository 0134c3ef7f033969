"""What the phyle takes into its commons, who maintains it then, and works of its ledger."""

from typing import Any

import pytest

from phyle.commons import creating, grants, permission, repositories, works
from phyle.commons.creating import Wanted
from phyle.commons.repositories import Repository
from phyle.cooperative import acting, people
from phyle.cooperative.law.commons.maintainers import Maintainer
from phyle.cooperative.ledger import reading
from phyle.identity.actors import Actor
from phyle.store.transaction import Store
from tests.commons.git.cloning import granted
from tests.cooperative.activities.test_fulfilling import decided
from tests.cooperative.founding import found
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock
from tests.instance import Instance, Member
from tests.servers import eventually

API = "/api/phyle/v1/repositories"
BOBS = {"what": "change", "terms": {"dco": True, "licence": "AGPL-3.0-or-later", "mandate": False}}
KEEPERS = """
## Article 4. Keepers

```toml
[office.keepers]
scope = ["commons"]
seats = 2
term_days = 100
by = "election"
```
"""


async def phyle(whole: Instance) -> list[Member]:
    """Three people who have founded a phyle with an office over its commons."""
    members = [await whole.member(name) for name in ("ana", "bob", "eve")]
    await found(whole.store, [each.actor for each in members], charter(articles=KEEPERS))
    return members


async def member_of(store: Store, actor: Actor) -> str:
    async with store.reading() as tx:
        return await people.member(tx, actor.id)


async def may(store: Store, actor: Actor, name: str, action: permission.Action) -> bool:
    async with store.reading() as tx:
        repository = await repositories.named(tx, name)
        assert repository is not None
        return await permission.allowed(tx, actor.id, repository, action)


async def taken_in(whole: Instance, clock: Clock, by: list[Member], *more: dict[str, Any]) -> Repository:
    """A repository of the first that the phyle takes into its commons."""
    made = await creating.create(whole.store, by[0].actor, Wanted(name="seeder"))
    effect = {"kind": "AcceptItem", "arguments": {"item": "seeder", "kind": "repository"}}
    await decided(whole, clock, [each.actor for each in by], effect, *more)
    return made


async def test_what_is_the_phyles_nobody_hides_or_deletes(whole: Instance, clock: Clock) -> None:
    by = await phyle(whole)
    ana = by[0]
    await taken_in(whole, clock, by)
    shown = await ana.get(f"{API}/seeder")
    assert shown["commons"] is True
    for change in ({"visibility": "private"}, {"visibility": "members"}):
        assert (await ana.ask("PATCH", f"{API}/seeder", json=change)).status_code == 403
    assert (await ana.ask("PATCH", f"{API}/seeder", json={"archived": True})).status_code == 200
    assert (await ana.ask("DELETE", f"{API}/seeder")).status_code == 403
    other = await ana.post(API, name="other")
    assert other["commons"] is False


async def test_mandates_over_the_commons_maintain_it_while_they_last(whole: Instance, clock: Clock) -> None:
    ana, bob, eve = by = await phyle(whole)
    await taken_in(whole, clock, by)
    assert await may(whole.store, bob.actor, "seeder", "push-protected")  # founders hold every office at first
    keeper = {"office": "keepers", "member": await member_of(whole.store, eve.actor)}
    await decided(whole, clock, [each.actor for each in by], {"kind": "Appoint", "arguments": keeper})
    assert not await may(whole.store, bob.actor, "seeder", "push")
    assert await may(whole.store, eve.actor, "seeder", "maintain")
    assert (await ana.ask("PATCH", f"{API}/seeder", json={"rule": "decision"})).json()["rule"] == "decision"
    refused = await ana.ask("POST", f"{API}/seeder/invitations", json={"who": "@bob"})
    assert refused.status_code == 403
    assert "mandate" in refused.json()["error"]
    assert (await eve.post(f"{API}/seeder/invitations", who="@bob"))["invitation"]["state"] == "open"
    await ana.post(API, name="other")
    assert not await may(whole.store, eve.actor, "other", "push")  # what the phyle did not take in is not its
    await decided(whole, clock, [ana.actor, bob.actor], {"kind": "Recall", "arguments": keeper})
    assert not await may(whole.store, eve.actor, "seeder", "push")


async def test_a_work_of_the_ledger_is_kept_in_step_with_the_grants(whole: Instance, clock: Clock) -> None:
    ana, bob, _ = await phyle(whole)
    await whole.member("guest")
    made = await creating.create(whole.store, ana.actor, Wanted(name="seeder"))
    assert (await ana.ask("GET", f"{API}/seeder/work")).status_code == 404
    assert (await bob.ask("POST", f"{API}/seeder/work", json={"licence": "MIT"})).status_code == 403
    assert (await ana.ask("POST", f"{API}/seeder/work", json={"licence": "Unheard-Of"})).status_code == 422
    shown = await ana.post(f"{API}/seeder/work", licence="PPL", mandate=True)
    assert (shown["licence"], shown["missing"], shown["extra"]) == ("PPL", [], [])
    assert (await ana.ask("POST", f"{API}/seeder/work", json={"licence": "PPL"})).status_code in (403, 409, 422)

    invited = (await ana.post(f"{API}/seeder/invitations", who="@bob", role="maintainer"))["invitation"]
    await bob.post(f"/api/phyle/v1/commons/invitations/{invited['id']}/accept")
    guest = await ana.post(f"{API}/seeder/invitations", who="@guest", role="maintainer")
    assert guest["invitation"]["state"] == "open"

    bobs = await member_of(whole.store, bob.actor)

    async def listed() -> bool:
        return bobs in await maintainers(whole.store, made)

    await eventually(listed)
    (_, grant) = await ana.get(f"{API}/seeder/grants")
    await ana.post(f"{API}/seeder/grants/{grant['grant']}/revoke")

    async def ended() -> bool:
        return bobs not in await maintainers(whole.store, made)

    await eventually(ended)
    assert (await ana.get(f"{API}/seeder/work"))["extra"] == []


async def test_its_licence_changes_only_with_what_its_makers_allow(whole: Instance, clock: Clock) -> None:
    ana, bob, _ = await phyle(whole)
    await creating.create(whole.store, ana.actor, Wanted(name="seeder"))
    work = f"{API}/seeder/work"
    assert (await ana.ask("POST", f"{work}/licence", json={"licence": "MIT"})).status_code == 404
    await ana.post(work, licence="PPL")
    assert (await bob.ask("POST", f"{work}/licence", json={"licence": "MIT"})).status_code == 403
    assert (await ana.ask("POST", f"{work}/licence", json={"licence": "Unheard-Of"})).status_code == 422
    shown = await ana.post(f"{work}/licence", licence="AGPL-3.0-or-later", mandate=True)
    assert (shown["licence"], shown["mandate"]) == ("AGPL-3.0-or-later", True)
    await bob.ask("POST", f"{API}/seeder/contributions", json={**BOBS, "subject": "c0" * 20})
    (claim,) = await ana.get(f"{API}/seeder/contributions")
    await ana.post(f"{API}/seeder/contributions/{claim['id']}/validate")
    refused = await ana.ask("POST", f"{work}/licence", json={"licence": "MIT"})
    assert refused.status_code == 403
    assert "gave no mandate" in refused.json()["error"]


async def maintainers(store: Store, repository: Repository) -> list[str]:
    """Whom the ledger names."""
    async with store.reading() as tx:
        found = await works.find(tx, repository)
        assert found is not None
        listed = await reading.group(tx, Maintainer, found[0])
    return [place.rpartition("/")[2] for place, each in listed.items() if not each.ended]


async def test_where_only_one_is_done_it_is_said_and_can_be_done(whole: Instance, clock: Clock) -> None:
    ana, bob, eve = await phyle(whole)
    made = await creating.create(whole.store, ana.actor, Wanted(name="seeder"))
    await ana.post(f"{API}/seeder/work", licence="PPL")
    number = await granted(whole.store, made, bob.actor, "maintainer")  # by nobody in particular: nobody acts
    await whole.settled()
    shown = await ana.get(f"{API}/seeder/work")
    assert [each["acct"] for each in shown["missing"]] == ["bob"]
    stepped = await ana.post(f"{API}/seeder/work/step")
    assert (stepped["missing"], stepped["said"]) == ([], [])
    async with whole.store.transaction() as tx:
        await grants.revoke(tx, number, revoked_by=None)
    await whole.settled()
    shown = await ana.get(f"{API}/seeder/work")
    assert shown["extra"] == [await member_of(whole.store, bob.actor)]
    assert (await eve.ask("POST", f"{API}/seeder/work/step")).status_code == 403
    assert (await ana.post(f"{API}/seeder/work/step"))["extra"] == []


@pytest.mark.parametrize("visibility", ["private", "members"])
async def test_what_is_not_for_everybody_is_no_work(whole: Instance, visibility: Any) -> None:
    ana, *_ = await phyle(whole)
    await creating.create(whole.store, ana.actor, Wanted(name="seeder", visibility=visibility))
    answer = await ana.ask("POST", f"{API}/seeder/work", json={"licence": "MIT"})
    assert answer.status_code == 403
    assert "public" in answer.json()["error"]


@pytest.mark.threat("B5")
async def test_who_offers_what_is_not_theirs_keeps_nobody_out(whole: Instance) -> None:
    """Any member can sign an act that names any address, before whoever the repository is even thinks of it."""
    ana, bob, _ = await phyle(whole)
    seeder = await creating.create(whole.store, ana.actor, Wanted(name="seeder"))
    at = repositories.clone_address(whole.store.settings, seeder)
    squat = {"name": "seeder", "kind": "software", "at": at, "licence": "MIT", "mandate": True}
    squatted = await acting.perform(whole.store, bob.actor, "offer_work", squat)
    assert (await ana.ask("GET", f"{API}/seeder/work")).status_code == 404
    assert (await bob.ask("POST", f"{API}/seeder/work", json={"licence": "MIT"})).status_code == 403
    offered = await ana.post(f"{API}/seeder/work", licence="PPL")
    assert offered["work"] != squatted.payload["work"]
    async with whole.store.reading() as tx:
        found = await works.find(tx, seeder)
    assert found is not None
    assert (found[0], found[1].licence) == (offered["work"], "PPL")
