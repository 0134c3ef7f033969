"""A count for people: every stage in sentences, with the figures below one another."""

import re
from collections.abc import Iterator

from phyle.cooperative.tally.values import NeedsLot, Result, Stage

_ONES = (
    (re.compile(r"^(\d+ for, \d+ against, 1 block)s(?=: )"), r"\1"),
    (re.compile(r"^With 1 abstentions (?=\d)"), "With 1 abstention "),
    (re.compile(r"(?<![\d.])1 are (?=present\.$|not valid\.$)"), "1 is "),
    (re.compile(r"^1 papers are (?=counted, )"), "1 paper is "),
    (re.compile(r"(?<=: )1 valid papers(?=, \d+ that are not\.$)"), "1 valid paper"),
    (re.compile(r"(?<=, )1 that are not\.$"), "1 that is not."),
    (re.compile(r"( with 1(?:\.0+)?) votes(?=, the fewest\.$)"), r"\1 vote"),
    (re.compile(r"^1 papers(?= received )"), "1 paper"),
)
"""Where one is told as several. The words stand in ledgers, which keep them for ever; here they are put right."""


def explained(outcome: Result | NeedsLot) -> str:
    """Plain text, lines that end in newlines; names as they were given."""
    if isinstance(outcome, NeedsLot):
        return f"Stage {outcome.stage}: {outcome.question}. A lot has to be drawn before the count can go on.\n"
    return "".join(f"{line}\n" for line in _lines(outcome))


def _lines(result: Result) -> Iterator[str]:
    for stage in result.stages:
        yield f"Stage {stage['stage']}"
        yield from (f"  {_numbered(sentence)}" for sentence in stage["says"])
        yield from _figures(result, stage)
        yield ""
    for place, name in enumerate(result.elected, start=1):
        yield f"Elected {place}: {name}"


def _numbered(sentence: str) -> str:
    for pattern, one in _ONES:
        sentence = pattern.sub(one, sentence)
    return sentence


def _figures(result: Result, stage: Stage) -> Iterator[str]:
    """Votes by option, with what is exhausted and lost, and their sum: it is the number of papers at every stage."""
    if "votes" not in stage:
        return
    rows = [*zip(result.options, map(str, stage["votes"]), strict=True), ("to nobody", str(stage["exhausted"]))]
    if "lost" in stage:
        rows.append(("lost by cutting", stage["lost"]))
    rows.append(("= papers", str(stage["papers"]) + (".00000" if "lost" in stage else "")))
    names = max(len(name) for name, _ in rows)
    figures = max(len(figure) for _, figure in rows)
    for name, figure in rows:
        yield f"    {name:<{names}}  {figure:>{figures}}"
