"""What is made of hostile files: in a child with limits, which is killed when it takes too long and started again."""

import asyncio
import contextlib
import json
import math
import os
import signal
import struct
import sys
import time
import zlib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from phyle.commons.browsing import showing
from phyle.commons.browsing.showing import Around
from phyle.commons.browsing.workshop import bench, drawing, meshes, prose, shop
from phyle.errors import Unprocessable
from tests.servers import eventually

AROUND = {"base": "/@n.git", "place": "main", "folder": "docs"}


@pytest.fixture(autouse=True)
def children() -> Iterator[None]:
    """Each test has its own."""
    shop.close()
    yield
    shop.close()


def stl(*triangles: tuple[float, ...]) -> bytes:
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *each, 0) for each in triangles)
    return b"\0" * 80 + struct.pack("<I", len(triangles)) + body


async def test_code_is_coloured_line_by_line_and_escaped() -> None:
    source = b'def f():\n    """a\n    <script>b"""\n    return 1\n'
    lines = json.loads(await shop.made("highlight", source, name="a.py"))
    assert len(lines) == 4
    assert "&lt;script&gt;" in lines[2]
    assert all(line.count("<span") == line.count("</span>") for line in lines)
    assert await shop.made("highlight", b"x", name="no.such-language") == b"null"


async def test_the_same_child_does_one_work_after_the_other() -> None:
    for _ in range(3):
        await shop.made("highlight", b"x = 1\n", name="a.py")
    assert len(shop._idle) == 1
    assert shop._idle[0].uses == 3


async def test_work_that_never_ends_is_ended_and_the_next_is_done() -> None:
    began = time.monotonic()
    with pytest.raises(Unprocessable, match="too long"):
        await shop.made("model", stl((0, 0, 0, 1, 0, 0, 0, 1, 0)) * 1, seconds=0.001)
    assert time.monotonic() - began < 2
    assert shop._idle == []
    assert json.loads(await shop.made("highlight", b"x = 1\n", name="a.py"))


async def test_a_child_that_died_meanwhile_is_replaced() -> None:
    await shop.made("highlight", b"x = 1\n", name="a.py")
    os.kill(shop._idle[0].pid, 9)
    assert json.loads(await shop.made("highlight", b"y = 1\n", name="a.py"))


async def test_whoever_goes_away_leaves_no_child_with_half_an_answer() -> None:
    await shop.made("highlight", b"x = 1\n", name="a.py")
    asking = asyncio.create_task(shop.made("highlight", b"x = 1\n" * 20_000, name="a.py"))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asking, 0.02)  # a hundredth of what it takes
    assert json.loads(await shop.made("highlight", b"y\n", name="a.txt")) == ["y"]


async def test_requests_larger_than_a_pipe_go_through() -> None:
    lines = json.loads(await shop.made("highlight", b"x = 1\n" * 30_000, name="a.py", seconds=30))
    assert len(lines) == 30_000


@pytest.mark.threat("G5")
def test_links_of_a_readme_lead_into_the_repository_and_nowhere_else() -> None:
    def leads(markdown: str) -> str:
        return prose.rendered(markdown.encode(), **AROUND).decode()

    assert 'href="/@n.git/blob/main/docs/a.md"' in leads("[x](a.md)")
    assert 'href="/@n.git/blob/main/a%20b.md#md-c"' in leads("[x](<../a b.md#c>)")
    assert 'href="/@n.git/blob/main/a.md"' in leads("[x](/a.md)")
    assert 'src="/@n.git/raw/main/docs/p.png"' in leads("![x](p.png)")
    assert 'href="https://coop.example/"' in leads("[x](https://coop.example/)")
    for nowhere in (
        "[x](../../a)",
        "[x](javascript:alert(1))",
        "[x](//evil.example)",
        "[x](data:text/html,x)",
        "![x](https://evil.example/pixel.png)",
        "![x](//evil.example/pixel.png)",
        "![x](p.svg)",
        "![x](../../../p.png)",
    ):
        assert "href" not in leads(nowhere), nowhere
        assert "src" not in leads(nowhere), nowhere
    for hostile in ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '<a href="javascript:x">y</a>'):
        assert "<script" not in leads(hostile)
        assert "<img" not in leads(hostile)
        assert "<a" not in leads(hostile)


def test_names_in_double_brackets_are_pages_of_the_wiki() -> None:
    html = prose.rendered(b"[[Home]] [[how to|Mend & Sow]]", base="/@n.git", place="main", folder="wiki", wiki="wiki")
    assert b'href="/@n.git/wiki/Home"' in html
    assert b'href="/@n.git/wiki/Mend%20%26%20Sow"' in html
    assert b"[[Home]]" in prose.rendered(b"[[Home]]", **AROUND)


async def test_a_model_is_drawn_with_its_size() -> None:
    cube = [(x, y, z) for x in (0.0, 2.0) for y in (0.0, 3.0) for z in (0.0, 4.0)]
    triangles = [(*a, *b, *c) for a in cube for b in cube for c in cube if len({a, b, c}) == 3]
    model = await showing.model("0" * 40, stl(*triangles))
    assert model.sides == [2.0, 3.0, 4.0]
    assert model.triangles == len(triangles)
    width, height = struct.unpack(">II", model.png[16:24])
    assert (width, height) == (drawing.WIDTH, drawing.HEIGHT)


