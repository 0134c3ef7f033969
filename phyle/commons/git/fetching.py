"""Fetching from another server: by git, but under the policy of the guarded client, in time, and into quarantine first.

The address is resolved and judged as for every other request (`federation.connections`), and the addresses that were
judged are those that git's HTTP library is told to use. Objects come into a folder of their own; only what is whole,
checked and within bounds is moved to the others, and then refs change by compare and swap.
"""

import asyncio
import contextlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path

from phyle.commons.git import leftovers, names, refs, storage
from phyle.commons.git.commands import Ended, ran, run
from phyle.commons.git.spawning import spawned
from phyle.errors import Malformed, Refusal, TooLarge, TooMany, Unavailable, Unprocessable, Unreachable
from phyle.federation import urls
from phyle.federation.connections import Lookup, Reach, Resolver, literal_of, target
from phyle.federation.net import judge
from phyle.identity import limits

Progress = Callable[[int], None]
"""Is told now and then how many bytes have come."""
_EVERYTHING = 2_147_483_647
"""A depth that is no limit. It is asked for because the dumb protocol knows no depth, and so is never fallen back to:
its lists of alternates would lead anywhere."""
_LINE = re.compile(r"([0-9a-f]{40})\t(\S+)")
_SECONDS_OF_LISTING = 60.0


async def listing(reach: Reach, repository: Path, address: str, *, lookup: Lookup | None = None) -> dict[str, str]:
    """The refs of a repository elsewhere (https; http on this machine where that is permitted), without peeled tags and
    without names that we would not take. `repository`: any of ours. Not inside a transaction.

    Raises Unreachable (with what went wrong as the cause), Malformed, TooLarge.
    """
    guard = await _guarded(reach, address, lookup)
    words = (*guard, "ls-remote", "--quiet", "--end-of-options", address)
    try:
        ended = await ran(repository, *words, kind="fetch", client=_whose(address), seconds=_SECONDS_OF_LISTING)
    except (Unavailable, TooMany) as late:
        raise _unreachable(address, late.cause) from late
    if ended.code:
        raise _unreachable(address, ended.complaints)
    found = dict(_listed(ended.out.decode(errors="replace")))
    if len(found) > refs.MOST:
        raise TooLarge(f"That repository has more than {refs.MOST} branches and tags.")
    return found


def _whose(address: str) -> str:
    """Whose server it is: a slow one waits for itself, and keeps nobody else waiting."""
    return limits.domain(urls.host_of(address))


def _listed(said: str) -> Iterable[tuple[str, str]]:
    for line in said.splitlines():
        match = _LINE.fullmatch(line)
        if match and not match[2].endswith("^{}"):
            with contextlib.suppress(Unprocessable):
                yield (match[2] if match[2] == "HEAD" else names.check(match[2])), match[1]


async def fetch(
    reach: Reach,
    repository: Path,
    address: str,
    wanted: Mapping[str, str],
    *,
    most: int = storage.LARGEST,
    seconds: float = 1800,
    progress: Progress | None = None,
    lookup: Lookup | None = None,
) -> dict[str, str]:
    """Brings refs from elsewhere: `wanted` says which of ours (full name) becomes which of theirs (full name, or an
    id); what ours name now. Refs that are here are moved, whatever they named, if nobody else moves them meanwhile.

    `most`: bytes that may come. Raises Unreachable, TooLarge, Malformed, Conflict; nothing has changed then.
    """
    theirs = await listing(reach, repository, address, lookup=lookup)
    found = {ours: _found(theirs, source) for ours, source in wanted.items()}
    if not found:
        return {}
    before = await refs.oids(repository, found)
    guard = await _guarded(reach, address, lookup)
    async with _quarantine(repository) as incoming:
        await _fetched(repository, incoming, guard, address, set(found.values()), most, seconds, progress)
        await asyncio.to_thread(_move, incoming, repository / "objects")
    await refs.swap(
        repository, [(ours, before.get(ours), oid) for ours, oid in found.items() if before.get(ours) != oid]
    )
    return found


def _found(theirs: Mapping[str, str], source: str) -> str:
    if names.OID.fullmatch(source):
        return source
    if source not in theirs:
        raise Unreachable(f"There is no {names.short(source)[:100]} in that repository.")
    return theirs[source]


