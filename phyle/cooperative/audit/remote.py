"""A ledger that is served over HTTP, as the source of an audit: fetched ahead, bounded, and tried again."""

import re
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from phyle.cooperative.audit.files import openings_of
from phyle.cooperative.audit.sources import Openings
from phyle.cooperative.law.naming import BLOBS
from phyle.cooperative.tree.bundles import bundles_of, entries_of
from phyle.cooperative.tree.hashing import WIDTH
from phyle.cooperative.tree.keys import VerifierKey
from phyle.cooperative.tree.paths import Bundle, bundle_path, tile_path
from phyle.cooperative.tree.tiles import FULL, Tile, tile_at
from phyle.errors import Malformed, Missing, Refused, TooLarge, Unreachable
from phyle.federation.connections import is_loopback_name

LARGEST = 64 << 20
PATIENCE = 30.0
"""Seconds for one connection, and between two parts of an answer."""
TRIES = 4
LONGEST_PAUSE = 60.0
"""Seconds for which a server that asks for patience is left alone."""
AHEAD = 8
"""Bundles that are fetched before they are asked for."""
API = "/api/phyle/v1/ledger"
_BLOB = re.compile(rb'"(?:%s)":"([0-9a-f]{64})"' % b"|".join(name.encode() for name in sorted(BLOBS)))


