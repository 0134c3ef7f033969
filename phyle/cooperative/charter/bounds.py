"""How much a charter's clauses may say, so that whoever must read it can: it is read anew in every audit."""

import re

from phyle.cooperative.charter.fields import Problems

MOST_CHARACTERS, MOST_CLAUSES, MOST_LINES, LONGEST_LINE = 400_000, 500, 5_000, 4_000
"""Of a text; and of its blocks of clauses together."""
DEEPEST, MOST_DOTS = 32, 100
_BRACKET = re.compile(r"[\[\]{}]")
_NUMBER = re.compile(r"[0-9A-Fa-f_]{100}")
_FENCE = "```"


def bounded(text: str, problems: Problems) -> None:
    """Notes the first thing that is too much. What is deep or long is found before anything is read, so that it is
    refused in the same way everywhere. `text`: newlines only."""
    if len(text) > MOST_CHARACTERS:
        because = f"a charter has at most {MOST_CHARACTERS} characters"
        problems.add(0, 1, "the text is too long", because, "a shorter one")
        return
    inside, lines, depth = False, 0, 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.rstrip() == _FENCE if inside else line.startswith(_FENCE):
            inside, depth = not inside, 0
        elif inside:
            lines += 1
            depth, deepest = _nested(line, depth)
            because = _too_much(line, lines, deepest)
            if because:
                problems.add(0, number, "this line cannot stand", because, "less")
                return


def _nested(line: str, depth: int) -> tuple[int, int]:
    """How deep things are nested at the end of a line, and at most within it."""
    deepest = depth
    for mark in _BRACKET.findall(line):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return depth, deepest


def _too_much(line: str, lines: int, deepest: int) -> str:
    if lines > MOST_LINES:
        return f"the clauses of a charter have at most {MOST_LINES} lines"
    if len(line) > LONGEST_LINE:
        return f"a line of a clause has at most {LONGEST_LINE} characters"
    if deepest > DEEPEST:
        return f"nothing is nested more than {DEEPEST} times"
    if line.count(".") > MOST_DOTS:
        return f"a line of a clause has at most {MOST_DOTS} dots"
    return "no number is so long" if _NUMBER.search(line) else ""
