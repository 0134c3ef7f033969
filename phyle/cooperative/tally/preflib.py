"""PrefLib files: orders strict and weak, complete and not (.soc .soi .toc .toi), and categories (.cat).

The format of 2022 has `# KEY: value` lines and then `12: 3,{1,2}`; the older one has the number of alternatives, a line
`1,Name` for each, a line of three counts, and then `12,3,{1,2}`.
"""

import re
from collections.abc import Sequence

from phyle.cooperative.tally.elections import Election, Order, cleaned, whole_number
from phyle.errors import Malformed

_HEADER = re.compile(r"#\s*([^:]*?)\s*:\s*(.*)")
_NAME = re.compile(r"(ALTERNATIVE|CATEGORY) NAME (\d{1,15})", re.IGNORECASE)
_GROUP = re.compile(r"\s*(?:\{((?:\d{1,15}|[\s,])*)\}|(\d{1,15}))\s*(?:,|\Z)")


def read(text: str) -> Election:
    """One seat. Malformed, naming the line."""
    lines = text.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    return _read_old(lines) if first.isdecimal() else _read_new(lines)


def _read_new(lines: Sequence[str]) -> Election:
    headers: dict[str, str] = {}
    named: dict[str, dict[int, str]] = {"ALTERNATIVE": {}, "CATEGORY": {}}
    papers = []
    for number, line in enumerate(lines, start=1):
        line = line.strip()
        if header := _HEADER.match(line):
            if name := _NAME.fullmatch(header[1]):
                named[name[1].upper()][int(name[2])] = header[2].strip()
            else:
                headers[header[1].upper()] = header[2].strip()
        elif line and not line.startswith("#"):
            papers.append((number, line))
    alternatives, categories = named["ALTERNATIVE"], named["CATEGORY"]
    grades = tuple(categories[number] for number in sorted(categories))
    orders = _orders(papers, ":", alternatives, keep_empty=bool(grades))
    return _election(headers.get("TITLE", ""), alternatives, orders, grades)


def _read_old(lines: Sequence[str]) -> Election:
    written = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    count = whole_number(written[0][1])
    if not count:
        raise Malformed("Line 1 should say how many alternatives there are")
    alternatives = {}
    for number, line in written[1 : count + 1]:
        index, comma, name = line.partition(",")
        key = whole_number(index.strip())
        if not comma or key is None:
            raise Malformed(f"Line {number} should name an alternative: 1,Name")
        alternatives[key] = name.strip()
    if len(alternatives) < count:
        raise Malformed(f"There are names for {len(alternatives)} of {count} alternatives")
    return _election("", alternatives, _orders(written[count + 2 :], ",", alternatives, keep_empty=False), ())


def _election(title: str, alternatives: dict[int, str], orders: dict[Order, int], grades: tuple[str, ...]) -> Election:
    if not alternatives:
        raise Malformed("The file names no alternatives (# ALTERNATIVE NAME 1: ...)")
    options = tuple(alternatives[number] for number in sorted(alternatives))
    complete = all(len(order) > 1 and sum(map(len, order)) == len(options) for order in orders)
    return Election(title=title, options=options, seats=1, orders=orders, complete=complete, grades=grades)


def _orders(
    papers: Sequence[tuple[int, str]], mark: str, alternatives: dict[int, str], *, keep_empty: bool
) -> dict[Order, int]:
    """How many say what; an empty category keeps its place."""
    numbers = {number: index for index, number in enumerate(sorted(alternatives))}
    orders: dict[Order, int] = {}
    for number, line in papers:
        times, _, said = line.partition(mark)
        papers_like_it = whole_number(times.strip())
        if papers_like_it is None:
            raise Malformed(f"Line {number} should begin with how many papers it is, then {mark!r}")
        groups = _groups(said, number, numbers)
        order = tuple(cleaned([group], numbers)[0] if group else () for group in groups)
        if not keep_empty:
            order = cleaned(groups, numbers)
        orders[order] = orders.get(order, 0) + papers_like_it
    return orders


def _groups(said: str, line: int, numbers: dict[int, int]) -> list[list[int]]:
    groups, place = [], 0
    said = said.rstrip()
    while place < len(said):
        found = _GROUP.match(said, place)
        if found is None:
            raise Malformed(
                f"Line {line} has {said[place : place + 20]!r} where an alternative or a group {{1,2}} is due"
            )
        group = [int(word) for word in (found[1] or found[2] or "").replace(",", " ").split()]
        if unknown := [one for one in group if one not in numbers]:
            raise Malformed(f"Line {line} has the alternative {unknown[0]}, which has no name")
        groups.append(group)
        place = found.end()
    return groups
