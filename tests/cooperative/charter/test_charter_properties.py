"""What holds for every charter and every change of one, however it is put together."""

from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.cooperative.charter.amendment import touched
from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.charter.differences import differences
from phyle.cooperative.charter.effective import at
from phyle.cooperative.charter.powers import Power, all_of
from phyle.cooperative.charter.rules import Counts, Quorum, Rule, judge
from phyle.cooperative.charter.templates import template, templates
from phyle.cooperative.charter.text import read, write
from phyle.errors import Unprocessable
from tests.cooperative.charter.charters import TEXT, with_article
from tests.cooperative.charter.rules_drawn import counts, quorums, rules

BODIES = ("stewards", "outside")
DRAWN = st.fixed_dictionaries({name: counts() for name in ("members", *BODIES)})


@given(
    st.lists(st.tuples(rules(BODIES), quorums(), st.none() | quorums()), min_size=1, max_size=3), DRAWN, st.booleans()
)
def test_all_of_passes_exactly_when_each_does(
    drawn: list[tuple[Rule, Quorum, Quorum | None]], bodies: dict[str, Counts], second_call: bool
) -> None:
    powers = []
    for index, (rule, quorum, second) in enumerate(drawn):
        # Capped numbers are joined to the stricter of both, so this holds exactly where none is capped.
        both = [Quorum(at_least=each.at_least, shares=each.shares) for each in (quorum, second) if each]
        first = Quorum(at_least=both[0].at_least, shares=both[0].shares, second=both[1] if second else None)
        powers.append(Power(effect="Resolve", scope=str(index), rule=rule, quorum=first))
    joined = all_of(powers)
    alone = [judge(power.rule, bodies, power.quorum, second_call=second_call).passed for power in powers]
    assert judge(joined.rule, bodies, joined.quorum, second_call=second_call).passed is all(alone)


LINES = [line for name in templates() for line in template(name).split("\n")]
SCRAPS = st.one_of(
    st.sampled_from(LINES),
    st.text(max_size=30),
    st.sampled_from(
        ("```", "```toml", "[[power]]", "[", "]", '"""', "'''", "=", "## Article 1. X", "[power.rule]", "x = {")
    ),
)


@st.composite
def torn(draw: st.DrawFn) -> str:
    """A template with some lines missing, doubled, moved or replaced."""
    lines = template(draw(st.sampled_from(templates()))).split("\n")
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(lines)))
        match draw(st.sampled_from(("insert", "delete", "replace"))):
            case "insert":
                lines.insert(place, draw(SCRAPS))
            case "delete":
                del lines[place : place + draw(st.integers(1, 5))]
            case _:
                lines[place : place + 1] = [draw(SCRAPS)]
    return "\n".join(lines)


def read_or_refused(text: str) -> Charter | None:
    """The charter, or None if it is refused; anything else that is raised is raised."""
    try:
        return read(text)
    except Unprocessable:
        return None


@given(torn())
@settings(max_examples=150, deadline=None)
def test_a_torn_charter_is_read_or_refused_and_nothing_else(text: str) -> None:
    made = read_or_refused(text)
    if made is not None:
        assert not differences(made, read(write(made)))


@given(st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_text_in_a_box_is_read_or_refused(text: str) -> None:
    made = read_or_refused(with_article(4, text))
    assert made is None or made.power("Amend").key == "power/Amend"


CORE = with_article(
    4,
    """
[[power]]
effect = "Amend"
scope = "core"
protects = ["power/Expel", "power/Amend/core"]
rule = { all = ["at least 3/4 of eligible", { house = "keepers", rule = "at least 1" }] }
quorum = "at least 1/2 of active"

[[power]]
effect = "Expel"
rule = "at least 2/3 of cast"
quorum = "at least 3"
""",
)

SIMPLE = 'rule = "more than 1/2 of cast"\nquorum = "at least 2"'
SNIPPETS = (
    f'[[power]]\neffect = "Expel"\nscope = "agora"\n{SIMPLE}',
    f'[[power]]\neffect = "Suspend"\n{SIMPLE}',
    f'[[power]]\neffect = "Appoint"\nscope = "keepers"\n{SIMPLE}',
    f'[[power]]\neffect = "Amend"\nscope = "swift"\nprotects = ["power", "article/4"]\n{SIMPLE}',
    '[[tier]]\nname = "t"\nmembers = 9\n[[tier.power]]\neffect = "Expel"\nrule = "at least 3/4 of cast"\n'
    'quorum = "at least 1/2 of eligible"',
    '[[tier]]\nname = "u"\ndays = 9\n[tier.office.keepers]\nseats = 4',
    '[[sunset]]\nname = "s"\nclause = "power/Expel"\nmetric = "x"\nexpires_days = 1\nreverts = "nothing"',
    '[[sunset]]\nname = "r"\nclause = "power/Amend/core"\nmetric = "x"\nexpires_days = 1\nreverts = "nothing"',
    "[membership]\nactive_days = 5",
    "[membership]\nprobation_days = 5",
    "[jury]\nsize = 9",
    "[class.member]\nvouch = false",
    "[class.guest]\nvote = false\n\n[class.member]",
    "[class.guest]\nvouch = false\n\n[class.member]",
)
REPLACED = (
    ("at least 3/4 of eligible", "at least 1/4 of eligible"),
    ("at least 2/3 of cast", "at least 1/3 of cast"),
    ('"power/Expel", ', ""),
    ("notice_days = 1", "notice_days = 0"),
    ("[office.keepers]", "[office.elders]"),
    ('scope = "core"', 'scope = "marrow"'),
    ("seats = 2", "seats = 5"),
    ("We decide.", "They decide."),
)


def everything_expels_by(charter: Charter) -> list[object]:
    """Everything on which it hangs who can expel whom, now and after whatever the charter does by itself."""
    tiers, sunsets = ([each.name for each in kind] for kind in (charter.tiers, charter.sunsets))
    states = [at(charter, 50, reached, over) for reached in _sets(tiers) for over in _sets(sunsets)]
    looks: list[object] = []
    for state in states:
        expel = [state.power("Expel", scope) for scope in ("", "agora", "elsewhere")]
        amend = [power for power in state.powers if power.effect == "Amend" and power.scope == "core"]
        votes = sorted(name for name, each in state.membership.classes.items() if each.vote)
        keepers = (state.offices.get("keepers"), state.power("Appoint", "keepers").rule)
        looks += [look for look in [expel, amend, votes, keepers, state.membership.active_days] if look not in looks]
    return looks


def _sets(names: list[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(names, count) for count in range(len(names) + 1)))


@given(
    st.lists(st.sampled_from(SNIPPETS), max_size=3, unique=True),
    st.lists(st.sampled_from(REPLACED), max_size=2, unique=True),
)
@settings(max_examples=200, deadline=None)
def test_no_change_passes_round_what_is_entrenched(snippets: list[str], replaced: list[tuple[str, str]]) -> None:
    old = read(CORE)
    text = CORE
    for before, after in replaced:
        text = text.replace(before, after)
    for number, snippet in enumerate(snippets, start=5):
        text = with_article(number, snippet, text)
    new = read_or_refused(text)
    if new is None:
        return
    keys = {power.key for power in touched(old, new)}
    assert bool(keys) is (text != CORE)
    if everything_expels_by(old) != everything_expels_by(new):
        assert "power/Amend/core" in keys


def test_the_text_of_the_property_is_a_charter() -> None:
    assert read(CORE).power("Amend", "core").protects
    assert read(TEXT).powers
    for snippet in SNIPPETS:
        assert read(with_article(5, snippet, CORE))
