"""Repositories whose names, authors, messages and files were made to hurt whoever looks at them; by real HTTP."""

import asyncio
import itertools
import re
import struct
import subprocess
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from phyle.commons.browsing import naming
from phyle.commons.repositories import Repository, Visibility
from phyle.web.commons.browsing import ENDPOINTS
from phyle.web.commons.table import ENDPOINTS as ALL_ENDPOINTS
from phyle.web.cooperative.endpoints import BASE
from phyle.web.pages.commons.browsing_table import ROUTES as PAGES
from phyle.web.pages.commons.table import ROUTES as ALL_PAGES
from tests.commons.browsing.made import Work, git, repository
from tests.instance import Instance, Member
from tests.web.pages.browser import ACCEPT, Page
from tests.web.pages.commons.looking import browsers

BAD = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TURNED = "\u202egpj.\u2066exe\u2069"
NAMES: tuple[bytes, ...] = (
    BAD.replace("/", "\u2215").encode(),
    b"caf\xe9 <b>.txt",
    b"line\nfeed\r.md",
    b"\x1b[31mred\x07",
    TURNED.encode(),
    b"q\"uo\\te's",
    b"-rf",
    b"--output=x",
    b"%2e%2e%2f",
    b"a?b#c&d;e",
    b"..%5c",
    b" leading and trailing ",
    "﷽\u200b\u2028\u0000".replace("\0", "").encode(),
)


@dataclass(frozen=True)
class Hostile:
    """An instance with a repository made by an enemy."""

    here: Instance
    owner: Member
    repository: Repository
    work: Work
    commit: str


@pytest.fixture
async def hostile(here: Instance) -> Hostile:
    owner = await here.member("eve")
    made, work = await repository(here.store, owner.actor, "trap", description=BAD)
    files: dict[str | bytes, bytes | str | None] = dict.fromkeys(NAMES, f"{BAD} {TURNED} needle\n")
    files |= {
        "README.md": f"# {BAD}\n\n[x](javascript:alert(1)) ![p](https://evil.example/p.png) {TURNED} {BAD}\n",
        "a.svg": SVG,
        "page.html": f"<html><script>alert(1)</script>{BAD}",
        "polyglot.png": b"GIF89a<script>alert(1)</script>",
        "picture.png": b"\x89PNG\r\n\x1a\n<script>",
        "table.csv": f'a,b\n=cmd|x!A1,"{BAD}"\n'.replace('"><img', '""><img').replace("src=x", "src=x"),
        "wiki/Home.md": f"# {BAD} [[{BAD}]]\n",
        "doc.pdf": b"%PDF-1.7\nx",
        "bin": b"\0\1",
        "LICENSE": "SPDX-License-Identifier: " + BAD,
    }
    work.commit({"first": "1"}, "First")
    commit = work.commit(
        files,
        f"{BAD}\n\n{TURNED} {BAD} needle",
        links={"link": "../../../../etc/passwd", "abs": "/etc/passwd"},
        GIT_AUTHOR_NAME=BAD + TURNED,
        GIT_AUTHOR_EMAIL='"><script>@x',
    )
    work.branch("x'\"><b>bold")
    work.tag("v'\"><b>")
    return Hostile(here, owner, made, work, commit)


def places(hostile: Hostile) -> list[str]:
    """Every page that shows something of the repository."""
    branch = quote("x'\"><b>bold", safe="")
    found = ["", "/branches", "/tags", "/commits", f"/commit/{hostile.commit}", "/wiki", "/compare", "/licences"]
    found += [
        "/search?q=needle",
        "/search?q=needle&in=commits",
        f"/search?q={quote(BAD)}",
        "/search?q=%3D",
        "/search?q=-e",
    ]
    found += [f"/tree/{branch}", f"/commits/{branch}", f"/compare/main...{branch}", f"/compare/{branch}...main"]
    files = [b"README.md", b"a.svg", b"page.html", b"polyglot.png", b"picture.png", b"table.csv", b"doc.pdf", b"bin"]
    for name in (*NAMES, *files, b"link", b"abs", b"LICENSE"):
        for kind in ("blob", "commits", "blame"):
            found.append(f"/{kind}/main/{naming.address(name)}")
    return [*found, "/blob/main/README.md?plain=1", "/blob/main/table.csv?plain=1"]