async def _fetched(
    repository: Path,
    incoming: Path,
    guard: tuple[str, ...],
    address: str,
    oids: set[str],
    most: int,
    seconds: float,
    progress: Progress | None,
) -> None:
    words = (
        *guard,
        *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"),
        *(f"--depth={_EVERYTHING}", "--no-recurse-submodules", "--stdin", "--end-of-options", address),
    )
    environ = {
        "GIT_OBJECT_DIRECTORY": str(incoming),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(repository / "objects"),
    }
    try:
        fetching = spawned(
            incoming, *words, kind="fetch", client=_whose(address), seconds=seconds, environ=environ, file=most
        )
        async with fetching as running:
            await running.stdin.write("".join(f"{oid}\n" for oid in sorted(oids)).encode())
            running.stdin.close()
            watching = asyncio.create_task(_watch(incoming, most, progress))
            ending = asyncio.create_task(running.code())
            try:
                await asyncio.wait({watching, ending}, return_when=asyncio.FIRST_COMPLETED)
                if not ending.done():
                    await watching
                code, complaints = await ending, await running.complaints()
            finally:
                for task in (watching, ending):
                    task.cancel()
                await asyncio.gather(watching, ending, return_exceptions=True)
    except (Unavailable, TooMany) as late:
        raise _unreachable(address, late.cause or late.sentence) from late
    except BrokenPipeError:
        raise _unreachable(address, "git ended before it was told what to fetch") from None
    if await storage.size(incoming) >= most:
        raise _too_large(most)
    if code:
        raise _wrong(address, Ended(code=code, out=b"", complaints=complaints))
    if await asyncio.to_thread(_is_part, incoming):
        raise Unprocessable("That repository has only a part of its history itself, so nothing was taken.")


def _is_part(incoming: Path) -> bool:
    return (incoming / "shallow").is_file() and (incoming / "shallow").stat().st_size > 0


async def _watch(incoming: Path, most: int, progress: Progress | None) -> None:
    """Says how far it is; ends with TooLarge."""
    while True:
        await asyncio.sleep(0.5)
        size = await storage.size(incoming)
        if size > most:
            raise _too_large(most)
        if progress is not None:
            progress(size)


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"That repository has more than {most >> 20} MiB, which is too much for us.")


def _wrong(address: str, ended: Ended) -> Refusal:
    said = ended.complaints
    if "fsck" in said:
        return Unprocessable("That repository has objects that are not sound, so nothing was taken.", cause=said[-500:])
    return _unreachable(address, said)


@contextlib.asynccontextmanager
async def _quarantine(repository: Path) -> AsyncIterator[Path]:
    """A place for objects that nobody sees, gone after the block with what is still in it. It is a repository of
    its own with the same refs, so that git's locks lie in it, too: who is killed leaves none, and two never meet."""
    incoming = repository / "objects" / f"{leftovers.FETCHING}{secrets.token_hex(8)}"
    held = await run(repository, "for-each-ref", "--format=%(objectname) %(refname)")
    await asyncio.to_thread(_begin, incoming, held)
    try:
        yield incoming
    finally:
        await asyncio.to_thread(shutil.rmtree, incoming, ignore_errors=True)


def _begin(incoming: Path, held: bytes) -> None:
    (incoming / "pack").mkdir(parents=True)
    (incoming / "refs").mkdir()
    (incoming / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
    (incoming / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n", encoding="ascii")
    (incoming / "packed-refs").write_bytes(held)


def _move(incoming: Path, objects: Path) -> None:
    """Packs to the others, the index last: with it, git sees the pack."""
    (objects / "pack").mkdir(exist_ok=True)
    packs = sorted((incoming / "pack").glob("pack-*"), key=lambda path: path.suffix == ".idx")
    for path in packs:
        os.replace(path, objects / "pack" / path.name)


async def _guarded(reach: Reach, address: str, lookup: Lookup | None) -> tuple[str, ...]:
    """Configuration that binds git to this address, as judged. Raises Malformed, Unreachable."""
    if urls.normal(address) != address or "?" in address:
        raise Malformed("That is no address that can be cloned from.", cause=address[:300])
    url = target(address)
    host, port = url.raw_host or "", url.port or 443
    try:
        judge(url.scheme, host, reach)
        resolve = "" if literal_of(host) else await _resolved(reach, host, port, lookup)
    except (OSError, Malformed) as error:
        raise _unreachable(address, str(error)) from error
    settings = {
        "http.curloptResolve": resolve,
        "http.followRedirects": "false",
        "http.proxy": "",
        "http.lowSpeedLimit": "1000",
        "http.lowSpeedTime": "60",
        "http.userAgent": f"git (for {reach.user_agent})",
        "http.sslCAInfo": str(reach.ca_file) if reach.ca_file else "",
        f"protocol.{url.scheme}.allow": "always",
    }
    return tuple(
        word for name, value in settings.items() if value or name == "http.proxy" for word in _set(name, value)
    )


def _set(name: str, value: str) -> tuple[str, str]:
    return "-c", f"{name}={value}"


async def _resolved(reach: Reach, host: str, port: int, lookup: Lookup | None) -> str:
    """`HOST:PORT:ADDRESS[,ADDRESS]`, every one of them permitted. Raises OSError."""
    resolver = Resolver(reach, lookup)
    try:
        found = await resolver.resolve(host, port)
    finally:
        await resolver.close()
    addresses = (f"[{each['host']}]" if ":" in each["host"] else each["host"] for each in found)
    return f"{host}:{port}:{','.join(addresses)}"


def _unreachable(address: str, cause: str) -> Unreachable:
    return Unreachable(f"{urls.host_of(address)} could not be reached, or gave nothing.", cause=cause.strip()[-1000:])
