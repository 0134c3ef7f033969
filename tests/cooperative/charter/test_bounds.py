"""Texts made to cost others dearly: refused before anybody reads them."""

import time

import pytest

from phyle.cooperative.charter.text import read
from tests.cooperative.charter.charters import TEXT, with_article
from tests.cooperative.charter.test_text import problems


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

    def test_a_large_charter_is_read(self) -> None:
        offices = "".join(f'[office.a{n}]\nscope = []\nseats = 1\nterm_days = 1\nby = "election"\n' for n in range(400))
        assert len(read(with_article(4, offices)).offices) >= 400
