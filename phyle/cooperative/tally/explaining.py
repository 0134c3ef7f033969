"""A count for people: every stage in sentences, with the figures below one another."""

from collections.abc import Iterator

from phyle.cooperative.tally.values import NeedsLot, Result, Stage


def explained(outcome: Result | NeedsLot) -> str:
    """Plain text, lines that end in newlines; names as they were given."""
    if isinstance(outcome, NeedsLot):
        return f"Stage {outcome.stage}: {outcome.question}. A lot has to be drawn before the count can go on.\n"
    return "".join(f"{line}\n" for line in _lines(outcome))


def _lines(result: Result) -> Iterator[str]:
    for stage in result.stages:
        yield f"Stage {stage['stage']}"
        yield from (f"  {sentence}" for sentence in stage["says"])
        yield from _figures(result, stage)
        yield ""
    for place, name in enumerate(result.elected, start=1):
        yield f"Elected {place}: {name}"


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
