"""Manifests as REUSE 3.3 has them: tags, files beside files, REUSE.toml with its precedence, and texts of licences."""

import importlib.util
import time
from pathlib import Path

import pytest

from phyle.cooperative.licences import tags
from phyle.cooperative.licences.annotations import MOST, Patience, glob
from phyle.cooperative.licences.manifests import Covered, Manifest, manifest

TAG, HOLDER = "SPDX-License-Identifier", "SPDX-FileCopyrightText"  # apart, so that nobody reads them as ours
MIT = f"# {HOLDER}: 2030 Ann\n# {TAG}: MIT\n"
ANN = ("2030 Ann",)


def of(**files: str) -> Manifest:
    """Of files whose names are spelt with two underscores for a slash, and one before the ending for a dot."""
    return manifest((name.replace("__", "/").replace("_DOT_", "."), text.encode()) for name, text in files.items())


def only(found: Manifest) -> Covered:
    (file,) = found.files
    return file


@pytest.mark.parametrize(
    "line",
    [
        f"{TAG}: PPL",
        f"# {TAG}: PPL",
        f"/* {TAG}: PPL */",
        f"<!-- {TAG}: PPL -->",
        f"(* {TAG}: PPL *)",
        f"{{# {TAG}: PPL #}}",
        f"### {TAG}: PPL ###",
        f'<meta content="{TAG}: PPL" />',
        f"\ufeff% {TAG}:PPL  \r",
    ],
)
def test_a_tag_in_any_comment(line: str) -> None:
    assert only(of(file=f"{line}\nx = 1\n")).licences == ("PPL",)


@pytest.mark.parametrize(
    "line",
    [
        f"{HOLDER}: 2030 Ann",
        f"{HOLDER}: © 2030 Ann",
        f"// {HOLDER}: Copyright (C) 2030 Ann",
        "Copyright 2030 Ann",
        "/* Copyright (c) 2030 Ann */",
        "© 2030 Ann",
        "SPDX-SnippetCopyrightText: 2030 Ann",
    ],
)
def test_a_notice_in_any_form(line: str) -> None:
    assert only(of(file=f"{line}\n")).notices == ANN


def test_what_is_no_notice() -> None:
    assert only(of(file="Copyrighted, as opyright goes\nSPDX-\n")).notices == ()


def test_what_is_to_be_ignored() -> None:
    text = f"# REUSE-Ignore{'Start'}\n# {TAG}: MIT\n# REUSE-Ignore{'End'}\n# {TAG}: PPL\n"
    assert only(of(file=text)).licences == ("PPL",)


def test_no_text_says_nothing_and_another_encoding_does() -> None:
    found = manifest([("photo", b"\x89PNG\0" + MIT.encode()), ("text", MIT.encode("utf-16"))])
    assert found.files == (Covered(path="photo"), Covered(path="text", licences=("MIT",), notices=ANN))


def test_a_file_beside_it_speaks_for_a_file() -> None:
    found = of(a_DOT_png=MIT.replace("MIT", "PPL"), a_DOT_png_DOT_license=MIT)
    assert only(found) == Covered(path="a.png", licences=("MIT",), notices=ANN)


def test_of_some_files_nothing_is_asked() -> None:
    names = (
        "LICENSE",
        "LICENCE.md",
        "docs__COPYING",
        "x_DOT_spdx_DOT_json",
        "REUSE_DOT_toml",
        "sub__LICENSES__x",
        "empty",
    )
    found = of(
        **dict.fromkeys(names[:4], "x"), REUSE_DOT_toml="version = 1", sub__LICENSES__x="x", empty="", README="x"
    )
    assert [file.path for file in found.files] == ["README"]


def test_complete() -> None:
    found = of(src__a_DOT_py=MIT, LICENSES__MIT_DOT_txt="Permission is hereby granted")
    assert found.complete
    assert (found.texts, found.expression) == (("MIT",), "MIT")


def test_what_is_missing_is_named() -> None:
    found = of(
        a=MIT,
        b="x",
        c=f"{TAG}: PPL OR OR\n",
        d=f"{TAG}: GPL-9 WITH Classpath-exception-2.0\n",
        LICENSES__ISC_DOT_txt="...",
        LICENSES__LicenseRef_own_DOT_txt="...",
        REUSE_DOT_toml="nonsense",
    )
    assert not found.complete
    assert found.missing_texts == ("Classpath-exception-2.0", "GPL-9", "MIT")
    assert found.unused_texts == ("ISC", "LicenseRef_own")
    assert found.unlicensed == ("b", "c")
    assert found.unnoticed == ("b", "c", "d")
    assert found.unknown == ("GPL-9", "LicenseRef_own")
    assert [path for path, _ in found.bad] == ["REUSE.toml", "c"]


def test_the_whole_is_under_all_that_its_parts_are_under() -> None:
    found = of(a=f"{TAG}: MIT OR PPL\n", b=f"{TAG}: ISC\n", c=f"{TAG}: ISC\n")
    assert found.expression == "ISC AND (MIT OR PPL)"
    assert of(a=f"{TAG}: MIT OR PPL\n").expression == "MIT OR PPL"
    assert of(a="x").expression == ""


def toml(*tables: str) -> str:
    return "version = 1\n" + "".join(f"\n[[annotations]]\n{table}\n" for table in tables)


