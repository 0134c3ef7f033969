"""How many requests one may send: counted before anything else is done for them."""

import hashlib
import time
from datetime import timedelta

from phyle.clock import api_time
from phyle.identity.limits import REQUESTS, Limit, Meter, Standing, place
from phyle.store.transaction import Store
from phyle.web.asked import Asked

FROM_ADDRESS = Limit(name="address", most=7_500, window=timedelta(minutes=5))
_SECONDS = 5.0  # between two comparisons with the other processes


class Metering:
    """Two meters: for the API one of each token (or, without one, address), and for everything one of each address,
    which is much wider, because other servers fetch many documents from one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._on = store.settings.limits
        self._addresses = Meter(FROM_ADDRESS, on=self._on)
        self._requests = Meter(REQUESTS, on=self._on)
        self._shared = 0.0

    async def count(self, asked: Asked) -> Standing | None:
        """Counts a request; how it stands, for the API. Not inside a transaction. Raises TooMany."""
        if not self._on:
            return None
        await self._share()
        address = place(asked.address)
        self._addresses.count(address)
        if not asked.path.startswith("/api/"):
            return None
        authorization = asked.headers.get("authorization")
        return self._requests.count(_whom(authorization) if authorization else address)

    async def count_raw(self, secret: str, address: str) -> None:
        """Counts a request that is answered before there is an `Asked`, in the same meters; `secret`: the token, if one
        was sent. Raises TooMany."""
        if not self._on:
            return
        await self._share()
        self._addresses.count(place(address))
        if secret:
            self._requests.count(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:32])

    async def _share(self) -> None:
        if time.monotonic() - self._shared > _SECONDS:
            self._shared = time.monotonic()
            await self._addresses.share(self._store)
            await self._requests.share(self._store)


def _whom(authorization: str) -> str:
    """The token, however the header around it is written."""
    token = authorization.strip().partition(" ")[2].strip()
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def told(standing: Standing) -> dict[str, str]:
    """The headers by which clients pace themselves."""
    return {
        "X-RateLimit-Limit": str(standing.most),
        "X-RateLimit-Remaining": str(standing.left),
        "X-RateLimit-Reset": api_time(standing.until),
    }
