"""A ledger somewhere else, at its own host or at a mirror: what is fetched of it, nothing of which is believed yet."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

from phyle.cooperative.tree.bundles import entries_of
from phyle.cooperative.tree.keys import Kind, VerifierKey
from phyle.cooperative.tree.paths import Bundle, bundle_path, tile_path
from phyle.cooperative.tree.tiles import FULL, Tile
from phyle.errors import Malformed, Missing, Refused, Unreachable
from phyle.federation.net import Net
from phyle.federation.urls import normal_host

# A bundle of 256 entries of 65,535 bytes, and a blob.
LONGEST = 17 << 20
SMALL = 1 << 18
MOST_KEYS = 16
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a phyle says its keys are: `origin` of its ledger, keys of its log, and its key as a witness."""

    origin: str
    log: tuple[VerifierKey, ...]
    witness: VerifierKey

    @classmethod
    def read(cls, data: bytes, *, host: str) -> Self:
        """The document at `/ledger/keys` of a host. Malformed unless it speaks for that host and no other."""
        try:
            document: Any = json.loads(data)
            origin, log = document["origin"], tuple(map(VerifierKey.read, document["log"][:MOST_KEYS]))
            witness = VerifierKey.read(document["witness"]["vkey"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Malformed(f"{host} does not say what the keys of its ledger are", cause=repr(error)) from error
        if not isinstance(origin, str) or not origin.startswith(f"{host}/ledger/") or not log:
            raise Malformed(f"{host} speaks of a ledger that is not its own", cause=repr(origin)[:300])
        if any(key.name != origin or key.kind is not Kind.ED25519 for key in log):
            raise Malformed(f"The keys of the ledger of {host} are not named as the ledger is")
        if witness.name != f"{host}/witness" or witness.kind is not Kind.COSIGNATURE:
            raise Malformed(f"The key with which {host} witnesses is not named after it")
        return cls(origin=origin, log=log, witness=witness)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What stands beside a ledger: its SHA-256, the first entry that names it, and for a sheet, of which ballot."""

    hash: str
    seq: int
    ballot: str | None

    @classmethod
    def read(cls, row: Any) -> Self:
        """One row of the list. ValueError, KeyError or TypeError when it is none."""
        ballot = row.get("ballot")
        if not _HASH.fullmatch(row["sha256"]) or (ballot is not None and not _ID.fullmatch(ballot)):
            raise ValueError("not a hash or not a ballot")
        return cls(hash=row["sha256"], seq=int(row["seq"]), ballot=ballot)


@dataclass(frozen=True, slots=True)
class Remote:
    """`base`: the address below which a ledger is served, without a slash at its end."""

    net: Net
    base: str

    @classmethod
    def at(cls, net: Net, host: str) -> Self:
        """The ledger of a phyle at its own host."""
        return cls(net, net.address(normal_host(host), "/ledger"))

    def mirror(self, hash: str) -> "Remote":
        """The copy that this phyle keeps of another ledger, named by the hash of its origin."""
        return Remote(self.net, f"{self.base}/witnessed/{hash}")

    async def checkpoint(self) -> bytes:
        """Its newest checkpoint."""
        return await self._get("checkpoint", limit=SMALL)

    async def keys(self, host: str) -> Keys:
        """The keys that a host says are those of its ledger."""
        return Keys.read(await self._get("keys", limit=SMALL), host=host)

    async def speaks_by(self) -> Any:
        """What its host says that its keys are, as JSON. Malformed if it is none."""
        try:
            return json.loads(await self._get("keys", limit=SMALL))
        except (ValueError, RecursionError) as error:
            raise Malformed("That ledger does not say what its keys are", cause=repr(error)) from error

    async def tiles(self, wanted: Iterable[Tile]) -> dict[tuple[int, int], bytes]:
        """Tiles of the tree; where a partial one is gone, the full one."""
        return {tile.place: await self._tile(tile) for tile in wanted}

    async def entries(self, bundle: Bundle) -> list[bytes]:
        """The entries of a bundle, at most as many as it is wide."""
        try:
            data = await self._get(bundle_path(bundle), limit=LONGEST)
        except Missing:
            if bundle.width == FULL:
                raise
            data = await self._get(bundle_path(Bundle(bundle.number, FULL)), limit=LONGEST)
        return entries_of(data)[: bundle.width]

    async def blob(self, hash: str) -> bytes:
        """A blob. The caller compares it with its hash."""
        return await self._get(f"blobs/{hash}", limit=LONGEST)

    async def sheet(self, ballot: str) -> bytes:
        """The opened papers of a ballot. The caller compares them with their hash."""
        return await self._get(f"ballots/{ballot}", limit=LONGEST)

    async def named_since(self, seq: int) -> list[Named]:
        """What entries from `seq` on name first, in order. One page; empty when there is no more."""
        try:
            document: Any = json.loads(await self._get(f"blobs?since={seq}", limit=LONGEST))
            return [Named.read(row) for row in document["blobs"]]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Malformed("The list of blobs cannot be read", cause=repr(error)) from error

    async def _tile(self, tile: Tile) -> bytes:
        try:
            return await self._get(tile_path(tile), limit=SMALL)
        except Missing:
            if tile.width == FULL:
                raise
            return await self._get(tile_path(Tile(tile.level, tile.number, FULL)), limit=SMALL)

    async def _get(self, path: str, *, limit: int) -> bytes:
        """Missing for 404 and 410, Unreachable for what may pass, Refused for all else but 200."""
        fetched = await self.net.get(f"{self.base}/{path}", accept="*/*", limit=limit, redirects=0, deadline=30.0)
        if fetched.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            raise Missing(f"There is no {path} in that ledger.", cause=fetched.url)
        if fetched.status == HTTPStatus.TOO_MANY_REQUESTS or fetched.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unreachable("That ledger does not answer now.", cause=f"{fetched.url}: status {fetched.status}")
        if fetched.status != HTTPStatus.OK:
            raise Refused("That ledger does not answer as one.", cause=f"{fetched.url}: status {fetched.status}")
        return fetched.body
