"""Maintainers: the slice, apart from the acts, because a work begins with one."""

from dataclasses import dataclass
from typing import ClassVar

from phyle.cooperative.law.values import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintainer:
    """Somebody maintains a work; the slice's id is work/member. `since` and `ended`: milliseconds, 0 while it lasts.
    `entry`: with which it began. `by`: who invited them, None for whoever offered the work."""

    SLICE: ClassVar[str] = "maintainer"

    since: int
    entry: int
    by: Id | None = None
    ended: int = 0
