"""What `phyle doctor` finds."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the answer. Only `bad` makes the command fail."""

    level: Literal["ok", "weak", "bad"]
    topic: str
    sentence: str