@pytest.mark.threat("G5")
async def test_nothing_of_a_hostile_repository_becomes_markup(hostile: Hostile) -> None:
    """What could be read as markup is escaped, and nothing that cannot be seen or turns the text is there."""
    seen = 0
    for path in places(hostile):
        answer = await hostile.here.client.get(f"/@trap.git{path}", headers={"Accept": ACCEPT})
        if "/blame/" in path:  # pictures, links and the like have no lines
            assert answer.status_code in (200, 404), path
        else:
            assert answer.status_code == 200, f"{path}: {answer.text[:300]}"
        document = answer.text
        page = Page(document)
        check_ways(page, path)
        assert not {"script", "svg", "iframe", "object", "base", "b"} & {tag for tag, _ in page.tags}, path
        for tag, attributes in page.tags:
            assert not any(name.startswith("on") for name in attributes), path
            for name in ("href", "src", "action"):
                found = attributes.get(name, "")
                assert found.startswith(("/", "#", "http://localhost")) or not found, f"{path}: {tag} {found}"
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", document), path
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        seen += BAD[:20] in document or "&lt;script" in document or "&#34;&gt;&lt;img" in document
    assert seen > 20  # what was escaped was there to be escaped


def check_ways(page: Page, path: str) -> None:
    """People find their way, also those who do not see the page."""
    assert len(page.all("main")) == len(page.all("h1")) == 1, path
    labels = {each["for"] for each in page.all("label") if "for" in each}
    for field in page.all("input") + page.all("textarea") + page.all("select"):
        assert field.get("type") == "hidden" or field["id"] in labels, (path, field)
    assert all("alt" in each for each in page.all("img")), path


@pytest.mark.threat("G5")
async def test_every_name_leads_to_its_own_file(hostile: Hostile) -> None:
    """The links on the page of a folder work for names of any bytes."""
    async with browsers(hostile.here) as look:
        browser = await look()
        page = await browser.open("/@trap.git/tree/main")
        links = [link for link in page.links.values() if "/blob/" in link]
        assert len(links) == len(NAMES) + 12
        for link in links:
            await browser.open(link)
    for name in NAMES:
        raw = await hostile.here.client.get(f"/@trap.git/raw/main/{naming.address(name)}")
        assert raw.status_code == 200
        assert raw.content.endswith(b"needle\n")


@pytest.mark.threat("G6")
async def test_raw_files_are_shown_only_where_nothing_can_run(hostile: Hostile) -> None:
    shown = {"README.md", "a.svg", "page.html", "LICENSE", "table.csv"}
    expected = {
        **dict.fromkeys(shown, ("text/plain; charset=utf-8", "inline")),
        "polyglot.png": ("image/gif", "inline"),
        "picture.png": ("image/png", "inline"),
        "doc.pdf": ("application/octet-stream", "attachment"),
        "bin": ("application/octet-stream", "attachment"),
        "link": ("text/plain; charset=utf-8", "inline"),
    }
    for name, (media, how) in expected.items():
        answer = await hostile.here.client.get(f"/@trap.git/raw/main/{name}", headers={"Accept": ACCEPT})
        assert answer.headers["content-type"] == media, name
        assert answer.headers["content-disposition"].startswith(f"{how};"), name
        policies = answer.headers.get_list("content-security-policy")
        assert "sandbox; default-src 'none'" in policies, name
        assert answer.headers["x-content-type-options"] == "nosniff"
    for name in NAMES:
        answer = await hostile.here.client.get(f"/@trap.git/raw/main/{naming.address(name)}")
        disposition = answer.headers["content-disposition"]
        assert re.fullmatch(r"inline; filename=\"[ -!#-.0-\[\]-~]*\"; filename\*=UTF-8''[!-~]*", disposition), (
            disposition
        )


