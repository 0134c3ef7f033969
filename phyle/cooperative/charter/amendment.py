"""Amendment: which clauses a change touches, and so by which rules of the old charter it is decided."""

from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.charter.powers import Power


def touched(old: Charter, new: Charter) -> tuple[Power, ...]:
    """The powers of the old charter that protect what the difference touches; put them together with `all_of`."""
    raise NotImplementedError
