"""Election files in the dialects in which they are found."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.cooperative.tally import blt, preflib, readers
from phyle.cooperative.tally.counting import tally
from phyle.cooperative.tally.values import Result
from phyle.errors import Malformed, Unprocessable

OPENSTV = """\
4 2             # four candidates are competing for two seats
-2              # Basil has withdrawn
3 1 3 4 0       # first vote
4 1 3 2 0
2 4 1 3 0       # the first number is the weight
1 2 0
2 4=3 1 0
1.0 3 - 4 0
1 3 1 3 0
1 0
0               # end of the votes
"Adam # the first"        # candidate 1
"Basil"
"Charlotte"
"Donald"
"Gardening Club Election" # title
"""


def test_blt_of_openstv_and_opavote() -> None:
    election = blt.read(OPENSTV)
    assert election.options == ("Adam # the first", "Charlotte", "Donald")
    assert (election.title, election.seats) == ("Gardening Club Election", 2)
    assert election.orders == {
        ((0,), (1,), (2,)): 3,
        ((0,), (1,)): 4,
        ((2,), (0,), (1,)): 2,
        (): 2,
        ((1, 2), (0,)): 2,
        ((1,), (2,)): 1,
        ((1,), (0,)): 1,
    }


def test_a_transferable_paper_counts_up_to_the_first_equals() -> None:
    papers = list(blt.read('4 1\n2 1 2=3 4 0\n3 1=2 3 0\n0\n"a"\n"b"\n"c"\n"d"\n').papers_for("stv"))
    assert papers == [({"rank": [0]}, 2), ({"rank": []}, 3)]


def test_blt_of_droop() -> None:
    text = """3 1 [nick a b c] [tie c b a]
    /* an enclosed
       comment with 0 "quotes" */
    [withdrawn c]
    5 a b 0 (paper 7) b=c a 0
    0 "Castor" "Pollux" "Helen" "A title"
    "a source" """
    election = blt.read(text)
    assert election.options == ("Castor", "Pollux")
    assert election.title == "A title"
    assert election.orders == {((0,), (1,)): 5, ((1,), (0,)): 1}


@pytest.mark.parametrize(
    "tail",
    [
        "Ann ABLE (Ind)\nBen BAKER (Grn)\nWard 1 - Port\n",
        '"Ann ABLE (Ind)"\r\n"Ben BAKER (Grn)"\r\n"Ward 1 - Port"',
        '"Ann ABLE (Ind)" "Independent"\n"Ben BAKER (Grn)" "Green Party"\n"Ward 1 - Port"\n',
        '"""Ann ABLE (Ind)"" ""Independent"""\n"""Ben BAKER (Grn)"" ""Green"""\n"""Ward 1 - Port"""\n',
        "Ann ABLE (Ind),\nBen BAKER (Grn),\nWard 1 - Port,\n",
        "# ALTERNATIVE NAME 1: Ann ABLE (Ind)\n# ALTERNATIVE NAME 2: Ben BAKER (Grn)\nWard 1 - Port\n",
    ],
)
def test_blt_of_scottish_councils(tail: str) -> None:
    election = readers.read("ward.blt", f"2 1\n5 1 0\n3 2 1 0\n0\n{tail}".encode())
    assert election.options == ("Ann ABLE (Ind)", "Ben BAKER (Grn)")
    assert election.title == "Ward 1 - Port"
    assert election.orders == {((0,),): 5, ((1,), (0,)): 3}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "how many candidates"),
        ("three 2", "Line 1 has 'three'"),
        ("3 0\n", "how many seats"),
        ("3 2\n1 4 0\n", "Line 2 has '4'"),
        ("3 2\n1 a 0\n", "a candidate from 1 to 3"),
        ("3 2\n1.5 1 0\n", "whole number"),
        ("3 2\nx 1 0\n", "Line 2 has 'x'"),
        ("3 2\n1 1 2\n", "ends where"),
        ("3 2\n[nick a b", "closing bracket"),
        ('3 2\n1 1 0\n0\n"A"\n', "1 of 3"),
    ],
)
def test_what_is_wrong_with_a_blt(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        blt.read(text)


PREFLIB = """\
# FILE NAME: 00000-00000001.toi
# TITLE: Harbour: the second vote
# DATA TYPE: toi
# NUMBER ALTERNATIVES: 4
# NUMBER VOTERS: 9
# ALTERNATIVE NAME 1: Ann, of the mill
# ALTERNATIVE NAME 2: Ben
# ALTERNATIVE NAME 3: Cleo
# ALTERNATIVE NAME 4: Dora
5: 1,{2,3}
3: {4,2},1
1: 3
"""


def test_preflib_orders() -> None:
    election = readers.read("x.toi", PREFLIB.encode())
    assert election.title == "Harbour: the second vote"
    assert election.options == ("Ann, of the mill", "Ben", "Cleo", "Dora")
    assert election.orders == {((0,), (1, 2)): 5, ((1, 3), (0,)): 3, ((2,),): 1}
    assert list(election.papers_for("schulze"))[1] == ({"rank": [[1, 3], [0]]}, 3)
    assert next(iter(election.papers_for("approval"))) == ({"approve": [0, 1, 2]}, 5)
    assert readers.read("without an ending", PREFLIB.encode()) == election


def test_complete_preflib_orders_end_with_what_is_not_approved() -> None:
    text = "# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n# ALTERNATIVE NAME 3: C\n2: {1,2},3\n1: 3,{1,2}\n"
    assert list(preflib.read(text).papers_for("approval")) == [({"approve": [0, 1]}, 2), ({"approve": [2]}, 1)]


def test_old_preflib_orders() -> None:
    text = "3\n1,Ann, of the mill\n2,Ben\n3,Cleo\n7,7,2\n4,1,{2,3}\n3,2\n"
    election = readers.read("old.toi", text.encode())
    assert election.options == ("Ann, of the mill", "Ben", "Cleo")
    assert election.orders == {((0,), (1, 2)): 4, ((1,),): 3}
    assert readers.read("old", text.encode()) == election


def _categories(*names: str) -> str:
    head = [f"# CATEGORY NAME {number}: {name}" for number, name in enumerate(names, start=1)]
    return "\n".join(["# DATA TYPE: cat", *head, "# ALTERNATIVE NAME 1: A", "# ALTERNATIVE NAME 2: B", ""])


@pytest.mark.parametrize(
    ("names", "line", "papers"),
    [
        (("Yes", "No"), "3: {1,2},{}", {"approval": {"approve": [0, 1]}, "score": {"score": {"0": 1, "1": 1}}}),
        (("Yes", "No"), "3: {},{1,2}", {"approval": {"approve": []}, "score": {"score": {"0": 0, "1": 0}}}),
        (("Good", "Fair", "Bad"), "3: 2,{},1", {"approval": {"approve": [1]}, "score": {"score": {"1": 2, "0": 0}}}),
        (("-", "1", "9"), "3: {},1,2", {"schulze": {"rank": [[0], [1]]}, "score": {"score": {"0": 1, "1": 0}}}),
        (("7", "1"), "3: 2,1", {"score": {"score": {"1": 7, "0": 1}}}),
    ],
)
def test_preflib_categories(names: tuple[str, ...], line: str, papers: dict[str, Any]) -> None:
    election = preflib.read(_categories(*names) + line)
    for method, paper in papers.items():
        assert list(election.papers_for(method)) == [(paper, 3)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("# TITLE: x\n1: 1\n", "alternative 1, which has no name|names no alternatives"),
        (f"{PREFLIB}2: 1,x\n", "Line 13 has 'x'"),
        (f"{PREFLIB}2: 5\n", "alternative 5"),
        (f"{PREFLIB}many: 1\n", "Line 13 should begin"),
        ("2\n1,A\n", "1 of 2"),
        ("2\n1,A\nB\n", "Line 3 should name"),
    ],
)
def test_what_is_wrong_with_a_preflib_file(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        preflib.read(text)


def test_json_carries_every_method() -> None:
    text = (
        '{"title": "T", "options": ["A", "B"], "seats": 1, "params": {"dots": 4}, "papers": [[{"dots": {"0": 3}}, 2]]}'
    )
    election = readers.read("-", text.encode())
    assert (election.title, election.options, election.params) == ("T", ("A", "B"), {"dots": 4})
    assert list(election.papers_for("dot")) == [({"dots": {"0": 3}}, 2)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "no JSON"),
        ("[]", "options"),
        ('{"options": [1], "papers": []}', "options"),
        ('{"options": ["A"], "papers": [{}]}', "papers"),
        ('{"options": ["A"], "papers": [[{}, -1]]}', "papers"),
        ('{"options": ["A"], "papers": [], "seats": "2"}', "seats"),
    ],
)
def test_what_is_wrong_with_a_json_file(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        readers.read("x.json", text.encode())


def test_a_file_of_rankings_has_no_dots() -> None:
    with pytest.raises(Unprocessable, match="JSON"):
        preflib.read(PREFLIB).papers_for("dot")


_WORDS = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "-",
    "1=2",
    "=",
    "#",
    '"A"',
    '"',
    "\n",
    " ",
    "[",
    "]",
    "[nick a b]",
    "(x)",
    "(",
    "/*",
    "*/",
]
_WORDS += [
    "{1,2}",
    "{",
    "}",
    ",",
    ":",
    "# ALTERNATIVE NAME 1: A",
    "# CATEGORY NAME 1: 9",
    "9" * 5000,
    "1.5",
    "²",
    "\u0661",
]
_TEXTS = st.lists(st.sampled_from(_WORDS), max_size=30).map(lambda words: " ".join(words).replace(" \n ", "\n"))


@settings(deadline=None, max_examples=400)
@given(
    _TEXTS, st.sampled_from(["x", "x.blt", "x.toi", "x.cat", "x.json"]), st.sampled_from(["stv", "schulze", "approval"])
)
def test_any_file_is_read_or_refused_in_a_sentence(text: str, name: str, method: str) -> None:
    for head in ("", "3 2\n", "3 2\n1 1 2 0\n0\n", "# ALTERNATIVE NAME 2: B\n", "2\n1,A\n2,B\n1,1,1\n"):
        with contextlib.suppress(Malformed):
            election = readers.read(name, (head + text).encode())
            if election.options:
                assert isinstance(
                    tally(method, election.options, election.papers_for(method), election.seats, b""), Result
                )


def test_files_from_windows() -> None:
    text = '\ufeff2 1\r\n5 1 0\r\n0\r\n"Renée"\r\n"Iñaki"\r\n"T"\r\n'
    for content in (text.encode(), text.removeprefix("\ufeff").encode("cp1252")):
        assert readers.read("x.blt", content).options == ("Renée", "Iñaki")
