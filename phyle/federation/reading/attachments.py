"""Pictures, videos and sounds that a remote post carries; only their addresses, nothing is fetched."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from phyle.federation.reading import shapes
from phyle.federation.reading.ornaments import kind_of
from phyle.federation.wire import Document

AttachmentKind = Literal["image", "video", "audio", "unknown"]

_MOST = 64
_MEDIA_TYPES = frozenset({"Audio", "Image", "Video"})
_LONGEST_DESCRIPTION = 10_000
_KINDS: dict[str, AttachmentKind] = {"image": "image", "video": "video", "audio": "audio"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAttachment:
    """`width`, `height` in pixels; `focus` x, y from -1 to 1 (Mastodon `focalPoint`); `blurhash` as its sender says."""

    kind: AttachmentKind
    url: str
    media_type: str | None
    description: str | None
    width: int | None
    height: int | None
    blurhash: str | None
    focus: tuple[float, float] | None


def read_attachments(document: Document) -> tuple[RemoteAttachment, ...]:
    """The attachments of a post; those without an address that a person may follow are left out (B18)."""
    found = [read for item in shapes.objects(document, "attachment") if (read := _attachment(item))]
    kind = shapes.type_of(document)
    if not found and kind in _MEDIA_TYPES:
        found = [read for item in _own_media(document, kind) if (read := _attachment(item))][:1]
    return tuple(found[:_MOST])


def _attachment(item: Document) -> RemoteAttachment | None:
    url = shapes.target(item)
    if url is None or kind_of(item) == "PropertyValue":
        return None
    media_type = _media_type(item)
    blurhash = item.get("blurhash")
    return RemoteAttachment(
        kind=_kind(media_type, kind_of(item)),
        url=url,
        media_type=media_type,
        description=_description(item),
        width=shapes.count(item, "width"),
        height=shapes.count(item, "height"),
        blurhash=blurhash[:100] if isinstance(blurhash, str) and blurhash else None,
        focus=_focus(item.get("focalPoint")),
    )


def _own_media(document: Document, kind: str) -> Iterator[Document]:
    # A Video of PeerTube is its own attachment: files among its links, or among the `tag`s of the playlist's link.
    wanted = f"{kind.lower()}/"
    for item in shapes.objects(document, "url"):
        for each in (item, *shapes.objects(item, "tag")):
            if (_media_type(each) or "").startswith(wanted):
                yield {**each, "type": kind}


def _media_type(item: Document) -> str | None:
    value = item.get("mediaType")
    return value[:100].lower() if isinstance(value, str) and value else None


def _kind(media_type: str | None, kind: str | None) -> AttachmentKind:
    if media_type:
        return _KINDS.get(media_type.partition("/")[0], "unknown")
    return _KINDS.get((kind or "").lower(), "unknown")


def _description(item: Document) -> str | None:
    # Mastodon writes the description into `name`, Pixelfed and Misskey may use `summary`.
    for value in (item.get("name"), item.get("summary")):
        if isinstance(value, str) and value:
            return value[:_LONGEST_DESCRIPTION]
    return None


def _focus(value: object) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    if not all(isinstance(each, int | float) and -1 <= each <= 1 for each in value):
        return None
    return float(value[0]), float(value[1])
