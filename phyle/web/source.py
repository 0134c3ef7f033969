"""The source of what runs here, for everybody who uses it, as the licence asks (AGPL-3.0, section 13)."""

import asyncio
import gzip
import io
import tarfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from phyle import __version__
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.routes import Route, public

_PACKAGE = Path(__file__).resolve().parents[1]
_BESIDE = (
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "FEDERATION.md",
    "SECURITY.md",
    "Makefile",
    "pyproject.toml",
    "requirements.lock",
    "requirements-dev.lock",
    "migrations",
    "static",
    "docs",
    "tests",
    "bench",
)
"""What belongs to it in a checkout. Nothing else there is given away: a home may lie beside."""
_LEFT_OUT = {"__pycache__", ".hypothesis", ".pytest_cache"}


async def show(asked: Asked) -> Answer:
    """GET /source: these very files, with whatever was changed in them, as an archive (tar, gzip)."""
    name = f"phyle-{__version__}.tar.gz"
    body = await asyncio.to_thread(_archive)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "public, max-age=3600"}
    return Answer(body=body, content_type="application/gzip", headers=headers)


@cache
def _archive() -> bytes:
    """Packed once: what runs does not change before the next start."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        for name, path in sorted(_files()):
            entry = tarfile.TarInfo(f"phyle-{__version__}/{name}")
            data = path.read_bytes()
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def _files() -> Iterator[tuple[str, Path]]:
    """Every file of the package and, in a checkout, of what lies beside it, by its name in the archive."""
    root = _PACKAGE.parent
    places = [_PACKAGE]
    if (root / "pyproject.toml").is_file():
        places += [root / name for name in _BESIDE]
    else:
        for installed in metadata.files("phyle") or ():
            if "licenses" in installed.parts:
                yield installed.name, Path(str(installed.locate()))
    for place in places:
        for path in [place] if place.is_file() else place.rglob("*"):
            if path.is_file() and not path.is_symlink() and not _LEFT_OUT & set(path.parts):
                yield str(path.relative_to(root)), path


ROUTES: tuple[Route, ...] = (public("GET", "/source", show, holds="nothing"),)
