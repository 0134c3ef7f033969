"""Hypothesis strategies for rules of every shape that a charter may contain, and for counts of papers."""

from fractions import Fraction

from hypothesis import strategies as st

from phyle.cooperative.charter.rules import (
    All,
    Any,
    AtLeast,
    Counts,
    House,
    NoStandingObjection,
    PassUnlessVeto,
    Quorum,
    Rule,
    Share,
    Weight,
    Weighted,
)

BASES = ("cast", "present", "eligible", "active")


@st.composite
def bars(draw: st.DrawFn) -> tuple[int, int, bool]:
    den = draw(st.integers(1, 6))
    num = draw(st.integers(1, den))
    return num, den, draw(st.booleans()) if num < den else False


@st.composite
def quorums(draw: st.DrawFn) -> Quorum:
    shares = draw(
        st.lists(st.tuples(bars().map(lambda bar: Fraction(bar[0], bar[1])), st.sampled_from(BASES[2:])), max_size=1)
    )
    return Quorum(at_least=draw(st.integers(1, 3)), capped=draw(st.booleans()), shares=tuple(shares))


@st.composite
def shares(draw: st.DrawFn) -> Share:
    num, den, strict = draw(bars())
    return Share(num=num, den=den, strict=strict, of=draw(st.sampled_from(BASES)))


@st.composite
def vetoes(draw: st.DrawFn) -> PassUnlessVeto:
    num, den, strict = draw(bars())
    return PassUnlessVeto(num=num, den=den, strict=strict, of=draw(st.sampled_from(BASES[2:])))


at_leasts = st.builds(AtLeast, n=st.integers(1, 4), capped=st.booleans())
consents = st.builds(NoStandingObjection, override=st.none() | shares() | at_leasts)
leaves = st.one_of(shares(), at_leasts, consents, vetoes())
within_house = st.one_of(leaves, st.builds(All, rules=st.lists(leaves, min_size=1, max_size=2).map(tuple)))


def houses(bodies: tuple[str, ...]) -> st.SearchStrategy[House]:
    return st.builds(House, body=st.sampled_from(bodies), rule=within_house, quorum=quorums())


@st.composite
def weighteds(draw: st.DrawFn, bodies: tuple[str, ...]) -> Weighted:
    num, den, strict = draw(bars())
    chosen = draw(st.lists(st.sampled_from(("members", *bodies)), min_size=1, unique=True))
    weights = tuple(Weight(body=body, weight=draw(st.integers(1, 4)), quorum=draw(quorums())) for body in chosen)
    return Weighted(houses=weights, num=num, den=den, strict=strict)


@st.composite
def alternatives(draw: st.DrawFn, bodies: tuple[str, ...]) -> Any:
    """With each house in one alternative at the most, as charters must write it."""
    chosen = draw(st.lists(st.sampled_from(bodies), unique=True))
    parts: list[Rule] = [draw(houses((body,))) for body in chosen]
    parts += draw(st.lists(leaves, min_size=0 if parts else 1, max_size=2))
    return Any(rules=tuple(draw(st.permutations(parts))))


def rules(bodies: tuple[str, ...]) -> st.SearchStrategy[Rule]:
    """Rules over the assembly and these bodies."""
    simple = st.one_of(leaves, houses(bodies), weighteds(bodies), alternatives(bodies))
    return st.one_of(simple, st.builds(All, rules=st.lists(simple, min_size=1, max_size=3).map(tuple)))


@st.composite
def counts(draw: st.DrawFn, blocks: bool = True) -> Counts:
    for_, against, abstain = (draw(st.integers(0, 5)) for _ in range(3))
    block = draw(st.integers(0, 2)) if blocks else 0
    absent = draw(st.integers(0, 4))
    eligible = for_ + against + abstain + block + absent
    return Counts(
        for_=for_,
        against=against,
        abstain=abstain,
        block=block,
        eligible=eligible,
        active=draw(st.integers(0, eligible)),
    )
