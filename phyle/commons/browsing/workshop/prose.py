"""Markdown of a repository -> HTML whose links and pictures lead to its own files, at the commit that is shown."""

import posixpath
import re
from urllib.parse import quote, unquote, urlsplit

from phyle.text.markdown import rendered as rendered_markdown
from phyle.text.markdown import web_only

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_WIKI = re.compile(r"\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]|\n]{1,200}))?\]\]")
_SAFE = "/!$&'()*,;=:@"
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")


def rendered(body: bytes, base: str, place: str, folder: str, wiki: str = "") -> bytes:
    """The HTML. `base`: address of the repository (`/@name.git`); `place`: the ref, percent-encoded; `folder`: where
    the file lies, "" for the root; `wiki`: the folder whose pages `[[names]]` lead to, "" where there are none."""
    source = body.decode()
    if wiki:
        source = _WIKI.sub(lambda match: _page(match, base), source)

    def links(href: str) -> str | None:
        if _SCHEME.match(href) or href.startswith("#"):
            return web_only(href) if not href.startswith("//") else None
        if wiki and href.startswith(f"{base}/wiki/"):
            return href
        return _inside(href, f"{base}/blob/{place}", folder)

    def images(source: str) -> str | None:
        if _SCHEME.match(source):
            return None  # tells no third party who is reading
        found = _inside(source, f"{base}/raw/{place}", folder)
        return found if found and urlsplit(found).path.lower().endswith(PICTURES) else None

    return rendered_markdown(source, links=links, images=images, anchors="md-").encode()


def _inside(href: str, begin: str, folder: str) -> str | None:
    """A relative address as one of ours; None for one that leads out of the repository."""
    path, _, fragment = href.partition("#")
    path = unquote(path.partition("?")[0])
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
    clean = posixpath.normpath(joined) if joined else ""
    if clean.startswith("..") or "\0" in clean or "\ufffd" in clean:
        return None
    clean = "" if clean == "." else clean
    where = f"{begin}/{quote(clean, safe=_SAFE)}" if clean else begin
    return f"{where}#md-{quote(fragment, safe=_SAFE)}" if fragment else where


def _page(match: re.Match[str], base: str) -> str:
    """`[[Page]]` and `[[words|Page]]`, as a link of Markdown."""
    page = (match[2] or match[1]).strip()
    return f"[{match[1].strip()}](<{base}/wiki/{quote(page, safe='')}>)"
