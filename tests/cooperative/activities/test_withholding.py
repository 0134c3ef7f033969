"""What the operator withholds is out of sight at once, in the ledger for all to see, and back after 72 hours."""

import pytest

from phyle.cooperative.activities import moderating, withholding
from phyle.cooperative.law.kinds import HOUR
from phyle.cooperative.ledger import append
from phyle.errors import Missing, Refused, Unprocessable
from tests.cooperative.travelling import Clock
from tests.instance import Instance, Member


async def shown(whole: Instance, ana: Member, post: str) -> int:
    async with whole.store.transaction() as tx:
        await moderating.look(tx, {})
    return (await ana.instance.client.get(f"/api/v1/statuses/{post}")).status_code


async def test_a_post_is_withheld_in_the_open_and_comes_back_by_itself(whole: Instance, clock: Clock) -> None:
    ana = await whole.member("ana")
    post = (await ana.post("/api/v1/statuses", status="How to build a bomb"))["id"]
    assert await shown(whole, ana, post) == 200
    with pytest.raises(Unprocessable, match="reason"):
        await withholding.withhold(whole.store, post, " ")
    with pytest.raises(Missing):
        await withholding.withhold(whole.store, "1", "Unlawful.")
    await withholding.withhold(whole.store, post, "Unlawful.")
    assert await shown(whole, ana, post) == 404
    assert await whole.value("SELECT count(*) FROM cooperative.entries WHERE kind = 'withhold'") == 1
    await clock.forward(milliseconds=72 * HOUR + 1)
    await append.drain(whole.store)
    assert await shown(whole, ana, post) == 200


async def test_the_operator_shows_it_again_before(whole: Instance) -> None:
    ana = await whole.member("ana")
    post = (await ana.post("/api/v1/statuses", status="A mistake"))["id"]
    id = await withholding.withhold(whole.store, f"{whole.origin}/@ana/{post}", "Looked bad.")
    assert await shown(whole, ana, post) == 404
    await withholding.release(whole.store, id)
    assert await shown(whole, ana, post) == 200


async def test_what_lapsed_is_not_withheld_again_by_the_operator_alone(whole: Instance, clock: Clock) -> None:
    ana = await whole.member("ana")
    post = (await ana.post("/api/v1/statuses", status="They do not like this"))["id"]
    await withholding.withhold(whole.store, post, "Unlawful.")
    assert await shown(whole, ana, post) == 404
    with pytest.raises(Refused, match="holds already"):
        await withholding.withhold(whole.store, f"{whole.origin}/@ana/{post}", "Unlawful, and for longer.")
    await clock.forward(milliseconds=72 * HOUR + 1)
    await append.drain(whole.store)
    assert await shown(whole, ana, post) == 200
    with pytest.raises(Refused, match="takes a decision"):
        await withholding.withhold(whole.store, post, "Unlawful, again.")
    await clock.forward(days=30)
    await withholding.withhold(whole.store, post, "It was changed since.")
    assert await shown(whole, ana, post) == 404
