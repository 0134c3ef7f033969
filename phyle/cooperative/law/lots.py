"""Lots: a tie is drawn only once it exists, from a seed that nobody could choose."""

from phyle.cooperative.law.state import State


def begin_lot(state: State, at: int, ballot: str, tied: tuple[int, ...]) -> None:
    """A lot is to be drawn between the options of a ballot that are level."""
