"""Acts of every kind, well shaped and full of nonsense: each is entered or refused, and the ledger goes on."""

import random
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from phyle.cooperative.forms import FORMS
from phyle.cooperative.law.effects.table import EFFECTS
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.proposed import Effect
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import Hash, Id, Key, Line, Moment, Word, write
from phyle.cooperative.ledger import append
from phyle.errors import Refusal
from phyle.identity import multikey
from phyle.store.transaction import Store
from tests.cooperative.law.stories import Person, key
from tests.cooperative.ledger.phyles import Phyle

TEXTS = ("", "x", "\u202e", "a/b", "'", "winner[0]", "members", "stewards", "9" * 40, "\U0010ffff", "x" * 2000)
WORDS = ("x", "members", "stewards", "yesno", "approval", "stv", "member", "x" * 260, "a.b:c", "moderation", "confirm")
NUMBERS = (0, 1, -1, 2, 64, 2**31, 2**53 - 1, -(2**53) + 1)
GONE = {"exit", "rekey", "move", "pin", "represent", "resign"}
"""What would end somebody's part in the test."""


class Nonsense:
    """Values of any shape that the law reads, from what there is and what there is not."""

    def __init__(self, seed: int, ids: list[str], hashes: list[str]) -> None:
        self.chance = random.Random(seed)
        self.ids, self.hashes = ids, hashes

    def of(self, hint: Any) -> Any:
        pick = self.chance.choice
        simple: dict[Any, Any] = {
            Id: lambda: pick(self.ids),
            Hash: lambda: pick(self.hashes),
            Word: lambda: pick(WORDS),
            Line: lambda: pick([text for text in TEXTS if 0 < len(text) <= 300]),
            Key: lambda: multikey.encode(key(self.chance.randrange(2, 9)).public_key()),
            str: lambda: pick([*TEXTS, *self.ids, *(f"{id}.1" for id in self.ids)]),
            int: lambda: pick(NUMBERS),
            Moment: lambda: pick(NUMBERS),
            bool: lambda: pick([True, False]),
            Any: lambda: pick([None, 1, "x", [], {}, {"member": pick(self.ids)}]),
        }
        if hint in simple:
            return simple[hint]()
        if hint is Effect:
            return self.effect()
        if is_dataclass(hint):
            return self.value(hint)
        return self.generic(get_origin(hint), get_args(hint))

    def generic(self, origin: Any, inner: tuple[Any, ...]) -> Any:
        if origin is Literal:
            return self.chance.choice(inner)
        if origin in (Union, types.UnionType):
            kind = self.chance.choice(inner)
            return None if kind is type(None) else self.of(kind)
        if origin is tuple and inner[-1] is Ellipsis:
            return [self.of(inner[0]) for _ in range(self.chance.randrange(4))]
        if origin is tuple:
            return [self.of(each) for each in inner]
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {self.of(inner[0]): self.of(inner[1]) for _ in range(self.chance.randrange(3))}
        raise TypeError(origin)

    def value(self, kind: Any) -> dict[str, Any]:
        hints, found = get_type_hints(kind), {}
        for field in fields(kind):
            needed = field.default is MISSING and field.default_factory is MISSING
            if needed or self.chance.random() < 0.5:
                value = self.of(hints[field.name])
                if value is not None:
                    found[field.name] = value
        return found

    def effect(self) -> dict[str, Any]:
        name = self.chance.choice(sorted(EFFECTS))
        return {"kind": name, "arguments": self.value(EFFECTS[name].arguments)}

    def proposal(self, hash: str) -> dict[str, Any]:
        """One that may well be taken: an option with any one effect."""
        effect = self.effect()
        options = [{"label": "Yes", "effects": [effect]}]
        return {"title": "Odd", "text": hash, "options": options, "scope": self.of(str)}


async def _try(phyle: Phyle, person: Person, kind: str, payload: Any) -> bool:
    """Whether it was entered. An error of ours, which the ledger answers with 500, is one here too."""
    try:
        await phyle.act(person, kind, write(payload))
    except Refusal as refusal:
        if refusal.status < 500:
            return False
        raise AssertionError(f"{kind} {payload!r}: {refusal}") from refusal
    return True


async def _goes_on(phyle: Phyle) -> None:
    async with phyle.store.reading() as tx:
        assert await append.stopped(tx) is None


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_members_sign_the_ledger_goes_on(store: Store, seed: int) -> None:
    phyle = Phyle(store=store)
    people = await phyle.founded(5)
    proposal = await phyle.resolution(people[0])
    text = await phyle.keep(b"Words.")
    ids = [*(person.id for person in people), proposal, phyle.new_id(), phyle.new_id()]
    nonsense = Nonsense(seed, ids, [text, "0" * 64])
    kinds = sorted(name for name in FORMS.keys() & LAW.acts.keys() if name not in GONE)
    entered = 0
    for number in range(250):
        person = nonsense.chance.choice(people)
        if number % 3 == 0:
            made = phyle.new_id()
            ids.append(made)
            entered += await _try(phyle, person, "propose", {"proposal": made, **nonsense.proposal(text)})
            continue
        kind = nonsense.chance.choice(kinds)
        entered += await _try(phyle, person, kind, nonsense.value(LAW.acts[kind].payload))
        if number % 40 == 39:
            await phyle.turn(milliseconds=DAY // 2)
            await _goes_on(phyle)
    for _ in range(12):
        await phyle.turn(days=3)
        await _goes_on(phyle)
    assert entered > 40
    assert await phyle.resolution(people[1])
