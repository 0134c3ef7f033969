"""A home, and every PostgreSQL of this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from phyle.store.embedded import discard
from phyle.store.embedded_binaries import Binaries
from tests.store.clusters import KINDS


@pytest.fixture(params=sorted(KINDS))
def binaries(request: pytest.FixtureRequest) -> Binaries:
    return KINDS[request.param]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    yield home
    discard(home)
