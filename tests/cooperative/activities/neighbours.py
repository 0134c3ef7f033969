"""Two phyles that know each other, and what the machine of one of them can be made to show."""

from phyle.cooperative.activities import observing, witnessing
from phyle.cooperative.ledger import checkpoints, partners, reading, standing, witness_keys, witnesses
from phyle.cooperative.tree.checkpoints import Checkpoint, Head, verified
from phyle.cooperative.tree.keys import VerifierKey
from tests.cooperative.activities.machines import owned
from tests.cooperative.ledger.entries import begun, entered
from tests.instance import Instance


def host(here: Instance) -> str:
    return here.store.settings.domain


def origin(here: Instance) -> str:
    return f"{host(here)}/ledger/1"


async def begin(*instances: Instance) -> None:
    for here in instances:
        await begun(here.store)
        await standing.begin(here.store)


async def published(here: Instance, count: int) -> Head:
    """So many more entries, and a checkpoint that covers them."""
    await entered(here.store, count)
    async with here.store.transaction() as tx:
        head = await checkpoints.publish(tx) or await checkpoints.newest(tx)  # the server may have been faster
    assert head is not None
    return head


async def acquainted(one: Instance, other: Instance) -> None:
    """Each watches the ledger of the other and asks it to cosign."""
    for here, there in ((one, other), (other, one)):
        async with here.store.transaction() as tx:
            await partners.invite(tx, host(there))
        await witnessing.introduce(here.net, here.store, host(there))


async def asked(here: Instance) -> None:
    await witnessing.ask_witnesses(here.net, here.store, {})


async def observed(here: Instance, there: Instance) -> None:
    await observing.observe(here.net, here.store, {"origin": origin(there)})


async def newest(here: Instance) -> Head:
    async with here.store.reading() as tx:
        head = await checkpoints.newest(tx)
    assert head is not None
    return head


async def log_of(here: Instance, there: Instance) -> witnesses.Log:
    async with here.store.reading() as tx:
        return await witnesses.log(tx, origin(there))


async def witness_key(here: Instance) -> VerifierKey:
    async with here.store.transaction() as tx:
        return await witness_keys.public(tx)


async def rewritten(here: Instance, seq: int) -> None:
    """Behind the server's back, another entry stands in the ledger, and all hashes fit it."""
    await owned(
        here,
        "ALTER TABLE cooperative.entries DISABLE TRIGGER USER",
        "ALTER TABLE cooperative.hashes DISABLE TRIGGER USER",
        "UPDATE cooperative.entries SET leaf = 'forged', hash = sha256('\\x00'::bytea || 'forged'::bytea)"
        f" WHERE seq = {seq}",
        "ALTER TABLE cooperative.entries ENABLE TRIGGER USER",
    )


async def shows(here: Instance, *, note: bytes, size: int, root: bytes) -> None:
    """The instance shows this head, whatever its own rules say."""
    await owned(here, "DELETE FROM cooperative.cosignatures", "DELETE FROM cooperative.checkpoints")
    await here.fetch(
        "INSERT INTO cooperative.checkpoints (origin, size, root, note) VALUES ($1, $2, $3, $4)",
        origin(here),
        size,
        root,
        note,
    )


async def shows_present(here: Instance) -> Head:
    """What the tree is now, signed with the log's key."""
    async with here.store.reading() as tx:
        (signer, *_), present = await checkpoints.log_signers(tx), await reading.head(tx)
    note = Checkpoint(origin(here), present.size, present.root).note().signed(signer)
    await shows(here, note=bytes(note), size=present.size, root=present.root)
    return verified(note, [signer.public])
