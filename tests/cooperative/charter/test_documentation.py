"""What the page for those who write charters says is what the law understands."""

import re
import tomllib
from pathlib import Path

from phyle.cooperative.charter.clauses import SCOPES
from phyle.cooperative.charter.notation import rule_of
from phyle.cooperative.charter.powers import EFFECTS, MANY_OPTIONS, METHODS, NO_VETO_RULE
from phyle.cooperative.charter.text import read
from tests.cooperative.charter.charters import HEADER

PAGE = (Path(__file__).parents[3] / "docs" / "charter.md").read_text(encoding="utf-8")
BOXES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)

SUPPORT = """
[office.stewards]
scope = ["moderation"]
seats = 3
term_days = 180
by = "election"

[class.member]

[membership]

[fund.reserve]
kind = "indivisible"
"""


def test_the_boxes_of_the_page_make_a_charter() -> None:
    boxes = [*BOXES, "[jury]\nsize = 5", "[moderation]\nprovisional_hours = 72"]
    articles = [f"## Article {number}. Box\n\n```toml\n{box}```" for number, box in enumerate(boxes, start=1)]
    articles.append(f"## Article 9. Support\n\n```toml\n{SUPPORT}```")
    made = read("\n\n".join([HEADER, *articles]).replace("size = 5```", "size = 5\n```").replace("72```", "72\n```"))
    assert made.power("Amend", "foundations").protects
    assert made.tiers[0].offices["stewards"].seats == 4
    assert made.sunsets[0].clause == "delegation"


def test_the_header_of_the_page_is_one() -> None:
    indented = PAGE.partition("    ```toml\n")[2].partition("    ```\n")[0]
    header = "\n".join(line.removeprefix("    ") for line in indented.splitlines())
    (power, *_) = BOXES
    made = read(f"# Charter\n\n```toml\n{header}\n```\n\n## Article 1. Powers\n\n```toml\n{power}```\n")
    assert made.header.legal_name == "The Bakery"


def test_every_rule_of_the_table_is_one() -> None:
    table = PAGE.partition("| written | passed when |")[2].partition("\n\n")[0]
    written = re.findall(r"`([^`]+)`", "\n".join(row.split(" | ")[0] for row in table.splitlines()))
    assert len(written) == 11
    for text in written:
        rule = tomllib.loads(f"rule = {text}".replace("[...]", '["at least 1"]').replace('"..."', '"at least 1"'))
        assert rule_of(rule["rule"])


def test_every_word_of_the_law_is_on_the_page() -> None:
    for word in (*EFFECTS, *SCOPES):
        assert f"`{word}`" in PAGE, word
    assert f"of {' '.join(METHODS)}" in PAGE
    plain = PAGE.partition("What is a plain yes or no")[2].partition("decided by")[0]
    assert {
        effect for effect in MANY_OPTIONS if f"`{effect}`" in plain.partition("everything else but")[2]
    } == MANY_OPTIONS
    never = PAGE.partition("Silence never\nbrings about")[2].partition(". ")[0]
    assert {effect for effect in EFFECTS if f"`{effect}`" in never} == NO_VETO_RULE
