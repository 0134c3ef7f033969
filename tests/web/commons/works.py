"""A work for tests: a repository of a phyle's member with a licence in it, offered in the ledger."""

from dataclasses import dataclass
from pathlib import Path

from phyle.commons import creating, repositories
from phyle.commons.creating import Wanted
from phyle.commons.repositories import Repository
from tests.commons.test_works import phyle
from tests.commons.workshop import Workshop, workshop
from tests.instance import Instance, Member

AT = "/api/phyle/v1/repositories/seeder"
CHANGE = {"what": "change", "terms": {"dco": True, "licence": "PPL", "mandate": True}}


@dataclass
class Working:
    """ana, bob and eve have founded a phyle; ana maintains `seeder`, which is under the PPL."""

    ana: Member
    bob: Member
    eve: Member
    repository: Repository
    shop: Workshop


async def working(whole: Instance, place: Path, *, mandate: bool = True, licence: str = "PPL") -> Working:
    """The phyle and its work."""
    ana, bob, eve = await phyle(whole)
    made = await creating.create(whole.store, ana.actor, Wanted(name="seeder"))
    shop = await workshop(place)
    await shop.commit({"LICENSES/PPL.txt": "Created by the workers.\n"}, "License it")
    await shop.push(repositories.folder(whole.store.settings, made.id), "main")
    await ana.post(f"{AT}/work", licence=licence, mandate=mandate)
    return Working(ana, bob, eve, made, shop)
