"""A whole ledger in one file: sections one after the other, each named, so that it is written and read as a stream.

A file begins with the line `phyle-ledger/1`. A section is a line `KIND NAME LENGTH`, so many bytes, and a newline. It
has one spelling, so that no byte can change unnoticed: everything but `about` is named by a hash of the ledger, or
hashed into its tree, and `about` says nothing that is not proven by the entries.

    about ORIGIN            JSON: where and when it was written, and at which level (public, members)
    blob SHA256             what the entries after it name
    sheet BALLOT            the opened papers that the count after it was made of
    openings FIRST          of the entries that come next, JSON: {"opened": [[commitment, name, value, salt]],
                            "closed": [commitment], for fewer than the level of the file}
    erasures FIRST          of the same, JSON: [[commitment, number of the entry that says so]]
    entries FIRST           leaves from FIRST on, bundled as in tlog-tiles
    checkpoint SIZE         a signed note with the cosignatures under it
    end SIZE                nothing; the file is whole
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from phyle.errors import Malformed

FIRST_LINE = b"phyle-ledger/1\n"
KINDS = ("about", "blob", "sheet", "openings", "erasures", "entries", "checkpoint", "end")
LONGEST_NAME = 300
LARGEST = 64 << 20
"""Bytes of a section. A sheet of 100,000 papers has a tenth of it."""
_HEAD = re.compile(rb"([a-z]+) ([!-~]{1,300}) (0|[1-9][0-9]{0,8})\n")


class Section(NamedTuple):
    """One section. `name` is printable ASCII without spaces."""

    kind: str
    name: str
    data: bytes


def begin(stream: BinaryIO) -> None:
    """Writes the first line."""
    stream.write(FIRST_LINE)


def write(stream: BinaryIO, section: Section) -> None:
    """Writes a section. Malformed if it is too large or has a name that cannot be written."""
    head = f"{section.kind} {section.name} {len(section.data)}\n".encode()
    if section.kind not in KINDS or _HEAD.fullmatch(head) is None or len(section.data) > LARGEST:
        raise Malformed(f"This is no section of a ledger's file: {section.kind} {section.name[:40]}")
    stream.write(head)
    stream.write(section.data)
    stream.write(b"\n")


def sections(stream: BinaryIO) -> Iterator[Section]:
    """The sections of a file. Malformed where it is none, or ends within a section."""
    if stream.readline(len(FIRST_LINE)) != FIRST_LINE:
        raise Malformed("This is no ledger: its first line is not “phyle-ledger/1”.")
    while (section := _next(stream)) is not None:
        yield section


def whole_until(stream: BinaryIO) -> int:
    """How many bytes of a file are whole sections: what follows was being written when the writer ended. 0 if it does
    not even begin as a ledger."""
    if stream.readline(len(FIRST_LINE)) != FIRST_LINE:
        return 0
    place = stream.tell()
    try:
        while _next(stream) is not None:
            place = stream.tell()
    except Malformed:
        pass
    return place


def _next(stream: BinaryIO) -> Section | None:
    head = stream.readline(LONGEST_NAME + 32)
    if not head:
        return None
    match = _HEAD.fullmatch(head)
    if match is None or match[1].decode() not in KINDS or int(match[3]) > LARGEST:
        raise Malformed("The file has a section that is none", cause=repr(head[:80]))
    data = stream.read(int(match[3]))
    if len(data) != int(match[3]) or stream.read(1) != b"\n":
        raise Malformed(f"The file ends within its section {match[1].decode()} {match[2].decode()}.")
    return Section(match[1].decode(), match[2].decode(), data)
