"""The `.blt` files of OpenSTV, OpaVote, Droop and the Scottish councils.

    4 2            candidates, seats
    -3             withdrawn (or `[withdrawn 3]`)
    [nick a b c d] names for candidates in what follows (`[tie ...]` and other such lines are passed over)
    2 4 1 3=2 0    how many papers (or `(id)` for one), preferences, `=` between equals, `-` for one left out, 0
    0              no more papers
    "Ann"          the candidates, in quotes or each on a line of its own
    "The title"

`#` begins a comment, `/*` and `*/` enclose one; commas are as good as spaces, and what a spreadsheet adds is ignored.
What is repeated on a paper counts where it stands first.
"""

import re
from collections import deque
from collections.abc import Mapping

from phyle.cooperative.tally.elections import MOST_OPTIONS, Election, Order, cleaned, whole_number
from phyle.errors import Malformed

_QUOTED = re.compile(r'"([^"]*)"')
_FIELD = re.compile(r'"((?:[^"]|"")*)"\s*\Z')
_COMMENT = re.compile(r'("(?:[^"]|"")*")|(?:^|\s)#.*')
_NAMED = re.compile(r"^\s*#\s*ALTERNATIVE NAME (\d+)\s*:\s*(.*)$", re.MULTILINE)
_ENCLOSED = re.compile(r"/\*.*?\*/", re.DOTALL)


def read(text: str) -> Election:
    """Withdrawn candidates are no options. Malformed, naming the line."""
    if "/*" in text:
        text = _ENCLOSED.sub(lambda found: "\n" * found[0].count("\n"), text)
    words = _Words(text)
    candidates = words.number("how many candidates there are")
    seats = words.number("how many seats there are")
    withdrawn, nicks = _preamble(words, candidates)
    staying = [number for number in range(1, candidates + 1) if number not in withdrawn]
    orders = _orders(words, candidates, nicks, {number: index for index, number in enumerate(staying)})
    names, title = _names(words.rest(), text, candidates)
    return Election(title=title, options=tuple(names[number - 1] for number in staying), seats=seats, orders=orders)


class _Words:
    """The words of the part before the names, where every `#` begins a comment."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self.line = 0
        self._waiting: deque[str] = deque()

    def peek(self, wanted: str) -> str:
        while not self._waiting:
            if self.line == len(self._lines):
                raise Malformed(f"The file ends where it should say {wanted}")
            self._waiting.extend(self._lines[self.line].partition("#")[0].replace(",", " ").split())
            self.line += 1
        return self._waiting[0]

    def next(self, wanted: str) -> str:
        self.peek(wanted)
        return self._waiting.popleft()

    def number(self, wanted: str) -> int:
        word = self.next(wanted)
        number = whole_number(word)
        if not number or number > MOST_OPTIONS:
            raise self.wrong(word, wanted)
        return number

    def whole_line(self, groups: Mapping[str, tuple[int]]) -> tuple[int, Order] | None:
        """How many papers say what, if the next line is that and nothing special, as nearly all lines of a file are."""
        if self._waiting or self.line == len(self._lines):
            return None
        times, *preferences = self._lines[self.line].split() or ["0"]
        papers = whole_number(times)
        if not papers or not preferences or preferences.pop() != "0":
            return None
        try:
            order = tuple([groups[word] for word in preferences])
        except KeyError:
            return None
        self.line += 1
        return papers, order if len(set(order)) == len(order) else tuple(dict.fromkeys(order))

    def rest(self) -> list[str]:
        """The lines that were not read."""
        return [" ".join(self._waiting), *self._lines[self.line :]]

    def wrong(self, word: str, wanted: str) -> Malformed:
        return Malformed(f"Line {self.line} has {word!r} where it should say {wanted}")


def _preamble(words: _Words, candidates: int) -> tuple[set[int], dict[str, int]]:
    """Who is withdrawn, and what candidates are called in papers."""
    withdrawn: set[int] = set()
    nicks: dict[str, int] = {}
    while (word := words.peek("papers"))[0] in "[-":
        words.next("papers")
        if word.startswith("-"):
            withdrawn.add(_candidate(words, word[1:], candidates, nicks))
            continue
        kind, given = _option(words, word)
        if kind == "nick":
            nicks = {nick: number for number, nick in enumerate(given, start=1)}
        elif kind == "withdrawn":
            withdrawn |= {_candidate(words, one, candidates, nicks) for one in given}
    return withdrawn, nicks


def _orders(words: _Words, candidates: int, nicks: Mapping[str, int], numbers: Mapping[int, int]) -> dict[Order, int]:
    """How many papers say what, up to the 0 after the last."""
    groups = {str(number): (index,) for number, index in numbers.items()}
    groups |= {nick: (numbers[number],) for nick, number in nicks.items() if number in numbers}
    orders: dict[Order, int] = {}
    while True:
        paper = words.whole_line(groups)
        if paper is None:
            word = words.next("more papers, or a 0 after the last")
            if word == "0":
                return orders
            times = _times(words, word)
            paper = times, cleaned(_preferences(words, candidates, nicks), numbers)
        orders[paper[1]] = orders.get(paper[1], 0) + paper[0]


def _option(words: _Words, word: str) -> tuple[str, list[str]]:
    parts = [word]
    while not parts[-1].endswith("]"):
        parts.append(words.next("a closing bracket"))
    kind, *given = " ".join(parts).strip("[]").split() or [""]
    return kind, given


def _times(words: _Words, word: str) -> int:
    """How many equal papers there are: a whole number, or an identity in parentheses for one."""
    if word.startswith("("):
        while not word.endswith(")"):
            word = words.next("a closing parenthesis")
        return 1
    number, point, fraction = word.partition(".")
    papers = whole_number(number)
    if papers is None or (point and fraction.strip("0")):
        raise words.wrong(word, "how many papers follow, as a whole number")
    return papers


def _preferences(words: _Words, candidates: int, nicks: Mapping[str, int]) -> list[list[int]]:
    groups = []
    while (word := words.next("preferences, or a 0 after the last")) != "0":
        if word != "-":
            groups.append([_candidate(words, one, candidates, nicks) for one in word.split("=")])
    return groups


def _candidate(words: _Words, word: str, candidates: int, nicks: Mapping[str, int]) -> int:
    number = nicks.get(word) or whole_number(word) or 0
    if not 1 <= number <= candidates:
        raise words.wrong(word, f"a candidate from 1 to {candidates}")
    return number


def _names(lines: list[str], text: str, candidates: int) -> tuple[list[str], str]:
    """The candidates and the title: a line each, or all in quotes, or in comments as PrefLib writes them."""
    written = [bare for line in lines if (bare := _COMMENT.sub(lambda found: found[1] or "", line).strip())]
    lined = [_name(line) for line in written]
    quoted = _QUOTED.findall(" ".join(written))
    noted = {int(number): name.strip() for number, name in _NAMED.findall(text)}
    commented = [noted[number] for number in range(1, candidates + 1) if number in noted]
    for names in (lined, quoted, commented + lined):
        if len(names) >= candidates:
            return names[:candidates], (names[candidates:] or [""])[0]
    raise Malformed(f"After the papers there are names for {len(lined)} of {candidates} candidates")


def _name(line: str) -> str:
    """What a line calls somebody: without quotes, also doubled by a spreadsheet, and without the party after them."""
    if whole := _FIELD.match(line):
        line = whole[1].replace('""', '"').strip()
    first = _QUOTED.match(line)
    return (first[1] if first else line.rstrip(",")).strip()
