"""Tags: what a file says of its licence and its copyright, in comments that machines read, too (REUSE 3.3, SPDX)."""

from collections.abc import Iterator
from dataclasses import dataclass

HEAD = 64 * 1024
"""Bytes from the beginning of a file that are looked at."""
LONGEST_LINE = 1000
MOST = 200
"""Notices of one file."""

_LICENCE = "SPDX-License-Identifier:"
_NOTICES = ("SPDX-FileCopyrightText:", "SPDX-SnippetCopyrightText:")
_SIGNS = ("©", "(C)", "(c)")
_BEGIN, _END = "REUSE-IgnoreStart", "REUSE-IgnoreEnd"
_CLOSING = (
    *("*/", "-->", "--%>", "--}}", "*)", "%}", "#}", "}}", "]]", "=#", "|#", "#>", "-}"),
    *('"""', "'''", '">', "'>", '"/>', "'/>", '" />', "' />", "]::", "] ::", '")'),
)
"""What closes a comment, in whichever language, and is no part of what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was found: licence expressions as they are written, and copyright notices without their sign."""

    licences: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.licences or self.notices)


def read(head: bytes) -> Said:
    """What the beginning of a file says; nothing if it is no text. In linear time."""
    licences, notices = dict[str, None](), dict[str, None]()
    for line in _lines(_text(head[:HEAD])):
        expression = _after(line, _LICENCE)
        if expression is not None:
            licences[expression] = None
        elif (notice := _notice(line)) is not None:
            notices[notice] = None
        if len(licences) + len(notices) >= MOST:
            break
    return Said(licences=tuple(licences), notices=tuple(notices))


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    return "" if b"\0" in head[:2048] else head.decode("utf-8-sig", "replace")


def _lines(text: str) -> Iterator[str]:
    """The lines that may say something, without the blocks that are to be ignored."""
    ignoring = False
    for line in text.splitlines():
        if _BEGIN in line:
            ignoring = True
        if not ignoring and ("SPDX-" in line or "opyright" in line or "©" in line):
            yield line[:LONGEST_LINE]
        if _END in line:
            ignoring = False


def _after(line: str, tag: str) -> str | None:
    """What follows a tag, without what closes the comment; None if the tag is not there or nothing follows."""
    before, found, rest = line.partition(tag)
    return _bare(rest, before) or None if found else None


def _notice(line: str) -> str | None:
    """A copyright notice: the tag of SPDX, the word with a sign or a space, or the sign alone."""
    for tag in _NOTICES:
        if tag in line:
            return _holder(_after(line, tag) or "")
    before, found, rest = line.partition("Copyright")
    if found and (rest[:1].isspace() or rest.lstrip().startswith(_SIGNS)):
        return _holder(_bare(rest, before))
    before, found, rest = line.partition("©")
    return _holder(_bare(rest, before)) if found else None


def _holder(notice: str) -> str | None:
    """Years and holders, without the word and the sign."""
    said = notice.strip()
    for word in ("Copyright", *_SIGNS):
        said = said.removeprefix(word).strip()
    return said or None


def _bare(rest: str, before: str) -> str:
    """Without what closes the comment: one of the known ways, or how the line began, backwards."""
    said, opening = rest.strip(), before.strip()
    if opening:
        said = said.removesuffix(opening[::-1]).strip()
    while closing := next((each for each in _CLOSING if said.endswith(each)), None):
        said = said.removesuffix(closing).strip()
    return said
