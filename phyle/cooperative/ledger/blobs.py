"""Blobs: matter too long for an entry, which names it by its SHA-256. Fetched ones are kept in the process."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from hashlib import sha256

from phyle.errors import TooLarge
from phyle.store.jobs import Body
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

LONGEST = 16 << 20
DRAFTS_STAY = timedelta(days=30)
MOST_KEPT = 32 << 20
"""Bytes that one process keeps, so that the charter is not fetched, and its hash not taken, for every act."""


class Kept:
    """The blobs used last, by hash; never more than `MOST_KEPT` bytes. What a hash names cannot change."""

    def __init__(self) -> None:
        self._blobs: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def get(self, hash: str) -> bytes | None:
        """The blob, if it is here."""
        found = self._blobs.get(hash)
        if found is not None:
            self._blobs.move_to_end(hash)
        return found

    def put(self, hash: str, data: bytes) -> None:
        """Keep a blob, and forget those not used for longest."""
        if hash in self._blobs:
            return
        self._blobs[hash] = data
        self._bytes += len(data)
        while self._bytes > MOST_KEPT:
            self._bytes -= len(self._blobs.popitem(last=False)[1])


_KEPT = Kept()


async def keep_blob(tx: Tx, data: bytes) -> str:
    """Keeps what an act is about to name; its SHA-256. A draft until an entry names it. TooLarge above 16 MiB."""
    if len(data) > LONGEST:
        raise TooLarge(f"A document of the ledger has at most {LONGEST >> 20} MiB.")
    hash = sha256(data).hexdigest()
    await tx.run(SQL.keep, [hash], [data])
    return hash


async def blob(tx: Tx, hash: str, *, entered: bool = True) -> bytes | None:
    """The blob with this hash. `entered`: only if the ledger names it, as all may read it then."""
    data: bytes | None = await tx.value(SQL.blob, hash, entered)
    return data


async def forget_drafts(tx: Tx, _body: Body) -> None:
    """Recurring: what no entry came to name."""
    await tx.run(SQL.forget_drafts, DRAFTS_STAY)


async def fetch(tx: Tx, hashes: Iterable[str]) -> Mapping[str, bytes]:
    """Those of the blobs that are here, drafts too, each compared with its hash."""
    wanted = set(hashes)
    found = {hash: data for hash in wanted if (data := _KEPT.get(hash)) is not None}
    missing = [hash for hash in wanted if hash not in found]
    for row in await tx.rows(SQL.fetch, missing) if missing else ():
        if sha256(row["data"]).hexdigest() == row["hash"]:  # else somebody changed it, and it is not here any more
            found[row["hash"]] = row["data"]
            _KEPT.put(row["hash"], row["data"])
    return found