class Remote:
    """The ledger below an address such as https://a.example/ledger/. `token`: an OAuth token of a member."""

    tiled = True

    def __init__(self, address: str, *, token: str = "", insecure_local: bool = False) -> None:
        """Refused for an address that is neither https nor, if that is permitted, this machine."""
        self.where = base_of(address, insecure_local=insecure_local)
        self._root = "{0.scheme}://{0.netloc}".format(urlsplit(self.where))
        self._token = token
        self._client = httpx.Client(timeout=PATIENCE, headers={"User-Agent": "phyle-audit"}, trust_env=False)
        self._pool = ThreadPoolExecutor(AHEAD, thread_name_prefix="audit")
        self._tiles: dict[tuple[int, int], Future[bytes | None]] = {}
        self._blobs: dict[str, Future[bytes | None]] = {}
        self._stopped = threading.Event()

    def __enter__(self) -> "Remote":
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)
        self._client.close()

    def checkpoints(self) -> Sequence[bytes]:
        """The newest alone."""
        note = self._get(f"{self.where}checkpoint")
        return [] if note is None else [note]

    def entries(self, first: int, size: int) -> Iterator[tuple[int, list[bytes]]]:
        """Bundle by bundle, the next ones and their tiles being fetched meanwhile."""
        bundles = iter(bundles_of(size, old=first))
        waiting = deque(self._asked(bundle, size) for bundle in islice(bundles, AHEAD))
        while waiting:
            bundle, coming = waiting.popleft()
            data = coming.result()
            if data is None:
                return
            waiting.extend(self._asked(bundle, size) for bundle in islice(bundles, 1))
            self._expect(data)
            yield bundle.number * FULL, entries_of(data)[: bundle.width]
            self._tiles.pop((0, bundle.number), None)

    def _asked(self, bundle: Bundle, size: int) -> tuple[Bundle, Future[bytes | None]]:
        """A bundle that is on its way, together with the tile that holds its hashes."""
        tile = tile_at(0, bundle.number, size)
        self._tiles[tile.place] = self._pool.submit(self._partial, tile_path, tile)
        return bundle, self._pool.submit(self._partial, bundle_path, bundle)

    def _expect(self, data: bytes) -> None:
        """The blobs that a bundle names will be asked for next."""
        self._blobs.clear()
        for name in {found.decode() for found in _BLOB.findall(data)}:
            self._blobs[name] = self._pool.submit(self._get, f"{self.where}blobs/{name}")

    def tile(self, tile: Tile) -> bytes | None:
        """As it is served, as wide as it was asked for."""
        coming = self._tiles.get(tile.place)
        data = coming.result() if coming is not None else self._partial(tile_path, tile)
        return None if data is None else data[: tile.width * WIDTH]

    def blob(self, hash: str) -> bytes | None:
        """As it is served."""
        coming = self._blobs.pop(hash, None)
        return coming.result() if coming is not None else self._get(f"{self.where}blobs/{hash}")

    def sheet(self, ballot: str) -> bytes | None:
        """As it is served to everybody, else to members."""
        found = self._get(f"{self.where}ballots/{ballot}")
        return self._get(f"{self._root}{API}/ballots/{ballot}") if found is None and self._token else found

    def unread(self) -> Sequence[str]:
        """Nothing is given that was not asked for."""
        return ()

    def openings(self, first: int, count: int) -> Openings | None:
        """What the instance shows to the member whose token this is."""
        if not self._token:
            return None
        data = self._get(f"{self._root}{API}/openings?first={first}&count={count}")
        if data is None:
            raise Missing("The instance shows no openings: is the token that of a member?")
        try:
            document = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise Malformed("The openings that the instance shows are not JSON") from error
        if not isinstance(document, dict):
            raise Malformed("The openings that the instance shows are not an object")
        return openings_of(document)

    def witness(self, name: str) -> VerifierKey | None:
        """The key of a witness, from the host that its name begins with; None if that host does not say."""
        host = name.partition("/")[0]
        try:
            data = self._get(f"{urlsplit(self.where).scheme}://{host}/ledger/keys")
            document: Any = orjson.loads(data or b"{}")
            key = VerifierKey.read(document["witness"]["vkey"])
        except (Unreachable, Refused, Malformed, TooLarge, KeyError, TypeError, ValueError):
            return None
        return key if key.name == name else None

    def _partial(self, path_of: Any, wanted: Any) -> bytes | None:
        """A tile or bundle; once it is full a server may have forgotten that it was partial (c2sp.org/tlog-tiles)."""
        data = self._get(f"{self.where}{path_of(wanted)}")
        if data is None and wanted.width < FULL:
            data = self._get(f"{self.where}{path_of(wanted._replace(width=FULL))}")
        return data

    def _get(self, address: str) -> bytes | None:
        """The body of an answer; None for 404. Unreachable after a few tries, TooLarge beyond 64 MiB."""
        why, pause = "", 0.0
        for number in range(TRIES):
            if number and self._stopped.wait(max(pause, 0.5 * 2**number)):
                break
            try:
                status, body, pause = self._once(address)
            except httpx.HTTPError as error:
                why, pause = str(error) or type(error).__name__, 0.0
                continue
            if status == httpx.codes.OK:
                return body
            if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
                return None
            if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
                raise Refused(f"{address} is not for you: the answer is {status}.")
            why = f"the answer is {status}"
            if status < httpx.codes.INTERNAL_SERVER_ERROR and status != httpx.codes.TOO_MANY_REQUESTS:
                break
        raise Unreachable(f"{address} cannot be fetched: {why or 'it was given up'}.")

    def _once(self, address: str) -> tuple[int, bytes, float]:
        """Status, body, and how many seconds the server asks to wait."""
        own = self._token and address.startswith(f"{self._root}{API}/")
        headers = {"Authorization": f"Bearer {self._token}"} if own else {}
        body, until = bytearray(), time.monotonic() + 10 * PATIENCE
        with self._client.stream("GET", address, headers=headers) as response:
            for part in response.iter_bytes():
                body += part
                if len(body) > LARGEST or time.monotonic() > until:
                    raise TooLarge(f"{address} has more than {LARGEST >> 20} MiB, or takes too long.")
            asked = response.headers.get("Retry-After", "")
            pause = min(LONGEST_PAUSE, float(asked)) if asked.isdecimal() else 0.0
            return response.status_code, bytes(body), pause


def base_of(address: str, *, insecure_local: bool) -> str:
    """The address below which a ledger is served, with a slash at its end. Refused unless it is https."""
    parts = urlsplit(address)
    local = insecure_local and parts.scheme == "http" and is_loopback_name(parts.hostname or "")
    if not parts.hostname or "@" in parts.netloc or not (parts.scheme == "https" or local):
        raise Refused("The address of a ledger begins with https://; http only with --insecure-local, to this machine.")
    path = parts.path if parts.path.strip("/") else "/ledger/"
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}/"
