"""A phyle on a whole instance, whose people do everything through the API."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from phyle.cooperative.ledger import append
from phyle.cooperative.ledger.beginning import begin
from phyle.store.embedded import Embedded
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock, clock_of
from tests.instance import Instance, Member

API = "/api/phyle/v1"
FOR, AGAINST = {"paper": "for"}, {"paper": "against"}


@dataclass
class Person:
    """Somebody with an account, and their membership once they have one."""

    account: Member
    member: str = ""

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.account.ask(method, f"{API}{path}", **options)

    async def get(self, path: str, status: int = 200, **params: Any) -> Any:
        return answered(await self.ask("GET", path, params=params), status)

    async def post(self, path: str, status: int = 200, **data: Any) -> Any:
        return answered(await self.ask("POST", path, json=data), status)


def answered(response: httpx.Response, status: int = 200) -> Any:
    assert response.status_code == status, f"{response.request.url}: {response.status_code} {response.text[:600]}"
    return response.json()


@dataclass
class Living:
    """The instance, the ledger's clock, and the people by name."""

    here: Instance
    clock: Clock
    people: dict[str, Person] = field(default_factory=dict)

    async def person(self, name: str) -> Person:
        self.people[name] = Person(await self.here.member(name))
        return self.people[name]

    async def later(self, *, days: int = 0, milliseconds: int = 0) -> None:
        await self.clock.forward(days=days, milliseconds=milliseconds)
        await append.drain(self.here.store)

    async def anyone(self, path: str, status: int = 200, **params: Any) -> Any:
        return answered(await self.here.client.get(f"{API}{path}", params=params), status)

    async def founded(self, *names: str, text: str = "") -> list[Person]:
        people = [await self.person(name) for name in names]
        draft = await people[0].post("/founding/charter", text=text or charter())
        for each in people:
            signed = await each.post("/founding/sign", charter=draft["charter"])
            each.member = signed["payload"]["member"]
        await people[0].post("/founding/found", charter=draft["charter"])
        return people

    async def proposed(self, by: Person, *effects: Any, **more: Any) -> str:
        options = [{"label": "Yes", "effects": list(effects)}]
        given = {"title": "A proposal", "text": "Because it is right.", "options": options, **more}
        done = await by.post("/proposals", **given)
        id: str = done["payload"]["proposal"]
        return id

    async def resolution(self, by: Person, **more: Any) -> str:
        return await self.proposed(by, {"kind": "Resolve", "arguments": {"text": "We bake bread."}}, **more)

    async def to_ballot(self, proposal: str) -> str:
        await self.later(days=1)
        found = await self.anyone(f"/proposals/{proposal}")
        ballot: str = found["proposal"]["ballot"]
        assert found["proposal"]["phase"] == "balloting"
        return ballot

    async def decided(self, proposal: str) -> str:
        for _ in range(3):
            await self.later(days=2)
        found = await self.anyone(f"/proposals/{proposal}")
        phase: str = found["proposal"]["phase"]
        return phase


@pytest.fixture
async def living(here: Instance, cluster: Embedded, database: str) -> Living:
    """An instance whose ledger has begun; nobody is there yet."""
    await begin(here.store)
    return Living(here=here, clock=clock_of(cluster, database))
