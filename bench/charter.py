"""A charter under which a ballot opens a day after it was proposed, for benches."""

CHARTER = """# The charter of a bench

```toml
[charter]
legal_name = "A phyle of a bench"
form = "association"
seat = "Anywhere"
register = "unincorporated"
prevails = "charter"
electronic_assemblies = true
```

## Article 1. Decisions

```toml
[[power]]
effect = "default"
rule = "more than 1/2 of cast"
quorum = "at least 1"
notice_days = 0
deliberation_days = 1
ballot_days = 2
challenge_days = 1
sponsors = 1
methods = ["yesno"]
ballots = "public"
```
"""
