"""Charters for stories: short times, and one clause for each thing that a test wants to see."""

HEADER = """# Charter

```toml
[charter]
legal_name = "Test"
form = "association"
seat = "nowhere"
register = "unincorporated"
prevails = "charter"
electronic_assemblies = true
```
"""

USUAL = """
[membership]
probation_days = 10
reply_days = 3
appeal_days = 7
active_days = 3000
lapse_days = 0

[moderation]
provisional_hours = 72

[jury]
size = 3
"""

DEFAULT = """
[[power]]
effect = "default"
rule = "more than 1/2 of cast"
quorum = "at least 1"
methods = ["yesno", "approval", "score", "dot", "irv", "stv", "schulze", "quadratic"]
notice_days = 0
deliberation_days = 2
ballot_days = 3
challenge_days = 2
sponsors = 1
ballots = "public"
"""

STEWARDS = """
[office.stewards]
scope = ["moderation", "assembly", "keys"]
seats = 2
term_days = 100
by = "election"
consecutive_terms = 2
caretaker_days = 20
incompatible = ["auditors"]

[office.auditors]
scope = ["audit"]
seats = 1
term_days = 100
by = "decision"

[office.scribes]
scope = ["register"]
seats = 2
term_days = 100
by = "sortition"
"""


def charter(*clauses: str, default: str = DEFAULT, offices: str = STEWARDS) -> str:
    """A charter's text: everything is decided by simple majority, but for what the clauses say."""
    blocks = "\n".join(f"```toml{block}\n```\n" for block in (USUAL, default, offices, *clauses) if block)
    return f"{HEADER}\n## Article 1. Everything\n\nAs follows.\n\n{blocks}"


def power(effect: str, rule: str = '"more than 1/2 of cast"', quorum: str = '"at least 1"', **more: object) -> str:
    """A power clause."""
    told = "\n".join(f"{name} = {_toml(value)}" for name, value in more.items())
    return f'\n[[power]]\neffect = "{effect}"\nrule = {rule}\nquorum = {quorum}\n{told}\n'


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')


SIMPLE = charter()
CONSENT = charter(
    power(
        "Resolve",
        '"no standing objection"',
        override="at least 3/4 of cast",
        review_days=30,
        deliberation_days=2,
        ballot_days=3,
        challenge_days=2,
    )
)
FINAL = charter(power("Resolve", final=True, deliberation_days=2, ballot_days=3, challenge_days=2))
DELEGATING = charter(
    power("Resolve", delegation=True, deliberation_days=2, ballot_days=3, challenge_days=2),
    "\n[delegation]\nallowed = true\ncap = 2\n",
)
