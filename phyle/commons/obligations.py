"""What a fork must keep of the licences and notices that it took over, and what it has dropped of them since."""

from dataclasses import dataclass

from phyle.commons import forks, manifests, permission
from phyle.commons.git import names, refs, storage
from phyle.commons.repositories import Repository
from phyle.cooperative.licences.obligations import Dropped, Kept, obligations
from phyle.errors import Missing
from phyle.store.transaction import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Obliged:
    """`base`: the commit that was taken over last, `commit`: the one compared with it. `keep`: the licences that
    came with it, with how many files and whose; `dropped`: what is not kept in files that are still there, up to
    `MOST`; `gone`: how many files are not there any more. `whole`: whether all files were looked at."""

    origin: str
    base: str
    commit: str
    expression: str
    keep: list[Kept]
    dropped: list[Dropped]
    gone: int
    kept: bool
    whole: bool


MOST = 200


async def of(store: Store, viewer: int | None, repository: Repository) -> Obliged:
    """Of a fork whose history is here. Missing for what is no fork. Not inside a transaction."""
    async with store.reading() as tx:
        await permission.require(tx, viewer, repository, "read")
        copy = await forks.copy(tx, repository.id)
    if copy is None or copy.base is None:
        raise Missing("Nothing was taken over from elsewhere.")
    folder = await storage.existing(store.settings, repository.id)
    first = names.BRANCHES + repository.default_branch
    commit = (await refs.oids(folder, [first])).get(first, copy.base)
    before, now = await manifests.of_commit(folder, copy.base), await manifests.of_commit(folder, commit)
    found = obligations(before.manifest, now.manifest)
    return Obliged(
        origin=copy.origin,
        base=copy.base,
        commit=commit,
        expression=str(before.manifest.expression or ""),
        keep=list(found.keep),
        dropped=list(found.dropped[:MOST]),
        gone=len(found.gone),
        kept=found.kept,
        whole=before.whole and now.whole,
    )
