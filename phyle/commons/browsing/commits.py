"""Commits, as they say of themselves: nothing of it is proven."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from phyle.errors import Missing

FIELDS = ("H", "T", "P", "an", "ae", "at", "cn", "ce", "ct", "B")
_BEGIN = secrets.token_hex(8)  # that no commit can say, because nobody hears of it
FORMAT = f"--format={_BEGIN}%x00" + "%x00".join(f"%{field}" for field in FIELDS) + "%x00"
"""What makes `git log` say what `read` reads. No header and no message can hold a zero byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody says that they are, and when: `at` None for what is no time. Both names may be any text."""

    name: str
    email: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """`parents`: ids, the first is what it was made on. `message` is any text."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.strip().partition("\n")[0][:500] or "(no message)"

    @property
    def body(self) -> str:
        """What follows the first line."""
        return self.message.strip().partition("\n")[2].strip("\n")

    @property
    def short(self) -> str:
        """As people write its id."""
        return self.oid[:10]


def read(said: bytes) -> Iterator[tuple[Commit, bytes]]:
    """Commits as `git log` says them with FORMAT, each with what follows it (names of files), also if it was cut."""
    for part in (b"\0" + said).split(f"\0{_BEGIN}\0".encode())[1:]:
        fields = part.split(b"\0", len(FIELDS))
        if len(fields) > len(FIELDS):
            yield _commit([field.decode(errors="replace") for field in fields[:-1]]), fields[-1]


def one(said: bytes) -> Commit:
    """The only commit in what git said. Raises Missing."""
    for commit, _ in read(said):
        return commit
    raise Missing


def _commit(fields: list[str]) -> Commit:
    oid, tree, parents, author, author_mail, authored, committer, committer_mail, committed, message = fields
    return Commit(
        oid=oid,
        tree=tree,
        parents=tuple(parents.split()),
        author=Person(name=author[:200], email=author_mail[:200], at=instant(authored)),
        committer=Person(name=committer[:200], email=committer_mail[:200], at=instant(committed)),
        message=message,
    )


def instant(seconds: str) -> datetime | None:
    """Seconds since 1970 as git has them, which may be any number."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
