"""Charters for tests: a small one that is sound, and ways to change it."""

from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.charter.text import read

HEADER = """# Charter

```toml
[charter]
legal_name = "Test"
form = "association"
seat = "Graz"
register = "unincorporated"
prevails = "charter"
electronic_assemblies = true
```
"""

BODY = """
## Article 1. Everything

We decide.

```toml
[[power]]
effect = "default"
rule = "more than 1/2 of cast"
quorum = ["at least 2", "at least 1/3 of eligible"]
methods = ["yesno", "approval"]
notice_days = 1
deliberation_days = 2
ballot_days = 3
challenge_days = 1
ballots = "public"
```

## Article 2. Offices

```toml
[office.stewards]
scope = ["moderation"]
seats = 2
term_days = 180
by = "election"

[office.keepers]
scope = ["keys"]
seats = 2
term_days = 180
by = "election"
incompatible = ["stewards"]
```

## Article 3. Change

```toml
[[power]]
effect = "Amend"
rule = "at least 2/3 of cast"
quorum = "at least 1/2 of eligible"
```
"""

TEXT = HEADER + BODY


def with_article(number: int, toml: str, text: str = TEXT) -> str:
    """The text with one more article that consists of clauses."""
    return f"{text}\n## Article {number}. More\n\nMore is said here.\n\n```toml\n{toml.strip()}\n```\n"


def charter(*articles: str, text: str = TEXT) -> Charter:
    """The small charter with more articles, each of clauses only."""
    for number, toml in enumerate(articles, start=4):
        text = with_article(number, toml, text)
    return read(text)


def changed(text: str, *changes: tuple[str, str]) -> str:
    """A text in which each of these is replaced once; it must be there."""
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text
