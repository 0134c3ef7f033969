"""Texts made to cost others dearly: refused before anybody reads them."""

import time
from collections.abc import Callable
from hashlib import sha256

import pytest

from phyle.cooperative.charter.text import read
from phyle.cooperative.law.phyles import charter_of
from phyle.cooperative.law.state import State
from phyle.errors import Unprocessable
from tests.cooperative.charter.charters import TEXT, with_article
from tests.cooperative.charter.test_text import problems

EFFECTS = (
    *("Admit", "Confirm", "Suspend", "Reinstate", "Expel", "Recall"),
    *("Rules", "PublicFace", "Moderate", "AcceptItem", "Grant", "Transfer"),
)


def power(effect: str, rule: str, head: str = "[[power]]") -> str:
    return f'{head}\neffect = "{effect}"\nrule = {rule}\nquorum = "at least 1"\n\n'


def tier(number: int, said: str, members: int = 10) -> str:
    return f'[[tier]]\nname = "t{number}"\nmembers = {members + number}\n\n{said}'


def houses_in_all_ways() -> str:
    """Eight houses for each of eight parts: eight to the eighth ways of sitting together."""
    houses = "".join(f'[house.h{n}]\nseats = 9\nby = "delegation"\nof = "partners"\n\n' for n in range(64))
    one = '{{ house = "h{}", rule = "more than 1/2 of cast" }}'
    either = ["{ any = [" + ", ".join(one.format(8 * part + n) for n in range(8)) + "] }" for part in range(8)]
    return houses + power("Expel", "{ all = [" + ",\n".join(either) + "] }")


def every_power_in_every_tier(tiers: int = 5) -> str:
    rule = '"more than {}/{} of eligible"'
    base = "".join(power(each, rule.format(20 + n, 53 + 2 * n)) for n, each in enumerate(EFFECTS))
    changed = [
        "".join(power(each, rule.format(21 + n + by, 53 + 2 * n), "[[tier.power]]") for n, each in enumerate(EFFECTS))
        for by in range(tiers)
    ]
    return base + "".join(tier(number, said) for number, said in enumerate(changed))


def deep_rules() -> str:
    either = "{ any = [" + ", ".join(['"more than 1/2 of cast"'] * 8) + "] }"
    both = "{ all = [" + ",\n".join([either] * 8) + "] }"
    return power("Expel", "{ any = [" + ",\n".join([both] * 2) + "] }")


def offices_and_tiers() -> str:
    office = 'scope = ["moderation"]\nseats = {}\nterm_days = 10\nby = "election"\n\n'
    offices = "".join(f"[office.o{n}]\n{office.format(3)}" for n in range(400))
    many = "{ all = [" + ", ".join(f'"at least {n}"' for n in range(1, 9)) + "] }"
    both = "{ all = [" + ",\n".join([many] * 8) + "] }"
    changed = [
        tier(n, power("default", both, "[[tier.power]]") + f"[tier.office.o{n}]\n{office.format(4)}", 9)
        for n in range(5)
    ]
    return offices + "".join(changed)


class TestBounds:
    """A member puts a text forward, and every process and every audit reads it: it must cost nobody much."""

    @pytest.mark.parametrize(
        "bomb",
        [
            "x = " + "[" * 40 + "]" * 40,
            "\n".join(["x = ["] + ["["] * 40 + ["]"] * 41),
            "x = " + "{a = " * 40 + "1" + "}" * 40,
            ".".join("a" * 200) + " = 1",
            "x = " + "9" * 3000,
            "x = 0x" + "f" * 3000,
            "x = '" + "a" * 5000 + "'",
            "# \n" * 6000,
            "\n".join(f"x{n} = 1" for n in range(2000)),
            "```\n\n```toml\n" + "\n".join(f"[class.a{n}]" for n in range(700)),
            "```\n\n```toml\n"
            + "\n".join(f"[office.a{n}]" for n in range(300))
            + "\n```\n\n```toml\n[house]\n"
            + "\n".join(f"a{n} = {{}}" for n in range(300)),
            "```x\n```toml\nx = " + "[" * 3000 + "]" * 3000,
        ],
    )
    def test_what_is_too_much_is_refused_at_once(self, bomb: str) -> None:
        text = TEXT.replace("seat = ", f"{bomb}\nseat = ", 1)
        began = time.process_time()
        assert 1 <= len(problems(text)) <= 100
        assert time.process_time() - began < 2

    @pytest.mark.parametrize("bomb", [houses_in_all_ways, every_power_in_every_tier, offices_and_tiers, deep_rules])
    def test_what_takes_long_to_compare_is_refused_at_once(self, bomb: Callable[[], str]) -> None:
        text = with_article(9, bomb())
        began = time.process_time()
        with pytest.raises(Unprocessable, match=r"can be compared|come together|can follow"):
            read(text)
        assert time.process_time() - began < 2

    def test_one_tier_may_change_every_power(self) -> None:
        began = time.process_time()
        assert len(read(with_article(9, every_power_in_every_tier(tiers=1))).tiers) == 1
        assert time.process_time() - began < 2

    def test_a_text_that_is_no_charter_is_read_once(self) -> None:
        text = with_article(9, every_power_in_every_tier()).encode()
        hash, state = sha256(text).hexdigest(), State()
        state.load_blob(hash, text)
        for _ in range(2):
            began = time.process_time()
            with pytest.raises(Unprocessable, match="can be compared"):
                charter_of(state, hash)
        assert time.process_time() - began < 0.01

    def test_a_large_charter_is_read(self) -> None:
        offices = "".join(f'[office.a{n}]\nscope = []\nseats = 1\nterm_days = 1\nby = "election"\n' for n in range(400))
        assert len(read(with_article(4, offices)).offices) >= 400
