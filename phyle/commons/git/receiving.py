"""What is pushed: the commands read before git sees them, git's own reception, and its report held back.

The protocol is that of gitprotocol-pack(5), "Pushing data to a server", in its stateless form (gitprotocol-http(5)).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from phyle.commons.git import names, pktline
from phyle.commons.git.changed import Changed
from phyle.commons.git.pktline import FLUSH, Reader
from phyle.commons.git.spawning import Running, spawned
from phyle.errors import Malformed, TooLarge

MOST_COMMANDS = 2000
"""Refs that one push may change."""
SECONDS = 3600.0
_MOST_REPORT = 1 << 20
_ASIDE = 64 << 20  # bytes that a file may have besides the pack: its index, the list of refs
_BANDS = {"side-band-64k": 65_520, "side-band": 1000}
_REFUSED_CAPABILITIES = frozenset({"push-options", "push-cert"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a push begins with. `shallow`: lines about where the sender's history ends."""

    commands: tuple[Changed, ...]
    capabilities: str
    shallow: tuple[bytes, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """The capabilities that the sender chose."""
        return frozenset(self.capabilities.split())

    @property
    def band(self) -> int:
        """Bytes of a line of the side band; 0 without one."""
        return next((size for word, size in _BANDS.items() if word in self.words), 0)

    @property
    def brings(self) -> bool:
        """Whether a pack follows: whatever only deletes brings none."""
        return any(not command.deleted for command in self.commands)


async def asked(reader: Reader) -> Asked:
    """The commands at the beginning of a push; none in a probe. Raises Malformed, TooLarge."""
    commands: list[Changed] = []
    shallow: list[bytes] = []
    capabilities = ""
    while (line := await _line(reader)) is not None:
        if line.startswith(b"shallow "):
            shallow.append(line)
        elif line.startswith(b"push-cert"):
            raise Malformed("Signed pushes are not taken here; sign commits and tags instead.")
        else:
            words, _, offered = line.partition(b"\0")
            capabilities = capabilities or offered.decode("utf-8", "replace").strip()
            commands.append(_command(words))
        if len(commands) + len(shallow) > MOST_COMMANDS:
            raise TooLarge(f"A push may change at most {MOST_COMMANDS} branches and tags at once.")
    if len({command.ref for command in commands}) != len(commands):
        raise Malformed("A push names each branch and tag once.")
    found = Asked(commands=tuple(commands), capabilities=capabilities, shallow=tuple(shallow))
    if found.words & _REFUSED_CAPABILITIES or "object-format=sha256" in found.words:
        raise Malformed("This push uses something that is not offered here.", cause=capabilities[:300])
    return found


async def _line(reader: Reader) -> bytes | None:
    try:
        return await reader.next()
    except EOFError:
        return None


def _command(words: bytes) -> Changed:
    parts = words.rstrip(b"\n").split(b" ", 2)
    if len(parts) != 3:
        raise Malformed("That is not git's protocol.", cause=repr(words[:200]))
    old, new = parts[0].decode("ascii", "replace"), parts[1].decode("ascii", "replace")
    ref = parts[2].decode("utf-8", "replace")
    if (
        "\n" in ref
        or "\0" in ref
        or not (names.OID.fullmatch(old) and names.OID.fullmatch(new))
        or old == new == names.ZERO
    ):
        raise Malformed("That is not git's protocol.", cause=repr(words[:200]))
    return Changed(ref=ref, old=old, new=new)


Progress = Callable[[bytes], Awaitable[None]]
"""Takes what git says while it works, in lines of the side band, ready to be sent on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What git says at the end: lines without framing. `taken`: the refs that it changed; None where it did not say,
    because it was not asked to or did not get so far. `whole`: it came to its end, and left nothing lying about."""

    lines: tuple[bytes, ...] = (b"unpack ok\n",)
    taken: frozenset[str] | None = frozenset()
    whole: bool = True

    def refusing(self, refused: Mapping[str, str]) -> "Report":
        """The same, and besides, refs (full names) that we refused, each with its sentence."""
        more = tuple(f"ng {ref} {sentence}\n".encode() for ref, sentence in refused.items())
        return replace(self, lines=self.lines + more)

    def framed(self, asked: Asked) -> bytes:
        """The report as the sender awaits it, up to the last flush."""
        if not asked.words & {"report-status", "report-status-v2"}:
            return FLUSH if asked.band else b""
        inner = b"".join(pktline.line(line) for line in self.lines) + FLUSH
        if not asked.band:
            return inner
        return pktline.banded(1, inner, most=asked.band) + FLUSH


@asynccontextmanager
async def received(folder: Path, asked: Asked, *, client: str, room: int, strictly: bool) -> AsyncIterator["Reception"]:
    """git's receive-pack, told the commands of `asked`, for the time of the block.

    `room`: bytes that the pack may have. `strictly`: no history of a branch is rewritten.
    """
    words = ["-c", f"receive.maxInputSize={max(room, 1)}"]
    if strictly:
        words += ["-c", "receive.denyNonFastForwards=true"]
    words += ["receive-pack", "--stateless-rpc", str(folder)]
    async with spawned(folder, *words, kind="receive", client=client, seconds=SECONDS, file=room + _ASIDE) as running:
        yield Reception(running, asked)


class Reception:
    """A push as git receives it: `tell` it everything, and `report` what comes of it, both at once."""

    def __init__(self, running: Running, asked: Asked) -> None:
        self._running = running
        self._asked = asked

    async def tell(self, more: AsyncIterator[bytes]) -> None:
        """The commands, then what follows them, to the end. What git does not want to hear any more is read and
        dropped, because senders listen only when they have finished speaking."""
        into = self._running.stdin
        try:
            await into.write(commands(self._asked))
            async for piece in more:
                await into.write(piece)
        except BrokenPipeError:
            async for _ in more:
                pass
        into.close()

    async def report(self, progress: Progress) -> Report:
        """What git says at its end; what it says before goes to `progress`."""
        held = await (self._banded(progress) if self._asked.band else self._plain())
        code = await self._running.code()
        return _report(held) or (Report(taken=None) if code == 0 else self._broken_off())

    def _broken_off(self) -> Report:
        refused = (f"ng {command.ref} not taken\n".encode() for command in self._asked.commands)
        return Report(
            lines=(b"unpack git ended early: too large, or too much for this server\n", *refused),
            taken=None,
            whole=False,
        )

    async def _plain(self) -> bytes:
        said = bytearray()
        async for piece in self._running.stdout:
            said += piece
            if len(said) > _MOST_REPORT:
                raise TooLarge("git says too much.")
        return bytes(said)

    async def _banded(self, progress: Progress) -> bytes:
        reader, held = Reader(self._running.stdout.read), bytearray()
        while (line := await _line(reader)) is not None:
            if line[:1] == b"\1":
                held += line[1:]
            elif line:
                await progress(pktline.line(line))
            if len(held) > _MOST_REPORT:
                raise TooLarge("git says too much.")
        return bytes(held)


def commands(asked: Asked) -> bytes:
    """The beginning of a push, as git reads it."""
    lines = list(asked.shallow)
    for number, command in enumerate(asked.commands):
        words = f"{command.old} {command.new} {command.ref}"
        lines.append((words if number else f"{words}\0 {asked.capabilities}").encode())
    return b"".join(pktline.line(line) for line in lines) + FLUSH


def _report(said: bytes) -> Report | None:
    lines: list[bytes] = []
    position = 0
    while position + 4 <= len(said) and (size := int(said[position : position + 4], 16)) >= 4:
        lines.append(said[position + 4 : position + size])
        position += size
    return Report(lines=tuple(lines), taken=frozenset(_taken(lines))) if lines else None


def _taken(lines: Sequence[bytes]) -> list[str]:
    return [line[3:].decode().rstrip("\n") for line in lines if line.startswith(b"ok ")]
