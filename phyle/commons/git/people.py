"""Who makes a commit or a tag, as git writes them down."""

import re
from dataclasses import dataclass
from datetime import datetime

from phyle.errors import Unprocessable

_CRUD = re.compile(r"[\x00-\x1f\x7f<>]")
LONGEST_MESSAGE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Name, address of mail, and the instant (aware)."""

    name: str
    email: str
    at: datetime

    def line(self) -> str:
        """`Name <mail> seconds zone`, as in a commit or tag; what would break the line is left out."""
        return f"{_clean(self.name) or 'Somebody'} <{_clean(self.email)}> {int(self.at.timestamp())} {self.at:%z}"

    def environ(self, role: str) -> dict[str, str]:
        """The variables for git; `role`: AUTHOR or COMMITTER."""
        return {
            f"GIT_{role}_NAME": _clean(self.name) or "Somebody",
            f"GIT_{role}_EMAIL": _clean(self.email),
            f"GIT_{role}_DATE": f"@{int(self.at.timestamp())} {self.at:%z}",
        }


def _clean(text: str) -> str:
    return _CRUD.sub("", text).strip(" .,:;\"'\\")[:200]


def message(text: str) -> bytes:
    """A message as it is stored: UTF-8, ending with a line. Raises Unprocessable for an empty or endless one."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\0", "").strip().split("\n")]
    whole = "\n".join(lines)
    if not whole or len(whole) > LONGEST_MESSAGE:
        raise Unprocessable(f"A message has at least a character and at most {LONGEST_MESSAGE}.")
    return f"{whole}\n".encode("utf-8", "replace")


def signed_off(text: str, person: Person) -> str:
    """The message with the line of a Developer Certificate of Origin, once."""
    line = f"Signed-off-by: {_clean(person.name)} <{_clean(person.email)}>"
    lines = text.rstrip().split("\n")
    if line in lines:
        return text
    last = lines[-1]
    trailing = len(lines) > 2 and re.fullmatch(r"[A-Za-z][A-Za-z-]*: .+", last) is not None
    return "\n".join((*lines, line) if trailing else (*lines, "", line))
