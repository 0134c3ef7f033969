"""Which paths a page of another origin may ask: those that know no cookies, so `*` gives nothing away."""

_OPEN = ("/api/", "/.well-known/", "/nodeinfo/", "/ledger/", "/oauth/token", "/oauth/revoke")

ANSWER: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id, Retry-After",
    ),
)
PREFLIGHT: tuple[tuple[bytes, bytes], ...] = (
    *ANSWER,
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key"),
    (b"access-control-max-age", b"86400"),
)


def opened(path: str) -> bool:
    """Whether scripts of every origin may read the answers of this path."""
    return path.startswith(_OPEN)
