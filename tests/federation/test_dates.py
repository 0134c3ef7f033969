"""The Date header."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from phyle.errors import Unproven
from phyle.federation import dates


@given(integers(-2_208_988_800, 253_402_300_799))
def test_what_is_written_is_read(second: int) -> None:
    instant = datetime.fromtimestamp(second, UTC)
    assert dates.read(dates.write(instant)) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 +0200",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT\n",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
    ],
)
def test_what_is_not_a_date_proves_nothing(text: str) -> None:
    with pytest.raises(Unproven):
        dates.read(text)
