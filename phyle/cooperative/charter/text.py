"""The charter as a text that people read: Markdown articles with fenced TOML blocks of typed clauses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from phyle.cooperative.charter import forms, power_forms
from phyle.cooperative.charter.blocks import SINGLE, outline
from phyle.cooperative.charter.bounds import MOST_CLAUSES, bounded
from phyle.cooperative.charter.clauses import (
    Article,
    Assembly,
    Charter,
    Clause,
    Delegation,
    Jury,
    Moderation,
)
from phyle.cooperative.charter.fields import Fields, Problems
from phyle.cooperative.charter.powers import DEFAULT
from phyle.cooperative.charter.validation import validate
from phyle.cooperative.charter.writing import written
from phyle.errors import Unprocessable

Read = TypeVar("Read")


def normalised(text: str) -> str:
    """A text with newlines alone between its lines and one at its end: what is hashed and signed."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


def read(text: str | bytes) -> Charter:
    """What a charter's text says. Unprocessable lists every problem with its article, line, reason and remedy; or says
    that the bytes are no UTF-8."""
    problems = Problems()
    text = normalised(text if isinstance(text, str) else _decoded(text))
    bounded(text, problems)
    problems.refuse()
    articles = outline(text, problems)
    if sum(len(article.clauses) for article in articles) > MOST_CLAUSES:
        problems.add(0, 1, "the text is too long", f"a charter has at most {MOST_CLAUSES} clauses", "fewer")
        problems.refuse()
    charter = _charter(text, articles, problems)
    validate(charter, problems)
    problems.refuse()
    return charter


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Unprocessable("The charter is not a text in UTF-8.") from error


def write(charter: Charter) -> str:
    """The text of a charter, in the one form in which `read` gives the same articles and clauses back."""
    return normalised(written(charter.articles))


class _Clauses:
    """All clauses of a text, to be read by kind."""

    def __init__(self, articles: Iterable[Article], problems: Problems) -> None:
        self.problems = problems
        self.all = [(article.number, clause) for article in articles for clause in article.clauses]
        self.places = {clause.table: (article, clause.line) for article, clause in reversed(self.all)}
        self._doubled()

    def _doubled(self) -> None:
        seen: set[str] = set()
        for article, clause in self.all:
            if not clause.many and clause.table in seen:
                because = (
                    f"it stands in line {self.places[clause.table][1]} already, and no two clauses say the same thing"
                )
                self.problems.add(article, clause.line, f"[{clause.table}] cannot stand", because, "one of the two")
            seen.add(clause.table)

    def fields(self, table: str) -> list[Fields]:
        """The clauses of a table."""
        return [Fields(self.problems, article, clause) for article, clause in self.all if clause.table == table]

    def one(self, table: str, form: Callable[[Fields], Read], absent: Read) -> Read:
        """What the only clause of a table says, or what holds where there is none."""
        for fields in self.fields(table):
            read = form(fields)
            fields.close()
            return read
        return absent

    def many(self, table: str, form: Callable[[Fields], Read]) -> tuple[Read, ...]:
        """What each clause of an array says."""
        read = []
        for fields in self.fields(table):
            read.append(form(fields))
            fields.close()
        return tuple(read)

    def named(self, kind: str, form: Callable[[Fields], Read]) -> Mapping[str, Read]:
        """What the clauses say that have a name after their table's, by name."""
        tables = dict.fromkeys(clause.table for _, clause in self.all if clause.table.startswith(f"{kind}."))
        return {table.partition(".")[2]: self.many(table, form)[0] for table in tables}


def _charter(text: str, articles: Sequence[Article], problems: Problems) -> Charter:
    clauses = _Clauses(articles, problems)
    _check_header(articles, clauses, problems)
    powers = power_forms.powers(clauses.fields("power"))
    usual = next((power for power in powers if power.effect == DEFAULT), power_forms.PLACEHOLDER)
    offices = clauses.named("office", forms.office)
    classes = clauses.named("class", forms.member_class)
    absent = Clause(table="charter", body={}, line=1)
    return Charter(
        text=text,
        header=clauses.one("charter", forms.header, forms.header(Fields(Problems(), 0, absent))),
        articles=tuple(articles),
        membership=clauses.one("membership", lambda it: forms.membership(it, classes), forms.usual_membership(classes)),
        powers=powers,
        offices=offices,
        houses=clauses.named("house", forms.house),
        assembly=clauses.one("assembly", forms.assembly, Assembly()),
        jury=clauses.one("jury", forms.jury, Jury()),
        delegation=clauses.one("delegation", forms.delegation, Delegation()),
        moderation=clauses.one("moderation", forms.moderation, Moderation()),
        rights=clauses.many("right", forms.right),
        tiers=clauses.many("tier", lambda it: power_forms.tier(it, usual, offices)),
        sunsets=clauses.many("sunset", lambda it: power_forms.sunset(it, usual)),
        reciprocal=clauses.many("reciprocal", forms.reciprocal),
        funds=clauses.named("fund", forms.kept),
        licences=clauses.named("licence", forms.kept),
        places={clause.table.replace(".", "/"): (article, clause.line) for article, clause in clauses.all},
    )


def _check_header(articles: Sequence[Article], clauses: _Clauses, problems: Problems) -> None:
    first = next((clause for _, clause in clauses.all), None)
    if not articles[0].clauses or first is None or first.table != "charter":
        because = "a reader must know first of all whose charter this is"
        problems.add(0, 1, "the header is missing", because, f"```toml, [{SINGLE[0]}], its fields and ```")
    if len(articles) < 2:
        problems.add(0, 1, "there are no articles", "a charter consists of articles", '"## Article 1. Name and seat"')
    stray = [clause for clause in articles[0].clauses if clause.table != "charter"]
    for clause in stray:
        because = "an amendment must be able to name the article of each clause"
        problems.add(0, clause.line, f"[{clause.table}] stands before the first article", because, "it into an article")