def pixels(png: bytes) -> bytes:
    """The shades in a picture, as a reader of PNG finds them."""
    at, data = 8, b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + size]
        assert struct.unpack(">I", png[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + body)
        data += body if kind == b"IDAT" else b""
        at += 12 + size
    rows = zlib.decompress(data)
    return b"".join(rows[start + 1 : start + 1 + drawing.WIDTH] for start in range(0, len(rows), drawing.WIDTH + 1))


def test_the_nearest_is_in_front() -> None:
    """A sheet before another hides it, in whichever order the file has them."""

    def sheet(y: float, slope: float) -> list[tuple[float, ...]]:
        a, b, c, d = (-4.0, y, -1.0), (4.0, y, -1.0), (4.0, y + slope, 1.0), (-4.0, y + slope, 1.0)
        return [(*a, *b, *c), (*a, *c, *d)]

    front, back = sheet(-0.5, 0.0), sheet(0.5, 0.4)
    middle = drawing.WIDTH * (drawing.HEIGHT // 2) + drawing.WIDTH // 2
    assert drawing._shade(front[0]) != drawing._shade(back[0])
    for order in (front + back, back + front):
        seen = pixels(b64decode(json.loads(drawing.pictured(stl(*order)))["png"]))
        assert seen[middle] == drawing._shade(front[0])
        assert seen[0] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"solid nothing\nendsolid",
        stl((math.nan, 0, 0, 1, 0, 0, 0, 1, 0)),
        stl((1e38, 0, 0, -1e38, 0, 0, 0, 1, 0)),
        b"solid x\nfacet\nvertex 1 2\nvertex ..1 2 3\nvertex 1 1 1\nvertex 1 1 1",
        b"\0" * 80 + struct.pack("<I", 5) + b"\0" * 10,
        b"\0" * 80 + struct.pack("<I", meshes.MOST + 1) + b"\0" * 50 * (meshes.MOST + 1),
    ],
)
def test_what_is_no_model_is_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(ValueError, match="model"):
        drawing.pictured(body)


@pytest.mark.parametrize("triangle", [(0,) * 9, (0, 0, 0, 1, 0, 0, 2, 0, 0), (1e-30, 0, 0, 0, 1e-30, 0, 0, 0, 1e-30)])
def test_models_without_extent_are_drawn_all_the_same(triangle: tuple[float, ...]) -> None:
    assert json.loads(drawing.pictured(stl(triangle)))["triangles"] == 1


async def test_works_are_named() -> None:
    assert set(bench.WORKS) == {"highlight", "markdown", "model"}


async def test_prose_and_code_are_kept_by_their_object() -> None:
    around = Around(base="/@n.git", ref="main", folder="")
    first = await showing.prose("1" * 40, b"# Hello", around)
    shop.close()
    assert await showing.prose("1" * 40, b"", around) == first  # nobody was asked again
    elsewhere = await showing.prose("1" * 40, b"[x](y)", Around(base="/@m.git", ref="main", folder=""))
    assert elsewhere is not None
    assert "/@m.git/blob/main/y" in elsewhere


async def test_a_child_that_is_stuck_is_killed_at_the_deadline() -> None:
    await shop.made("highlight", b"x = 1\n", name="a.py")
    stuck = shop._idle[0].pid
    os.kill(stuck, signal.SIGSTOP)  # as good as a regular expression without an end
    began = time.monotonic()
    with pytest.raises(Unprocessable, match="too long"):
        await shop.made("highlight", b"x = 1\n", name="a.py", seconds=0.3)
    assert 0.3 <= time.monotonic() - began < 2
    with pytest.raises(ProcessLookupError):
        os.kill(stuck, 0)
    assert json.loads(await shop.made("highlight", b"y = 1\n", name="a.py"))


def state_of(pid: int) -> str:
    """As the kernel says it, "" for nobody."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def limits_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    return {line[:25].strip(): line[25:].split()[0] for line in lines}


async def test_no_child_outlives_its_server() -> None:
    """Killed without a chance to clean up, the server leaves pipes behind that end, and its children end with them."""
    code = (
        "import asyncio, sys, time\n"
        "from phyle.commons.browsing.workshop import shop\n"
        "asyncio.run(shop.made('highlight', b'x', name='a.py', seconds=30))\n"
        "print(shop._idle[0].pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    child = int(await server.stdout.readline())
    os.kill(child, 0)
    server.kill()
    await server.wait()

    async def gone() -> bool:
        return state_of(child) in ("", "Z")  # a zombie, where there is no init that asks for it

    await eventually(gone)


async def test_a_child_has_limits_of_the_kernel() -> None:
    await shop.made("highlight", b"x = 1\n", name="a.py")
    limits = limits_of(shop._idle[0].pid)
    assert limits["Max file size"] == "0"
    assert limits["Max address space"] == str(bench._MEMORY)
    assert int(limits["Max cpu time"]) <= bench._CPU + 2


async def test_where_no_process_is_to_be_had_pages_go_on_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "posix_spawn", none)
    code = await showing.code("4" * 40, b"a.py", b"x = 1 < 2\n")
    assert list(code.lines) == ["x = 1 &lt; 2"]
    assert await showing.prose("4" * 40, b"# x", Around(base="/@n.git", ref="main", folder="")) is None
    monkeypatch.undo()
    assert "span" in (await showing.code("4" * 40, b"a.py", b"x = 1 < 2\n")).lines[0]
