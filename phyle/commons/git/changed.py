"""One change of a ref: what a push asks for, and what became of it."""

from dataclasses import dataclass

from phyle.commons.git import names


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One ref (full name): what it named, and what it names now; forty zeros for nothing."""

    ref: str
    old: str
    new: str

    @property
    def created(self) -> bool:
        """Whether it was not there before."""
        return self.old == names.ZERO

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.new == names.ZERO
