"""`phyle licence`: what a licence allows to whom, by a table that cites its text. It is not legal advice."""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from phyle.cli import arguments
from phyle.cooperative.licences.deciding import TABLES, Verdict, decide, table_of, unsaid
from phyle.cooperative.licences.facts import HELD, KINDS, PURPOSES, SAID, Facts, Held, Kind, Purpose, Said
from phyle.cooperative.licences.spelling import normalised
from phyle.cooperative.licences.tables import NO, NOT_NO, NOT_YES, YES, Row, Table
from phyle.errors import Unprocessable

ANSWERS = {"yes": True, "no": False}
QUESTIONS: Mapping[str, str] = {
    "surplus_to_workers": "does all financial gain go to the worker-owners?",
    "indivisible_reserves": "does a part go into reserves that can never be distributed?",
    "outside_investors": "does anybody who does not work there have a share of the gain?",
    "waged_non_members": "do people work for wages who own no part of it?",
    "employees": "does anybody work for wages?",
    "profit": "does it seek to make a profit?",
    "social_economy": "is it of the social and solidarity economy, by law or the European Commission's criteria?",
    "wage_portage": "an individual: employed through a wage portage entity?",
}
_WHEN = {YES: "yes", NO: "no", NOT_YES: "not yes", NOT_NO: "not no"}


def register(commands: arguments.Commands) -> None:
    """Adds the commands."""
    own = arguments.group(commands, "licence", says="What licences allow, by decision tables.")
    says = "Decide a use: the outcome, the clause that it stands on, and the reason."
    parser = arguments.add_offline(own, "decide", _decide, says=says)
    parser.add_argument("--licence", metavar="EXPRESSION", required=True, help="such as PPL, or PPL OR MIT")
    parser.add_argument("--user", metavar="KIND", required=True, help=", ".join(KINDS))
    parser.add_argument("--use", metavar="KIND", required=True, help=", ".join(PURPOSES))
    for name, question in QUESTIONS.items():
        parser.add_argument(_flag(name), metavar="yes|no", help=question)
    parser.add_argument("--breach", action="store_true", help="the user broke the terms for this work before")
    parser.add_argument("--grant", metavar="KIND", default="none", help=f"a licence of their own: {', '.join(HELD)}")
    parser.add_argument("--json", action="store_true", help="the verdict as JSON")
    show = arguments.add_offline(own, "show", _show, says="Show the decision table of a licence, row by row.")
    show.add_argument(
        "licence", metavar="LICENCE", nargs="?", help="such as PPL; the tables there are, if none is given"
    )
    show.add_argument("--json", action="store_true", help="the table as JSON")


def _decide(given: argparse.Namespace) -> int:
    licence, facts = normalised(given.licence), _facts(given)
    verdict, open_questions = decide(licence, facts), unsaid(licence, facts)
    if given.json:
        print(json.dumps(_document(verdict, open_questions), ensure_ascii=False))
    else:
        print("\n".join(_lines(verdict, open_questions)))
    return 0


def _facts(given: argparse.Namespace) -> Facts:
    said = {name: _answer(name, getattr(given, name)) for name in SAID}
    return Facts(
        user=cast(Kind, _word("--user", given.user, KINDS)),
        purpose=cast(Purpose, _word("--use", given.use, PURPOSES)),
        said=Said(**said),
        breach=given.breach,
        grant=cast(Held, _word("--grant", given.grant, HELD)),
    )


def _word(flag: str, given: str, known: Sequence[str]) -> str:
    if given not in known:
        raise Unprocessable(f"{flag} knows no {given!r}, only {', '.join(known)}.")
    return given


def _answer(name: str, given: str | None) -> bool | None:
    if given is None:
        return None
    return ANSWERS[_word(_flag(name), given, tuple(ANSWERS))]


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _document(verdict: Verdict, open_questions: Iterable[str]) -> dict[str, Any]:
    told = {
        name: getattr(verdict, name) for name in ("outcome", "clause", "reason", "table", "licence", "interpretive")
    }
    return {**told, "not_said": list(open_questions)}


def _lines(verdict: Verdict, open_questions: Iterable[str]) -> Iterable[str]:
    table = TABLES[verdict.table]
    yield f"outcome   {verdict.outcome}"
    yield f"licence   {verdict.licence}: {table.title}, by the table {table.name}"
    yield f"clause    {verdict.clause}"
    yield f"reason    {verdict.reason}"
    if verdict.interpretive:
        yield "reading   The text can be read otherwise; this is how it is read here."
    for name in open_questions:
        yield f"not said  {_flag(name)} yes|no would matter: {QUESTIONS[name]}"
    yield "          On the facts as they were given. This is not legal advice."


# The tables


def _show(given: argparse.Namespace) -> int:
    tables = list(TABLES.values()) if given.licence is None else [_table(given.licence)]
    if given.json:
        print(json.dumps([_written(table) for table in tables], ensure_ascii=False))
    elif given.licence is None:
        print("\n".join(f"{table.name:<16}{table.title}" for table in tables))
    else:
        print("\n".join(_printed(tables[0])))
    return 0


def _table(licence: str) -> Table:
    return TABLES.get(licence) or table_of(normalised(licence))


def _printed(table: Table) -> Iterable[str]:
    yield f"{table.name}: {table.title}"
    yield f"Its text: {table.text}"
    yield "The first row that fits decides. What was not said counts as what is worst."
    for number, row in enumerate(table.rows, 1):
        yield ""
        yield f"{number:>2}. {row.outcome}{' (interpretive)' if row.interpretive else ''}, by {row.clause}"
        yield f"    {row.reason}"
        yield f"    user: {_some(row.users, KINDS)}; use: {_some(row.purposes, PURPOSES)}{_conditions(row)}"


def _some(those: Iterable[str], all_of_them: Sequence[str]) -> str:
    named = [each for each in all_of_them if each in those]
    return "any" if len(named) == len(all_of_them) else ", ".join(named)


def _conditions(row: Row) -> str:
    return "".join(f"; {name.replace('_', '-')}: {_when(values)}" for name, values in row.when.items())


def _when(values: frozenset[Any]) -> str:
    return _WHEN.get(values) or " or ".join(sorted(map(str, values)))


def _written(table: Table) -> dict[str, Any]:
    rows = [
        {
            "outcome": row.outcome,
            "clauses": list(row.clauses),
            "reason": row.reason,
            "interpretive": row.interpretive,
            "users": [kind for kind in KINDS if kind in row.users],
            "uses": [purpose for purpose in PURPOSES if purpose in row.purposes],
            "when": {name: _when(values) for name, values in row.when.items()},
        }
        for row in table.rows
    ]
    return {"table": table.name, "title": table.title, "text": table.text, "rows": rows}
