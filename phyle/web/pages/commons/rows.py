"""Rows of code and of differences as HTML, made by hand because there may be twenty thousand of them.

Templates show what comes from here as it is: everything in it is escaped here.
"""

from collections.abc import Iterator, Sequence
from html import escape

from phyle.commons.browsing.blaming import Block
from phyle.commons.browsing.diffs import File, Line
from phyle.commons.browsing.naming import address, words
from phyle.web.pages.words import day

_CLASSES = {" ": "", "+": ' class="new"', "-": ' class="old"'}


def numbered(lines: Sequence[str], first: int = 1) -> str:
    """Lines that are harmless HTML already, each with a number that can be linked to."""
    rows = (
        f'<tr id="L{number}"><td><a href="#L{number}">{number}</a></td><td>{line}</td></tr>\n'
        for number, line in enumerate(lines, first)
    )
    return "".join(rows)


def difference(file: File) -> str:
    """The hunks of one file."""
    return "".join(_hunks(file))


def _hunks(file: File) -> Iterator[str]:
    for hunk in file.hunks:
        yield f'<tr class="hunk"><td></td><td></td><td>⋯ {escape(hunk.context)}</td></tr>\n'
        for line in hunk.lines:
            yield _row(line)


def _row(line: Line) -> str:
    end = ' <span class="mark">no line feed at the end</span>' if line.ends else ""
    old, new = line.old or "", line.new or ""
    text = f"<i>{line.sign}</i>{escape(line.text)}{end}"
    return f"<tr{_CLASSES[line.sign]}><td>{old}</td><td>{new}</td><td>{text}</td></tr>\n"


def blamed(blocks: Sequence[Block], base: str) -> str:
    """Lines in blocks, each with the commit that they come from. `base`: address of the repository."""
    return "".join(row for block in blocks for row in _blamed(block, base))


def _blamed(block: Block, base: str) -> Iterator[str]:
    origin = block.origin
    at = day(origin.author.at) if origin.author.at else "at some time"
    said = f"{words(origin.author.name)}, {at}: {words(origin.subject)}"
    before = ""
    if origin.previous:
        commit, path = origin.previous
        before = f' <a href="{base}/blame/{commit}/{address(path)}">before</a>'
    begin = (
        f'<a href="{base}/commit/{origin.oid}" title="{escape(said)}"><code>{origin.oid[:8]}</code></a> '
        f"<bdi>{escape(words(origin.author.name)[:24])}</bdi>{before}"
    )
    for number, line in enumerate(block.lines, block.first):
        kind, who = (' class="begin"', begin) if number == block.first else ("", "")
        number_link = f'<a href="#L{number}">{number}</a>'
        yield f'<tr id="L{number}"{kind}><td>{who}</td><td>{number_link}</td><td>{escape(line)}</td></tr>\n'
