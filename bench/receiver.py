"""Two hundred hosts that take deliveries: 127.1.0.1 and so on, TLS, one process, as little work as possible.

`python -m bench.receiver CERTIFICATE PORT HOSTS` says when it is ready, and then whenever so many more have come in.
"""

import asyncio
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

import trustme
import uvloop

_ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


def addresses(hosts: int) -> list[str]:
    """Their addresses, all on the loopback interface."""
    return [f"127.1.0.{number}" for number in range(1, hosts + 1)]


def certify(folder: Path, hosts: int) -> tuple[Path, Path]:
    """(the authority's file, the file of key and certificate) for those addresses."""
    authority = trustme.CA()
    made = authority.issue_cert(*addresses(hosts))
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    made.private_key_and_cert_chain_pem.write_to_path(str(folder / "hosts.pem"))
    return folder / "authority.pem", folder / "hosts.pem"


class _Inbox(asyncio.Protocol):
    """One connection. Whatever comes is taken."""

    taken = 0
    hosts = 0

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            self._transport.write(_ACCEPTED)  # type: ignore[attr-defined]
            _Inbox.taken += 1
            if _Inbox.taken % _Inbox.hosts == 0:
                print(_Inbox.taken, flush=True)


async def main(words: Sequence[str]) -> None:
    """Until it is ended."""
    certificate, port, hosts = words[0], int(words[1]), int(words[2])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    _Inbox.hosts = hosts
    loop = asyncio.get_running_loop()
    for address in addresses(hosts):
        await loop.create_server(_Inbox, address, port, ssl=context, backlog=64)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
