"""What browsers load besides pages: a handful of small files, read once."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import NamedTuple

from phyle.assets import folder
from phyle.errors import Missing
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.routes import Route, public

_DAY = 86_400


class _File(NamedTuple):
    body: bytes
    content_type: str
    tag: str


async def show(asked: Asked) -> Answer:
    """GET /static/NAME; 304 to those who have it already (RFC 9110, 13.1.2)."""
    file = _files().get(asked.args["name"])
    if file is None:
        raise Missing("There is no such file.")
    headers = {"Cache-Control": f"public, max-age={_DAY}", "ETag": file.tag}
    if file.tag in asked.headers.get("if-none-match", ""):
        return Answer(status=304, content_type=file.content_type, headers=headers)
    return Answer(body=file.body, content_type=file.content_type, headers=headers)


@cache
def _files() -> Mapping[str, _File]:
    found = {}
    for path in filter(Path.is_file, folder("static").iterdir()):
        body = path.read_bytes()
        kind = guess_type(path.name)[0] or "application/octet-stream"
        found[path.name] = _File(body, kind, f'"{sha256(body).hexdigest()[:16]}"')
    return found


ROUTES: tuple[Route, ...] = (public("GET", "/static/<name>", show, holds="nothing"),)
