"""What an office can be for: one of a closed list, or one work of the commons by its name."""

import pytest

from phyle.cooperative.charter.text import read
from phyle.errors import Unprocessable
from tests.cooperative.law.clauses import charter

OFFICE = '\n[office.keepers]\nscope = ["{}"]\nseats = 1\nterm_days = 300\nby = "election"\n'


@pytest.mark.parametrize("scope", ["commons", "commons/garden", "commons/Garden_2"])
def test_an_office_can_be_for_the_commons_or_one_work(scope: str) -> None:
    assert read(charter(OFFICE.format(scope)).encode()).offices["keepers"].scope == (scope,)


@pytest.mark.parametrize("scope", ["commons/", "commons/a/b", "commons/a b", "items/garden", "commons/" + "a" * 27])
def test_nothing_else_is_a_scope(scope: str) -> None:
    with pytest.raises(Unprocessable, match="there is no scope"):
        read(charter(OFFICE.format(scope)).encode())