def table(path: str, licence: str = "", holder: str = "", precedence: str = "") -> str:
    said = f"path = '{path}'\n"
    said += f'{TAG} = "{licence}"\n' if licence else ""
    said += f'{HOLDER} = "{holder}"\n' if holder else ""
    return said + (f'precedence = "{precedence}"\n' if precedence else "")


def test_the_closest_speaks_where_a_file_is_silent() -> None:
    found = of(a="x", b=f"# {TAG}: MIT\n", REUSE_DOT_toml=toml(table("*", "PPL", "2030 Ann")))
    assert found.files[0] == Covered(path="a", licences=("PPL",), notices=ANN)
    assert found.files[1] == Covered(path="b", licences=("MIT",), notices=ANN)


def test_aggregates_and_overrides() -> None:
    both = of(a=MIT, REUSE_DOT_toml=toml(table("a", "PPL", "2031 Bo", "aggregate")))
    assert set(only(both).licences) == {"MIT", "PPL"}
    assert set(only(both).notices) == {"2030 Ann", "2031 Bo"}
    over = of(a=MIT, REUSE_DOT_toml=toml(table("a", "PPL", "2031 Bo", "override")))
    assert only(over) == Covered(path="a", licences=("PPL",), notices=("2031 Bo",))


def test_the_last_table_counts_and_the_deepest_file() -> None:
    last = of(a="x", REUSE_DOT_toml=toml(table("**", "MIT"), table("a", "PPL")))
    assert only(last).licences == ("PPL",)
    deep = of(
        sub__a="x",
        REUSE_DOT_toml=toml(table("**", "MIT", "2030 Ann")),
        sub__REUSE_DOT_toml=toml(table("a", "PPL")),
    )
    assert only(deep) == Covered(path="sub/a", licences=("PPL",), notices=ANN)
    above = of(
        sub__a="x",
        REUSE_DOT_toml=toml(table("sub/**", "MIT", "2030 Ann", "override")),
        sub__REUSE_DOT_toml=toml(table("a", "PPL")),
    )
    assert only(above).licences == ("MIT",)


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("*.py", ["a.py", ".py"], ["a/b.py", "a.pyc"]),
        ("**.py", ["a.py", "a/b.py"], ["a.pyc"]),
        ("src/**", ["src/a", "src/a/b", "src/"], ["src", "lib/src/a"]),
        ("src/**/file", ["src/file", "src/a/file", "src/a/b/file"], ["src", "file"]),
        ("src/*/file", ["src/a/file"], ["src/file", "src/a/b/file"]),
        ("\\*.py", ["*.py"], ["a.py"]),
        ("a\\\\b", ["a\\b"], ["a\\\\b", "ab"]),
        ("***", ["a/b"], []),
        ("", [""], ["a"]),
    ],
)
def test_patterns(pattern: str, fits: list[str], fits_not: list[str]) -> None:
    assert [path for path in fits if not glob(pattern).matches(path, Patience())] == []
    assert [path for path in fits_not if glob(pattern).matches(path, Patience())] == []


@pytest.mark.threat("D14")
def test_hostile_files_take_no_longer_than_their_length() -> None:
    began = time.perf_counter()
    tags.read((f"{TAG}: " + '"*/' * 300_000).encode())
    tags.read((f"©{'©' * 60}\n" * 10_000).encode())
    tags.read(f"{TAG}: MIT\n".encode() * 100_000)
    assert not glob("**a" * 300).matches("a" * 3000 + "b", Patience())
    assert not glob("*/" * 300).matches("a/" * 301, Patience())
    assert time.perf_counter() - began < 2


@pytest.mark.skipif(importlib.util.find_spec("reuse") is None, reason="the tool reuse is not installed")
def test_the_same_as_the_tool_says(tmp_path: Path) -> None:
    from reuse.project import Project  # type: ignore[import-not-found]

    tree = {
        "a.py": MIT,
        "sub/b.c": f"/* {TAG}: PPL */\n",
        "sub/c.png.license": MIT,
        "sub/c.png": "x",
        "REUSE.toml": toml(table("**", "ISC", "2031 Bo"), table("sub/*.c", "ISC", "2031 Bo", "aggregate")),
        "LICENSES/MIT.txt": "...",
    }
    for name, text in tree.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    theirs = Project.from_directory(tmp_path)
    for file in manifest((name, text.encode()) for name, text in tree.items()).files:
        told = theirs.reuse_info_of(tmp_path / file.path)
        assert set(file.licences) == {str(each) for info in told for each in info.spdx_expressions}
        assert len(file.notices) == sum(len(info.copyright_notices) for info in told)


@pytest.mark.threat("H9")
def test_annotations_that_would_take_hours_are_given_up() -> None:
    """Patterns that nearly fit everything, against many files: each file speaks for itself then, and it is said."""
    paths = ",".join(f'"**/{"*a" * 400}b{number}"' for number in range(MOST))
    table = f'version = 1\n[[annotations]]\npath = [{paths}]\nSPDX-License-Identifier = "MIT"\n'
    files = [(f"{'a' * 100}{number}", b"# SPDX-License-Identifier: PPL") for number in range(5000)]
    began = time.monotonic()
    found = manifest([("REUSE.toml", table.encode()), *files])
    assert time.monotonic() - began < 30  # without a bound: twenty minutes
    assert [path for path, sentence in found.bad if "too intricate" in sentence] == ["REUSE.toml"]
    assert found.expression == "PPL"
