"""The least that could serve: a bare ASGI application under Hypercorn with one query. `PORT DSN` are its arguments."""

import asyncio
import os
import sys
from typing import Any

import asyncpg
import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config

_MAKE = "CREATE UNLOGGED TABLE IF NOT EXISTS public.bench_rows (id bigint PRIMARY KEY, body text)"
_KEPT = "CREATE TABLE IF NOT EXISTS public.bench_kept (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)"


def application(pool: Any) -> Any:
    """GET: one row by its key. POST: one row kept."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = (await receive()).get("body", b"")
        if scope["method"] == "POST":
            await pool.execute("INSERT INTO public.bench_kept (body) VALUES ($1)", body.decode())
        else:
            await pool.fetchval("SELECT body FROM public.bench_rows WHERE id = $1", 1)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})

    return answer


async def _keep_as_it_is(_connection: Any) -> None:
    """No exchange with the database to reset what nobody changed."""


async def main(port: int, dsn: str) -> None:
    """Until it is ended."""
    async with asyncpg.create_pool(dsn, min_size=4, max_size=12, reset=_keep_as_it_is) as pool:
        await pool.execute(_MAKE)
        await pool.execute(_KEPT)
        await pool.execute("INSERT INTO public.bench_rows VALUES (1, 'hello') ON CONFLICT DO NOTHING")
        config = Config()
        config.bind = [f"127.0.0.1:{port}"]
        config.accesslog = None
        config.errorlog = None
        asyncio.get_running_loop().call_later(0.5, os.write, 1, b"ready\n")
        await serve(application(pool), config)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2]))
