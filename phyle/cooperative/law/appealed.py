"""What a proposal that decides an appeal does to it when it is over."""

from phyle.cooperative.law.state import State


def settle_appeal(state: State, id: str, at: int) -> None:
    """If the proposal decided an appeal, the appeal is over too."""
