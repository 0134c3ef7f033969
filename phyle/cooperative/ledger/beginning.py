"""How the ledger of an instance begins: with keys of its own, and an entry that names them."""

from hashlib import sha256

from phyle.cooperative.ledger import acts, reading, signing
from phyle.errors import Conflict, Refused
from phyle.identity import multikey
from phyle.store.transaction import Store, Tx


async def begin(store: Store) -> None:
    """At the first start: makes the ledger's keys and its first entry. Does nothing when it has begun."""
    async with store.transaction() as tx:
        if await reading.phyle(tx) is not None:
            return
        await signing.make_keys(tx)
        document = await _first(tx)
    try:
        await acts.submit(store, document, author="host")
    except (Refused, Conflict):  # another process was faster: its first entry is ours
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
    return await signing.as_host(tx, "begin", payload, nonce=once(origin, "begin"))


def once(*words: str) -> str:
    """The nonce of something that is entered once, whoever does it how often."""
    return sha256("\n".join(words).encode()).hexdigest()[:32]