@pytest.mark.threat("G6")
async def test_no_svg_is_ever_a_picture(hostile: Hostile) -> None:
    page = await hostile.here.client.get("/@trap.git/blob/main/a.svg")
    assert [each["src"].partition("?")[0] for each in Page(page.text).all("img")] == ["/static/favicon.svg"]
    assert "&lt;svg" in re.sub(r"</?span[^>]*>", "", page.text)


@pytest.mark.threat("H3")
async def test_links_are_words_and_are_followed_by_nobody(hostile: Hostile) -> None:
    page = await hostile.here.client.get("/@trap.git/blob/main/link")
    assert "../../../../etc/passwd" in page.text
    raw = await hostile.here.client.get("/@trap.git/raw/main/abs")
    assert raw.content == b"/etc/passwd"
    for path in ("/tree/main/link", "/blob/main/link/x", "/tree/main/abs/etc"):
        assert (await hostile.here.client.get(f"/@trap.git{path}")).status_code in (303, 404)


@pytest.mark.threat("H1")
@pytest.mark.parametrize("name", ["--output=/tmp/phyle-was-here", "-x", "main^{/x}", "main~0", "@{-1}", ":/x", "HEAD"])
async def test_no_part_of_an_address_is_an_option_or_an_expression(hostile: Hostile, name: str) -> None:
    sent = quote(name, safe="")
    for path in (
        f"tree/{sent}",
        f"commits/{sent}",
        f"commit/{sent}",
        f"compare/{sent}...main",
        f"compare/main...{sent}",
        f"patch/{sent}",
        f"archive/{sent}.zip",
        f"blame/{sent}/README.md",
        f"feed.atom?ref={sent}",
        f"search?q=x&ref={sent}",
    ):
        assert (await hostile.here.client.get(f"/@trap.git/{path}")).status_code == 404, path
    answer = await hostile.here.client.get("/@trap.git/search", params={"q": name})
    assert answer.status_code == 200


@pytest.mark.threat("G5")
async def test_feeds_are_xml_whatever_is_in_them(hostile: Hostile) -> None:
    for name in ("feed.atom", "tags.atom"):
        answer = await hostile.here.client.get(f"/@trap.git/{name}")
        assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
        xmllint = subprocess.run(  # noqa: ASYNC221  # a moment, in a test
            ["python3", "-c", "import sys, xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())"],
            input=answer.content,
            check=False,
        )
        assert xmllint.returncode == 0
        assert "<script" not in answer.text


@pytest.mark.threat("G12")
async def test_a_table_is_shown_and_stays_what_it_is(hostile: Hostile) -> None:
    """In HTML a cell is text; the file itself is not ours to change, and is given out as text."""
    page = await hostile.here.client.get("/@trap.git/blob/main/table.csv")
    assert '<td dir="auto">=cmd|x!A1</td>' in page.text
    raw = await hostile.here.client.get("/@trap.git/raw/main/table.csv")
    assert raw.headers["content-type"].startswith("text/plain")


@pytest.mark.threat("H11")
async def test_ids_of_another_repository_lead_nowhere(here: Instance) -> None:
    owner = await here.member("ana")
    _, ours = await repository(here.store, owner.actor, "ours", visibility="private")
    secret = ours.commit({"password": "hunter2"}, "Secret")
    _, theirs = await repository(here.store, owner.actor, "theirs")
    theirs.commit({"README.md": "hello"})
    for path in (
        f"commit/{secret}",
        f"tree/{secret}",
        f"patch/{secret}",
        f"archive/{secret}.zip",
        f"raw/{secret}/password",
    ):
        assert (await owner.ask("GET", f"/@theirs.git/{path}")).status_code == 404, path
    for path in (f"commit/{secret}", f"tree/{secret}", f"file/{secret}/password", f"compare/main...{secret}"):
        answer = await owner.ask("GET", f"/api/phyle/v1/repositories/theirs/{path}")
        assert answer.status_code == 404, path
    git(theirs.folder, "fetch", "-q", str(ours.folder), "refs/heads/main")  # there, but nothing leads to it
    assert (await here.client.get(f"/@theirs.git/commit/{secret}")).status_code == 404
    assert (await here.client.get(f"/@theirs.git/raw/{secret}/password")).status_code == 404


