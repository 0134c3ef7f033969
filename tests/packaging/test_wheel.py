"""The wheel holds all that is not Python too: it is built, installed elsewhere, and asked from there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.servers import Server, free_port, served

_CHECKOUT = Path(__file__).parents[2]
_ASK = """
import pathlib, phyle
from phyle.assets import folder
from phyle.store import migrations
package = pathlib.Path(phyle.__file__).parent
print(package)
print(folder("migrations"))
print(folder("static"))
print(len(migrations.packaged()))
"""


def _run(*words: str, cwd: Path, **variables: str) -> str:
    environ = {**os.environ, **variables}
    done = subprocess.run(words, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout; hatchling is in the lock file, so nothing is downloaded."""
    target = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target), cwd=_CHECKOUT)
    [wheel] = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the wheel was installed, as an installer does: by unpacking it."""
    target = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    listed = _run("git", "ls-files", "phyle", "migrations", "static", cwd=_CHECKOUT).splitlines()
    for name in listed:
        inside = name if name.startswith("phyle/") else f"phyle/_assets/{name}"
        assert inside in packed or not (_CHECKOUT / name).exists()
    assert any(name.endswith(".sql") and name.startswith("phyle/store/") for name in listed)


def test_nothing_but_the_package_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"phyle"}


def test_the_installed_package_finds_its_files(installed: Path, tmp_path: Path) -> None:
    answer = _run(sys.executable, "-c", _ASK, cwd=tmp_path, PYTHONPATH=str(installed)).splitlines()
    assert answer[:3] == [
        str(installed / place) for place in ("phyle", "phyle/_assets/migrations", "phyle/_assets/static")
    ]
    assert int(answer[3]) == len(list((_CHECKOUT / "migrations").glob("*.sql"))) > 0


async def test_the_installed_package_serves_and_takes_a_post(installed: Path, tmp_path: Path) -> None:
    server = Server(home=tmp_path / "home", port=free_port(), environment={"PYTHONPATH": str(installed)}, cwd=tmp_path)
    async with served(server):
        ana = server.account("ana")
        posted = await ana.post("/api/v1/statuses", status="From a wheel")
        assert [status["id"] for status in await ana.get("/api/v1/timelines/home")] == [posted["id"]]
        async with httpx.AsyncClient(base_url=server.origin) as client:
            page = await client.get(f"/@ana/{posted['id']}", headers={"Accept": "text/html"})
            style = await client.get("/static/style.css")
    assert "From a wheel" in page.text
    assert style.status_code == 200


async def test_the_installed_package_has_what_git_and_licences_need(installed: Path, tmp_path: Path) -> None:
    """The configuration that git runs under, the child that draws files, and the tables of the licences."""
    server = Server(home=tmp_path / "home", port=free_port(), environment={"PYTHONPATH": str(installed)}, cwd=tmp_path)
    api = "/api/phyle/v1/repositories"
    async with served(server):
        ana = server.account("ana")
        await ana.post(api, name="seeder")
        await ana.ask("PUT", f"{api}/seeder/wiki/Home", json={"text": "It sows *evenly*.", "message": "Begin"})
        async with httpx.AsyncClient(base_url=server.origin, timeout=30) as client:
            page = await client.get("/@seeder.git/wiki/Home", headers={"Accept": "text/html"})
            refs = await client.get("/@seeder.git/info/refs", params={"service": "git-upload-pack"})
    assert "<em>evenly</em>" in page.text
    assert b"refs/heads/main" in refs.content
    assert "Peer Production License" in server.command("licence", "show", "PPL")
