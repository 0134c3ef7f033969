"""What a job's entry says: how it is ordered, and how long it waits after a failure."""

from datetime import timedelta

import pytest

from phyle.powers import NONE
from phyle.store.jobs import Body, backoff, local
from phyle.store.transaction import Tx


async def _nothing(_tx: Tx, _body: Body) -> None:
    pass


def test_jobs_that_agree_in_their_fields_have_one_key() -> None:
    job = local(_nothing, NONE, ordered_by=("follower", "followed"))
    assert job.order_key({"follower": 1, "followed": 2, "uri": "a"}) == job.order_key({"followed": 2, "follower": 1})
    assert job.order_key({"follower": 1, "followed": 2}) != job.order_key({"follower": 2, "followed": 1})
    assert local(_nothing, NONE).order_key({"follower": 1}) is None


def test_a_field_that_is_not_there_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        local(_nothing, NONE, ordered_by=("post",)).order_key({"author": 1})


@pytest.mark.parametrize("attempts", range(0, 40, 3))
def test_the_wait_doubles_up_to_six_hours(attempts: int) -> None:
    wanted = min(2.0**attempts, 6 * 3600.0)
    waits = [backoff(attempts) for _ in range(50)]
    assert all(timedelta(seconds=0.75 * wanted) <= wait <= timedelta(seconds=1.25 * wanted) for wait in waits)
    assert len(set(waits)) > 1