def filled(path: str, commit: str) -> str:
    parts = {
        "<name>": "quiet",
        "<commit>": commit,
        "<path:page>": "Home",
        "<path:title>": "Home",
    }
    rest = {"archive": "main.zip", "compare": "main...main", "patch": commit, "tree": "main", "commits": "main"}
    rest["licences"] = "main"
    rest["picture"] = "main/model.stl"
    for part, value in parts.items():
        path = path.replace(part, value)
    kind = path.split("/")[-2]
    return path.replace("<path:rest>", rest.get(kind, "main/hunter2.txt"))


@pytest.mark.threat("E7")
@pytest.mark.parametrize("visibility", ["private", "members"])
async def test_every_address_of_a_repository_asks_who_may_read_it(here: Instance, visibility: Visibility) -> None:
    """Every route of the tables, by everybody: whoever may not read it meets nothing, not even that it is there."""
    owner, stranger = await here.member("ana"), await here.member("bob")
    _, work = await repository(here.store, owner.actor, "quiet", visibility=visibility, description="hunter2")
    model = b"\0" * 80 + struct.pack("<I", 1) + struct.pack("<12fH", 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0)
    commit = work.commit({"hunter2.txt": "hunter2", "wiki/Home.md": "hunter2", "model.stl": model}, "hunter2")
    pages = [route.path for route in PAGES if route.method == "GET" and "<name>" in route.path]
    assert len(pages) > 15
    async with browsers(here) as look:
        own, others = await look("ana"), [await look("bob"), await look()]
        for path in (filled(page, commit) for page in pages):
            assert (await own.client.get(path)).status_code == 200, path
            for browser in others:
                answer = await browser.client.get(path)
                assert answer.status_code == 404, path
                assert "hunter2" not in answer.text, path
                assert "quiet" not in answer.text, path
        answer = await others[0].client.get(f"/@QUIET.git/raw/{commit}/hunter2.txt", headers={"If-None-Match": "*"})
        assert answer.status_code == 404
        assert "/@quiet.git" in (await own.client.get("/commons?q=hunter2")).text
        assert "/@quiet.git" not in (await others[0].client.get("/commons?q=hunter2")).text
    endpoints = [each.route.path for each in ENDPOINTS if each.route.method == "GET"]
    for path in (filled(endpoint, commit) for endpoint in endpoints):
        where = f"{path}?q=hunter2"
        assert (await owner.ask("GET", where)).status_code == 200, path
        assert (await stranger.ask("GET", where)).status_code == 404, path
        assert (await here.client.get(where)).status_code == 404, path


@pytest.mark.threat("E7")
@pytest.mark.parametrize("visibility", ["private", "members"])
async def test_a_stranger_is_answered_as_if_it_were_not_there(here: Instance, visibility: Visibility) -> None:
    """Also by what other topics add: whatever is asked or sent in whichever way, word for word."""
    owner, stranger = await here.member("ana"), await here.member("bob")
    _, work = await repository(here.store, owner.actor, "quiet", visibility=visibility, description="hunter2")
    commit = work.commit({"hunter2.txt": "hunter2"}, "hunter2")
    asked = [each for each in (*ALL_PAGES, *(each.route for each in ALL_ENDPOINTS)) if "<name>" in each.path]
    asked = [each for each in asked if each.path.startswith(("/@<name>.git", f"{BASE}/repositories/<name>"))]
    assert len(asked) > 60
    told = list[str]()
    async with browsers(here) as look:
        asking = [(await look("bob")).client, (await look()).client]
        for route in asked:
            path = re.sub("<[^>]*>", "1", filled(route.path, commit))
            headers = [{}, {"Authorization": f"Bearer {stranger.token}"}] if route.door == "api" else [{}]
            for client, header in itertools.product(asking, headers):
                sent = {} if route.method == "GET" else {"json": {}}
                there = await client.request(route.method, path, headers=header, **sent)
                nowhere = path.replace("quiet", "nosuch")
                absent = await client.request(route.method, nowhere, headers=header, **sent)
                alike = there.status_code == absent.status_code and there.text.replace("quiet", "nosuch") == absent.text
                if not alike or there.status_code not in (303, 400, 401, 403, 404, 422):
                    told.append(f"{route.method} {path}: {there.status_code} {there.text[:100]} / {absent.text[:100]}")
    assert not told, "\n".join(told)


