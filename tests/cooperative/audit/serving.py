"""A ledger in memory, served over HTTP on loopback."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson

from phyle.cooperative.tree.bundles import bundle
from phyle.cooperative.tree.hashing import WIDTH
from phyle.cooperative.tree.paths import Bundle, read_path
from tests.cooperative.audit.memories import Memory


class Host(ThreadingHTTPServer):
    """Serves what is in memory. `stumbles`: how many answers have another `status` first; `asked`: which paths."""

    ledger: Memory
    stumbles = 0
    status = 503
    full_only = False
    daemon_threads = True

    def __init__(self, ledger: Memory) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.ledger = ledger
        self.asked: list[tuple[str, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def found(self, path: str) -> bytes | None:
        if path == "/api/phyle/v1/ledger/openings":
            return orjson.dumps({"opened": [], "closed": [], "erasures": []})
        _, _, kind = path.partition("/ledger/")
        if kind == "checkpoint":
            return self.ledger.note
        if kind.startswith("tile/"):
            return self.tile(kind)
        what, _, name = kind.partition("/")
        return {"blobs": self.ledger.blobs, "ballots": self.ledger.sheets}.get(what, {}).get(name)

    def tile(self, path: str) -> bytes | None:
        wanted = read_path(path)
        if self.full_only and wanted.width < 256:
            return None
        if isinstance(wanted, Bundle):
            leaves = self.ledger.leaves[wanted.number * 256 :][: wanted.width]
            return bundle(leaves) if len(leaves) == wanted.width or self.full_only else None
        row = self.ledger.hashes.get(wanted.place, b"")
        return row[: wanted.width * WIDTH] if len(row) >= wanted.width * WIDTH or self.full_only else None


class Answering(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        host, path = self.server, self.path.partition("?")[0]
        host.asked.append((self.path, self.headers.get("Authorization", "")))
        data = host.found(path)
        if host.stumbles:
            host.stumbles -= 1
            self.send_response(host.status)
            self.send_header("Retry-After", "7")
            data = b""
        else:
            self.send_response(404 if data is None else 200)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *args: object) -> None:
        """Quietly."""


@contextlib.contextmanager
def served(ledger: Memory) -> Iterator[Host]:
    """A server for the time of the block."""
    with Host(ledger) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
