"""What a file is, told from its bytes."""

import pytest

from phyle.commons.browsing import contents, searching, showing, trees
from phyle.commons.browsing.wiki import path_of, title_of
from phyle.errors import Unprocessable
from tests.commons.browsing.test_workshop import stl


@pytest.mark.threat("G7")
@pytest.mark.parametrize(
    ("name", "head", "kind", "media"),
    [
        (b"a.png", b"\x89PNG\r\n\x1a\nx", "picture", "image/png"),
        (b"a.txt", b"\xff\xd8\xff\xe0", "picture", "image/jpeg"),
        (b"a.png", b"<html><script>", "text", "text/plain; charset=utf-8"),
        (b"a.svg", b"<svg onload=x>", "drawing", "text/plain; charset=utf-8"),
        (b"a.png", b"<?xml?><svg/>", "text", "text/plain; charset=utf-8"),
        (b"a.html", b"<script>", "text", "text/plain; charset=utf-8"),
        (b"a.pdf", b"%PDF-1.7", "document", None),
        (b"a.pdf", b"GIF89a%PDF-", "picture", "image/gif"),
        (b"a.bin", b"a\0b", "binary", None),
        (b"a.js", b"\xff\xfea\0", "text", "text/plain; charset=utf-16"),
        (b"a.stl", stl((0,) * 9), "model", None),
        (b"a.stl", b"not a model", "text", "text/plain; charset=utf-8"),
        (b"big", b"version https://git-lfs.github.com/spec/v1\n", "pointer", "text/plain; charset=utf-8"),
        (b"A.MD", b"# x", "markdown", "text/plain; charset=utf-8"),
        (b"empty", b"", "text", "text/plain; charset=utf-8"),
    ],
)
def test_files_are_known_by_their_bytes(name: bytes, head: bytes, kind: str, media: str | None) -> None:
    content = contents.of(name, head, len(head))
    assert (content.kind, content.media) == (kind, media)


def test_old_encodings_are_read() -> None:
    assert contents.decoded("grün".encode()) == "grün"
    assert contents.decoded("grün".encode("cp1252")) == "grün"
    assert contents.decoded("grün".encode("utf-16")) == "grün"


def test_tables_are_read_with_the_separator_that_they_have() -> None:
    for raw in (b"a,b\n1,2\n", b"a;b\n1;2\n", b"a\tb\n1\t2\n"):
        table = showing.table(b"x.csv", raw)
        assert table is not None
        assert table.rows == [["a", "b"], ["1", "2"]]
    assert showing.table(b"x.csv", b"just one\ncolumn\n") is None
    assert showing.table(b"x.csv", b'"' * 200_001) is None
    long = showing.table(b"x.csv", b"a,b\n" * 5000)
    assert long is not None
    assert not long.whole
    assert len(long.rows) == showing.MOST_ROWS


async def test_line_ends_of_all_kinds_make_lines() -> None:
    code = await showing.code("2" * 40, b"a.unknown", b"one\r\ntwo\rthree\nfour")
    assert list(code.lines) == ["one", "two", "three", "four"]
    assert list((await showing.code("3" * 40, b"a", b"")).lines) == []


def test_trees_are_read_with_any_names() -> None:
    raw = b"100755 a b\0" + b"\1" * 20 + b"40000 \xe9\0" + b"\2" * 20 + b"120000 l\0" + b"\3" * 20
    found = [(each.kind, each.name, each.executable) for each in trees.entries(raw)]
    assert found == [("folder", b"\xe9", False), ("file", b"a b", True), ("link", b"l", False)]


def test_lines_found_are_read_up_to_where_they_were_cut() -> None:
    oid = "a" * 40
    said = f"{oid}:x:1:y\0".encode() + b"7\0one\n" + f"{oid}:x:1:y\0".encode() + b"9\0two\n" + f"{oid}:z\0".encode()
    hits = searching.read(said, oid, whole=False)
    assert [(hit.path, hit.lines) for hit in hits.hits] == [(b"x:1:y", [(7, "one"), (9, "two")])]
    assert not hits.whole


@pytest.mark.parametrize("title", ["", "../x", ".git", "a/b", "-x", "[x]", "a\u202eb", "x" * 101])
def test_titles_that_are_none(title: str) -> None:
    with pytest.raises(Unprocessable):
        path_of(title)


def test_titles_become_files_and_back() -> None:
    assert path_of("How to  mend") == "wiki/How-to-mend.md"
    assert title_of(b"How-to-mend.md") == "How to mend"