@pytest.mark.threat("E7")
async def test_a_token_without_the_scope_reads_what_everybody_reads_and_no_more(here: Instance) -> None:
    owner = await here.member("ana")
    _, work = await repository(here.store, owner.actor, "quiet", visibility="private")
    work.commit({"a": "1"})
    await here.fetch("UPDATE identity.tokens SET scopes = 'profile'")
    answer = await owner.ask("GET", "/api/phyle/v1/repositories/quiet/tree/main")
    assert answer.status_code == 403


@pytest.mark.threat("E7")
async def test_what_is_private_stays_in_no_shared_cache(here: Instance) -> None:
    owner = await here.member("ana")
    kinds: tuple[tuple[str, Visibility], ...] = (("open", "public"), ("quiet", "private"))
    for name, visibility in kinds:
        _, work = await repository(here.store, owner.actor, name, visibility=visibility)
        tip = work.commit({"a.txt": "1"})
        async with browsers(here) as look:
            browser = await look("ana")
            for path in (f"raw/{tip}/a.txt", f"archive/{tip}.zip", "feed.atom", ""):
                kept = (await browser.client.get(f"/@{name}.git/{path}".rstrip("/"))).headers["cache-control"]
                assert ("private" in kept) or name == "open", path


@pytest.mark.threat("H9")
async def test_nothing_without_measure_keeps_the_server_from_answering_others(here: Instance) -> None:
    """Names, lines, depths and parents without measure: each page ends soon, or says that it cannot be shown."""
    owner = await here.member("eve")
    _, work = await repository(here.store, owner.actor, "endless")
    long = "ü" * 100_000
    files: dict[str | bytes, bytes | str | None] = {
        "/".join(["d"] * 1500) + "/f": "x",
        "one-line.js": "x(" * 400_000,
        "brackets.md": "[" * 100_000,
        "cells.csv": "," * 500_000 + "\n",
        "quotes.csv": '"' * 500_000,
        "model.stl": b"\0" * 80 + struct.pack("<I", 200_000) + b"\1" * (50 * 200_000),
    }
    tip = work.commit(files, "m" * 300_000)
    blob = work.blob(b"x")
    tree = git(work.folder, "mktree", "-z", stdin=f"100644 blob {blob}\t{long}\0".encode()).strip()
    heads = [git(work.folder, "commit-tree", "-m", str(n), tree).decode().strip() for n in range(3)]
    parents = [word for head in dict.fromkeys(heads * 300) for word in ("-p", head)]
    many = git(work.folder, "commit-tree", "-m", "many", *parents, tree).decode().strip()
    git(work.folder, "update-ref", "refs/heads/long", many)
    paths = ["", "/tree/long", f"/commit/{many}", f"/commit/{tip}", "/commits/long", "/search?q=x", "/licences"]
    paths += ["/tree/main/" + "/".join(["d"] * 150), "/tree/main/" + "/".join(["d"] * 300), "/licences/long"]
    paths += [f"/{kind}/main/{name}" for name in files if len(name) < 20 for kind in ("blob", "blame")]
    gaps: dict[str, float] = {}
    for path in paths:
        beating = asyncio.create_task(longest_pause())
        answer = await here.client.get(f"/@endless.git{path}", headers={"Accept": ACCEPT}, timeout=60)
        beating.cancel()
        gaps[path] = await beating
        assert answer.status_code in (200, 404, 413, 422), path
        assert len(answer.content) < 8 << 20, path
    assert max(gaps.values()) < 2, gaps


async def longest_pause() -> float:
    """Until it is cancelled: the longest time in seconds in which nothing else was done in this process."""
    loop, longest = asyncio.get_running_loop(), 0.0
    last = loop.time()
    try:
        while True:
            await asyncio.sleep(0.001)
            longest, last = max(longest, loop.time() - last), loop.time()
    except asyncio.CancelledError:
        return max(longest, loop.time() - last)
