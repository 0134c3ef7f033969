"""Charters for stories: short times, and whatever a story needs said differently."""

from typing import Any

_TEXT = """# The charter of a story

```toml
[charter]
legal_name = "A phyle of a story"
form = "association"
seat = "Anywhere"
register = "unincorporated"
prevails = "charter"
electronic_assemblies = true
```

## Article 1. Members

```toml
[membership]
{membership}
```

## Article 2. Decisions

```toml
[[power]]
effect = "default"
rule = "{rule}"
quorum = "at least 1"
notice_days = 0
deliberation_days = 1
ballot_days = 2
challenge_days = 1
sponsors = {sponsors}
methods = {methods}
ballots = "public"
{more}
```

## Article 3. Offices

```toml
[office.stewards]
scope = ["moderation", "assembly", "keys"]
seats = 3
term_days = 365
by = "election"
```
{articles}"""


def charter(
    *,
    rule: str = "more than 1/2 of cast",
    membership: str = "probation_days = 10",
    sponsors: int = 1,
    methods: str = '["yesno", "approval", "score", "dot", "irv", "stv", "schulze", "quadratic"]',
    more: str = "",
    articles: str = "",
    **replaced: Any,
) -> str:
    """The text of a charter. `articles` come after the last one; `replaced`: words of the text, by what they become."""
    text = _TEXT.format(
        rule=rule, membership=membership, sponsors=sponsors, methods=methods, more=more, articles=articles
    )
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text
