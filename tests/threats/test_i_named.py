"""I14: nobody can make an honest host look as if it withheld something, by naming what never was."""

import pytest

from phyle.errors import Missing
from tests.cooperative.ledger.phyles import Phyle

pytestmark = pytest.mark.threat("I14")


@pytest.fixture
async def phyle(store: object) -> Phyle:
    return Phyle(store=store)


async def test_a_text_that_nobody_has(phyle: Phyle) -> None:
    """The rules do not read a proposal's text, but every audit asks for it."""
    person = (await phyle.founded())[0]
    kinds = await phyle.kinds()
    effect = {"kind": "Resolve", "arguments": {"text": await phyle.keep(b"We bake bread.")}}
    matter = {"proposal": phyle.new_id(), "title": "A proposal", "options": [{"label": "Yes", "effects": [effect]}]}
    with pytest.raises(Missing, match="send it first"):
        await phyle.act(person, "propose", {**matter, "text": "ab" * 32})
    hidden = {**matter, "options": [{"label": "Yes", "effects": [{**effect, "arguments": {"text": "cd" * 32}}]}]}
    with pytest.raises(Missing, match="send it first"):
        await phyle.act(person, "propose", {**hidden, "text": await phyle.keep(b"Because.")})
    assert await phyle.kinds() == kinds
    await phyle.act(person, "propose", {**matter, "text": await phyle.keep(b"Because.")})
    assert (await phyle.kinds())[-1] == "propose"
