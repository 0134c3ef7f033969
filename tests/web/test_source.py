"""Whoever uses an instance gets the source of what runs on it (AGPL-3.0, section 13)."""

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

import phyle
from phyle.errors import SettingError
from phyle.settings import Settings, read
from tests.instance import Instance, instance

HERE = Path(phyle.__file__).parent


async def test_the_files_that_run_are_given_to_everybody(here: Instance) -> None:
    answer = await here.client.get("/source")
    assert answer.status_code == 200
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
        for name in ("__init__.py", "web/source.py", "cooperative/ledger/inbox.sql", "web/templates/layout.html"):
            kept = archive.extractfile(f"phyle-{phyle.__version__}/phyle/{name}")
            assert kept is not None
            assert kept.read() == (HERE / name).read_bytes(), name
    assert {"LICENSE", "pyproject.toml", "migrations/0001_store.sql", "static/style.css"} <= held
    assert not [name for name in held if "__pycache__" in name or name.startswith(".")], "a home, or what is compiled"


async def test_where_it_is_said(here: Instance) -> None:
    wanted = f"{here.origin}/source"
    assert (await here.client.get("/nodeinfo/2.1")).json()["software"]["repository"] == wanted
    assert (await here.client.get("/nodeinfo/2.0")).json()["metadata"]["sourceUrl"] == wanted
    assert (await here.client.get("/api/v2/instance")).json()["source_url"] == wanted
    assert f'<a href="{wanted}">its source</a>' in (await here.client.get("/")).text


async def test_changes_that_are_published_elsewhere(database: str, settings: Settings) -> None:
    elsewhere = "https://code.coop.example/phyle?at=1"
    async with instance(replace(settings, source_url=elsewhere), database) as here:
        assert (await here.client.get("/nodeinfo/2.1")).json()["software"]["repository"] == elsewhere
        assert f'href="{elsewhere}"' in (await here.client.get("/about")).text


@pytest.mark.parametrize("wrong", ["code.coop.example", "javascript:alert(1)", "https://", 'https://x/"><b>'])
def test_an_address_that_is_none_stops_the_start(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingError, match="source_url"):
        read({"home": tmp_path}, {"PHYLE_SOURCE_URL": wrong})
