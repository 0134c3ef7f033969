"""Two phyles for tests: makers, where ana maintains the work `seeder`, and housing, where dora has a fork of it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phyle.commons import repositories
from phyle.settings import Settings
from phyle.store.embedded import Embedded
from tests.commons.between import API, Maker, answered, both_settled, maker
from tests.commons.workshop import Workshop, git
from tests.conftest import fresh
from tests.cooperative.founding import found
from tests.cooperative.law.charters import charter
from tests.instance import Instance, Member, instance
from tests.servers import eventually
from tests.web.commons.works import Working, working


@dataclass
class Phyles:
    """`makers`: where the work is; `dora` and her co-operative are of `housing`."""

    here: Instance
    beyond: Instance
    makers: Working
    dora: Maker
    at_doras: Workshop

    @property
    def seeder(self) -> str:
        """As people of housing write it."""
        return f"@seeder.git@{self.here.origin.partition('://')[2]}"

    async def settled(self) -> None:
        await both_settled(self.here, self.beyond)

    async def offered(self, **files: str) -> dict[str, Any]:
        """dora pushes a change to her fork and offers it; once makers have it."""
        await self.at_doras.commit({name.replace("_", "."): text for name, text in files.items()}, sign_off=True)
        await self.at_doras.push(self.dora.folder, "topic", force=True)
        given: dict[str, Any] = {
            "repository": self.seeder,
            "origin": "seeder_too",
            "branch": "topic",
            "title": "Sow more",
        }
        made = await self.dora.post("/offers/merge_requests", sign_off=True, mandate=True, **given)

        async def there() -> bool:
            (it,) = [each for each in await self.dora.get("/offers") if each["id"] == made["id"]]
            return bool(it["state"] == "open")

        await eventually(there)
        return made  # type: ignore[no-any-return]  # JSON


async def get(member: Member, path: str, status: int = 200, **params: Any) -> Any:
    return answered(await member.ask("GET", f"{API}{path}", params=params), status)


async def post(member: Member, path: str, status: int = 200, **data: Any) -> Any:
    return answered(await member.ask("POST", f"{API}{path}", json=data), status)


@contextlib.asynccontextmanager
async def two_phyles(cluster: Embedded, settings: Settings, here: Instance, place: Path) -> AsyncIterator[Phyles]:
    """Both founded; the work of the one forked by the other, and offered."""
    makers = await working(here, place / "anas")
    async with fresh(cluster) as address, instance(settings, address, whole=True) as beyond:
        dora = await maker(beyond, "dora", "seeder_too")
        others = [await beyond.member(name) for name in ("eli", "fay")]
        await found(beyond.store, [dora.member.actor, *(each.actor for each in others)], charter())
        folder = repositories.folder(here.store.settings, makers.repository.id)
        await git(place, "clone", "--quiet", str(folder), "doras")
        at_doras = Workshop(place / "doras", "Dora")
        await at_doras.push(dora.folder, "main")
        await at_doras.branch("topic")
        yield Phyles(here, beyond, makers, dora, at_doras)
