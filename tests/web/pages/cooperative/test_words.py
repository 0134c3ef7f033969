"""Nothing of the law is without words on the pages."""

from typing import get_args

from phyle.cooperative.agenda import SAYS
from phyle.cooperative.law import members, proposed
from phyle.cooperative.law.appeals import Appeal
from phyle.cooperative.law.assembled import Assembly
from phyle.cooperative.law.draws import Draw
from phyle.cooperative.law.effects.table import EFFECTS
from phyle.cooperative.law.moderations import Moderation
from phyle.cooperative.law.phyles import Phase
from phyle.cooperative.law.table import LAW
from phyle.cooperative.tally.counting import METHODS
from phyle.web.pages.cooperative import appeals, assemblies, draws, moderation, words
from phyle.web.pages.cooperative.happenings import ENTRIES
from phyle.web.pages.cooperative.matters import KINDS


def test_every_kind_of_entry_has_words() -> None:
    assert set(ENTRIES) == {*LAW.acts, *LAW.consequences}
    assert set(SAYS) == set(LAW.consequences)


def test_every_effect_and_method_has_words() -> None:
    assert set(words.EFFECTS) == set(EFFECTS)
    assert set(words.METHODS) == set(METHODS)
    assert {kind.effect for kind in KINDS.values()} <= set(EFFECTS)


def test_every_phase_and_standing_has_words() -> None:
    assert set(words.PHASES) == set(get_args(proposed.Phase))
    assert set(words.STANDINGS) == set(get_args(members.Standing))
    assert set(words.CUSTODY) == set(get_args(members.Custody))
    assert set(words.PHYLES) == set(get_args(Phase))
    for kind, known in (
        (Appeal, appeals.PHASES),
        (Assembly, assemblies.PHASES),
        (Draw, draws.PHASES),
        (Moderation, moderation.PHASES),
    ):
        assert set(known) == set(get_args(kind.__annotations__["phase"])), kind
    assert set(appeals.AGAINST) == set(get_args(Appeal.__annotations__["against"]))
    assert set(draws.PURPOSES) == set(get_args(Draw.__annotations__["purpose"]))
