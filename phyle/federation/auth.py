"""HTTP signatures as an `httpx.Auth`: each request, redirected ones too, is signed as it is about to be sent."""

from collections.abc import Generator

import httpx

from phyle.clock import now
from phyle.federation.signatures import Signer, Style, sign


class SignatureAuth(httpx.Auth):
    """Signs with one actor's key, in draft-cavage-12 unless told otherwise."""

    requires_request_body = True

    def __init__(self, signer: Signer, *, style: Style = "cavage") -> None:
        self._signer = signer
        self._style = style

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        headers = sign(
            self._signer,
            method=request.method,
            url=str(request.url),
            now=now(),
            body=request.content or None,
            style=self._style,
        )
        request.headers.update(headers)
        yield request
