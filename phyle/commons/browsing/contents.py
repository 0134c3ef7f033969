"""What a file is: told from its bytes, and from its name only where bytes cannot say it."""

import re
import struct
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "markdown", "table", "picture", "drawing", "model", "document", "pointer", "binary"]
"""`drawing`: SVG, shown as text only, because it can do what pages can. `model`: STL. `document`: PDF. `pointer`: to a
large file that git-lfs keeps elsewhere."""

SHOWN = 1 << 20
"""Bytes of text that are shown at all."""
TEXTS = ("text/plain; charset=utf-8", "text/plain; charset=utf-16")
_HEAD = 8000  # bytes in which a zero says that this is no text, as git does it
_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
_TABLES = (".csv", ".tsv")
_LFS = b"version https://git-lfs.github.com/spec/"
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how text in UTF-16 begins
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """`media`: with what type the bytes may be given out, so that a browser shows them and runs nothing of them; None
    for what is only given out to be kept."""

    kind: Kind
    media: str | None


def of(name: bytes, head: bytes, size: int) -> Content:
    """What a file is. `head`: its first bytes, 8,000 or all; `size`: bytes of all of it."""
    if (picture := _picture(head)) is not None:
        return Content(kind="picture", media=picture)
    lowered = name.lower().decode(errors="replace")
    if head.startswith(b"%PDF-"):
        return Content(kind="document", media=None)
    if lowered.endswith(".stl") and is_stl(head, size):
        return Content(kind="model", media=None)
    if b"\0" in head[:_HEAD] and not head.startswith(_WIDE):
        return Content(kind="binary", media=None)
    charset = "utf-16" if head.startswith(_WIDE) else "utf-8"
    return Content(kind=_text(lowered, head), media=f"text/plain; charset={charset}")


def _text(name: str, head: bytes) -> Kind:
    if head.startswith(_LFS):
        return "pointer"
    if name.endswith(_MARKDOWN):
        return "markdown"
    if name.endswith(_TABLES):
        return "table"
    return "drawing" if name.endswith(".svg") or _SVG.search(head[:1000]) else "text"


def _picture(head: bytes) -> str | None:
    """The type of a picture that browsers show and that holds nothing but pixels."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return None


def is_stl(head: bytes, size: int) -> bool:
    """Whether this is a 3D model as printers take it: 80 bytes, a number of triangles, 50 bytes for each; or words."""
    if len(head) >= 84 and size == 84 + 50 * int(struct.unpack_from("<I", head, 80)[0]):
        return True
    return head.lstrip()[:5].lower() == b"solid" and b"facet" in head


def decoded(raw: bytes) -> str:
    """A text file as text: UTF-8, UTF-16 with a mark, or else the old encoding of the west."""
    if raw.startswith(_WIDE):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
