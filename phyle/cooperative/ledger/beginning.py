"""How the ledger of an instance begins: with keys of its own, and an entry that names them."""

from phyle.cooperative.ledger import acts, append, operating, reading, signing
from phyle.errors import Conflict, Refused
from phyle.identity import multikey
from phyle.store.transaction import Store, Tx


async def begin(store: Store) -> None:
    """At the first start: makes the ledger's keys and its first entries, what the operator did until now among them.
    Does nothing when it has begun."""
    async with store.reading() as tx:
        if await reading.phyle(tx) is not None:
            return
    try:
        async with store.transaction() as tx:
            await signing.make_keys(tx)
            hash = await acts.submit_in(tx, await _first(tx), author="host")
            await operating.enter_earlier(tx)
        await acts.wait(store, hash)
    except (Refused, Conflict):  # another process was faster, and its first entry is ours
        await append.drain(store)
        async with store.reading() as tx:
            if await reading.phyle(tx) is None:
                raise


async def _first(tx: Tx) -> signing.Document:
    keys, origin = await signing.keys(tx), signing.first_origin(tx)
    payload = {
        "origin": origin,
        "host": tx.store.settings.domain,
        "log_key": multikey.encode(keys.log.public_key()),
        "credential_key": multikey.encode(keys.credential.public_key()),
    }
    return await signing.as_host(tx, "begin", payload, nonce=signing.once(origin, "begin"))
