"""Projects of two instances: who maintains what, with real folders, and with the API as people's programs use it."""

import base64
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from phyle.commons import creating
from phyle.commons.creating import Wanted
from phyle.commons.repositories import Repository, folder
from phyle.federation import people
from phyle.identity.actors import Actor
from tests.commons.workshop import Workshop, git, workshop
from tests.instance import Instance, Member

API = "/api/phyle/v1"


@dataclass
class Maker:
    """Somebody with an account and a repository of their own, and a workshop."""

    member: Member
    repository: Repository

    @property
    def instance(self) -> Instance:
        return self.member.instance

    @property
    def folder(self) -> Path:
        return folder(self.instance.store.settings, self.repository.id)

    @property
    def uri(self) -> str:
        """The id of the repository's actor."""
        return f"{self.instance.origin}/actors/{self.repository.id}"

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.member.ask(method, f"{API}{path}", **options)

    async def get(self, path: str, status: int = 200, **params: Any) -> Any:
        return answered(await self.ask("GET", path, params=params), status)

    async def post(self, path: str, status: int = 200, **data: Any) -> Any:
        return answered(await self.ask("POST", path, json=data), status)

    async def knows(self, uri: str) -> Actor:
        """Fetched from its own server."""
        return await people.fetch_actor(self.instance.net, self.instance.store, uri)


def answered(response: httpx.Response, status: int = 200) -> Any:
    assert response.status_code == status, f"{response.request.url}: {response.status_code} {response.text[:600]}"
    return response.json()


async def maker(instance: Instance, name: str, project: str) -> Maker:
    """Somebody and their repository, which is empty."""
    member = await instance.member(name)
    made = await creating.create(instance.store, member.actor, Wanted(name=project))
    return Maker(member=member, repository=made)


async def filled(who: Maker, place: Path) -> Workshop:
    """A workshop whose first commit is in the repository."""
    made = await workshop(place, who.member.actor.name.capitalize())
    await made.push(who.folder, "main")
    return made


async def cloned(origin: Path, place: Path, name: str) -> Workshop:
    """A workshop that begins with what is in a repository."""
    await git(place.parent, "clone", "--quiet", str(origin), place.name)
    return Workshop(place, name)


async def both_settled(*instances: Instance) -> None:
    """Until nothing is on its way between them any more."""
    for _ in range(3):
        for each in instances:
            await each.settled()


def basic(member: Member) -> str:
    """What git says of who is asking."""
    return base64.b64encode(f"{member.actor.name}:{member.token}".encode()).decode()


def own_home(instance: Instance, place: Path) -> Instance:
    """With folders of its own."""
    instance.store.settings = replace(instance.store.settings, home=place)
    return instance
