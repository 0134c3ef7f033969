"""Which reader an election file needs; and the JSON form, for papers that no other form can carry."""

import json
from typing import Any

from phyle.cooperative.tally import blt, preflib
from phyle.cooperative.tally.elections import Election
from phyle.errors import Malformed

_PREFLIB = ("soc", "soi", "toc", "toi", "cat")


def read(name: str, content: bytes) -> Election:
    """By the ending of the name, else by what the file begins with. Malformed says what is wrong and where."""
    text = _decoded(content)
    ending = name.rpartition(".")[2].lower()
    start = text.lstrip()
    if ending == "json" or (ending != "blt" and start.startswith("{")):
        return read_json(text)
    if ending in _PREFLIB or (ending != "blt" and _looks_like_preflib(start)):
        return preflib.read(text)
    return blt.read(text)


def read_json(text: str) -> Election:
    """`{"options": [names], "papers": [[paper, times], ...]}`, with `seats`, `params` and `title` if need be."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The file is no JSON: {error}") from error
    options = given.get("options") if isinstance(given, dict) else None
    if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
        raise Malformed('The file has no "options", a list of names')
    papers, seats, params = given.get("papers"), given.get("seats", 1), given.get("params", {})
    if not isinstance(papers, list) or not all(_is_counted(paper) for paper in papers):
        raise Malformed('The file has no "papers", a list of [paper, how many times]')
    if type(seats) is not int or not isinstance(params, dict):
        raise Malformed('"seats" is a whole number, and "params" an object')
    return Election(
        title=str(given.get("title", "")),
        options=tuple(options),
        seats=seats,
        papers=tuple((paper, times) for paper, times in papers),
        params=params,
    )


def _is_counted(paper: Any) -> bool:
    return isinstance(paper, list) and len(paper) == 2 and type(paper[1]) is int and paper[1] >= 0


def _looks_like_preflib(start: str) -> bool:
    first = start.partition("\n")[0].strip()
    return first.isdecimal() or (first.startswith("#") and "ALTERNATIVE NAME 1:" in start)


def _decoded(content: bytes) -> str:
    """UTF-8, with or without a mark at its beginning; else what Windows wrote in Western Europe."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
