"""Whether a reader of the rendered text sees what the law sees: what the one takes for law, the other must too."""

import re
from collections.abc import Iterator

_ODD = re.compile(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")
_HTML = re.compile(r"<(?:!|/|\?|(?!https?://)[A-Za-z])")
_DEFINITION = re.compile(r"\s{0,3}\[[^\]]*\]:")
_FENCE = re.compile(r"[\s>*+-]*(?:`{3,}|~{3,}).*")
_HEADING = re.compile(r"\s{1,3}##? .*|# .*|##(?:\s.*)?")
_UNDERLINE = re.compile(r"\s{0,3}(?:-+|=+)\s*")
_OPENING = re.compile(r"```[A-Za-z0-9_-]*\s*")

Doubt = tuple[str, str]
"""Why a line cannot stand, and what to write instead."""

_HIDES = "it can hide from a reader what the charter says, or show what it does not say"


def doubts_in_prose(line: str, before: str, *, preamble: bool) -> Iterator[Doubt]:
    """What is wrong with a line between boxes that is no heading of an article. `before`: the line above it; in the
    `preamble` the title may stand."""
    if _FENCE.fullmatch(line):
        yield "a reader would take this for a box, and it would be none", "``` or ```toml at the beginning of the line"
    if _HEADING.fullmatch(line) and not (preamble and line.startswith("# ")):
        yield "only articles have headings of this size", '"## Article N. Title", or "### ..."'
    if _UNDERLINE.fullmatch(line) and before.strip():
        yield "it would make a heading of the line above it", "an empty line between them, or a heading with ###"
    if _HTML.search(line) or _ODD.search(line) or _DEFINITION.match(line):
        yield _HIDES, "plain Markdown, without HTML, definitions of links and control characters"


def doubts_in_opening(line: str) -> Iterator[Doubt]:
    """What is wrong with a line that opens a box."""
    if not _OPENING.fullmatch(line) or (line.rstrip() != "```toml" and line.strip("` ").lower() == "toml"):
        yield "it is not certain for every reader where this box ends and what it is", "```toml, or ``` alone"


def doubts_in_box(line: str, *, clauses: bool) -> Iterator[Doubt]:
    """What is wrong with a line within a box."""
    if re.fullmatch(r"\s*`{3,}.*", line):
        yield "a reader would take the box to end here", "``` at the beginning of the line, and nothing after it"
    if (_INVISIBLE if clauses else _ODD).search(line):
        yield "invisible characters can hide from a reader what the charter says", "it without them"
