"""Names of refs: which ones there may be here, so that none is an option, an expression or a trap for a reader."""

import fnmatch
import re
from collections.abc import Iterable

from phyle.errors import Unprocessable

BRANCHES, TAGS, NOTES = "refs/heads/", "refs/tags/", "refs/notes/"
RESERVED = "refs/merge-requests/"
"""What is offered to be merged; written by this server only."""
PUSHED = (BRANCHES, TAGS, NOTES)
"""Where a push may write."""
LONGEST = 200
OID = re.compile(r"[0-9a-f]{40}")
ZERO = "0" * 40
"""In place of an object id: there is none."""

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")


def check(ref: str) -> str:
    """A full name, such as `refs/heads/main`, as git-check-ref-format(1) takes it, and stricter: printable, at most 200
    characters, nothing that an option or `HEAD` could be taken for. Raises Unprocessable."""
    last = short(ref)
    parts = ref.split("/")
    fit = (
        ref.startswith("refs/")
        and len(parts) >= 3
        and len(last) <= LONGEST
        and len(ref.encode("utf-8", "replace")) <= 240
        and ref.isprintable()
        and not _FORBIDDEN.search(ref)
        and not any(not part or part.startswith(".") or part.endswith((".lock", ".")) for part in parts)
        and not last.startswith("-")
        and last not in ("HEAD", "@")
    )
    if not fit:
        raise Unprocessable(
            f"{last[:60]!a} is no name for a branch or tag: at most {LONGEST} printable characters without spaces and "
            "without ~ ^ : ? * [ \\ .. @{, not beginning with - or ., not ending with .lock or a slash."
        )
    return ref


def branch(name: str) -> str:
    """The full name of a branch. Raises Unprocessable."""
    return check(BRANCHES + name)


def tag(name: str) -> str:
    """The full name of a tag. Raises Unprocessable."""
    return check(TAGS + name)


def short(ref: str) -> str:
    """How people write it: without what says of which kind it is."""
    for prefix in (BRANCHES, TAGS, NOTES, "refs/"):
        if ref.startswith(prefix):
            return ref.removeprefix(prefix)
    return ref


def is_protected(ref: str, default_branch: str, patterns: Iterable[str]) -> bool:
    """Whether only maintainers write it: the default branch, whatever matches a pattern (`release/*`), and all that is
    no branch."""
    if not ref.startswith(BRANCHES):
        return True
    name = ref.removeprefix(BRANCHES)
    return name == default_branch or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
