"""What the API says of repositories: the shapes in which folders, commits and differences go out.

Names of files may be any bytes: what is no plain text is quoted as git does it, in double quotes with octal escapes,
here and in addresses.
"""

from dataclasses import dataclass

from phyle.cooperative.licences.manifests import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A branch or a tag: what it names, and the commit behind it."""

    name: str
    oid: str
    commit: str
    at: int | None
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody says that they are; `at` in milliseconds, none for what is no time."""

    name: str
    email: str
    at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit, as it says of itself."""

    id: str
    tree: str
    parents: list[str]
    author: Person
    committer: Person
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A commit, and how the file was called then, if the history is that of one file."""

    commit: Commit
    path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What led to a place, the latest first. `more`: what to skip for the next part."""

    ref: str
    commit: str
    steps: list[Step]
    more: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`kind`: folder, file, link (symbolic) or submodule."""

    name: str
    path: str
    kind: str
    oid: str
    executable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a folder holds at a commit. `whole`: whether that is all of it."""

    ref: str
    commit: str
    path: str
    entries: list[Entry]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file at a commit: its text, or, where it is none, its bytes in base64. Larger ones have neither; `raw` on the
    pages and git have them."""

    ref: str
    commit: str
    path: str
    kind: str
    oid: str
    size: int
    text: str | None
    base64: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`sign`: a space, + or -. `old` and `new`: the number on either side."""

    sign: str
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file that differs. `whole`: whether all of its lines are here."""

    change: str
    old: str
    new: str
    binary: bool
    whole: bool
    hunks: list[list[Line]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What a commit changed. `whole`: nothing was left out; else the patch has the rest."""

    commit: Commit
    files: list[Change]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What one has that the other has not, since `base`, the last commit of both."""

    base: str | None
    commits: list[Commit]
    all_commits: bool
    files: list[Change]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Neighbouring lines that come from one commit; `first` is the number of the first."""

    commit: str
    author: Person
    subject: str
    first: int
    lines: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A file in which something was found. `lines`: number and text, none where only its name has the words."""

    path: str
    lines: list[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What was found by name, in lines, and in messages of commits. `whole`: whether there is no more."""

    commit: str
    names: list[Hit]
    lines: list[Hit]
    commits: list[Commit]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Licences:
    """The licence manifest of a commit. `whole`: whether all files were looked at."""

    ref: str
    commit: str
    whole: bool
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the wiki. `oid` is to be given back as `was` by whoever writes it."""

    title: str
    path: str
    oid: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The whole text of a page or file, why, and the `oid` of what was read ("" for a new page)."""

    text: str
    message: str = ""
    was: str = ""
    sign_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The commit that a change became."""

    commit: str
