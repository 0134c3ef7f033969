"""The readable form: what is written is what holds, and everything that is wrong is named at once."""

import hashlib

import pytest

from phyle.cooperative.charter.bounds import MOST_CHARACTERS
from phyle.cooperative.charter.clauses import FOUNDING_SUNSET, MemberClass, Sunset
from phyle.cooperative.charter.effective import at
from phyle.cooperative.charter.powers import EFFECTS
from phyle.cooperative.charter.text import normalised, read, write
from phyle.errors import Unprocessable
from tests.cooperative.charter.charters import BODY, HEADER, TEXT, changed, charter, with_article


def problems(text: str) -> list[str]:
    """The sentences of the refusal, without its first line."""
    with pytest.raises(Unprocessable) as refusal:
        read(text)
    first, *sentences = refusal.value.sentence.splitlines()
    assert first.startswith("The charter has ")
    assert [each["description"] for each in refusal.value.details["charter"]] == sentences
    return sentences


def line_of(text: str, what: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if what in line)


class TestReading:
    def test_a_charter_says_what_is_written(self) -> None:
        made = read(TEXT)
        assert made.header.legal_name == "Test"
        assert [(article.number, article.title, article.prose) for article in made.articles[1:]] == [
            (1, "Everything", "We decide."),
            (2, "Offices", ""),
            (3, "Change", ""),
        ]
        assert made.offices["stewards"].scope == ("moderation",)
        assert made.founding == FOUNDING_SUNSET
        assert made.membership.classes == {"member": MemberClass()}

    def test_every_effect_has_one_power(self) -> None:
        made = read(TEXT)
        keys = {effect: made.power(effect).key for effect in EFFECTS}
        assert keys.pop("Amend") == "power/Amend"
        assert set(keys.values()) == {"power/default"}
        with pytest.raises(Unprocessable):
            made.power("Enthrone")

    def test_the_most_specific_power_governs(self) -> None:
        made = charter(
            '[[power]]\neffect = "Moderate"\nscope = "agora"\nrule = "at least 3"\nquorum = "at least 3"\n\n'
            '[[power]]\neffect = "Moderate"\nscope = "agora/news"\nrule = "at least 4"\nquorum = "at least 4"'
        )
        scopes = ("", "agora", "agora/news", "agora/news/today", "agora/old", "agorax")
        assert [made.power("Moderate", scope).quorum.at_least for scope in scopes] == [2, 3, 4, 4, 3, 2]

    def test_what_a_power_does_not_say_it_takes_from_the_default(self) -> None:
        amend = read(TEXT).power("Amend")
        assert (amend.deliberation_days, amend.ballot_days, amend.ballots) == (2, 3, "public")
        assert amend.methods == ("yesno",)
        assert read(TEXT).power("Resolve").methods == ("yesno", "approval")
        assert read(TEXT).power("Expel").methods == ("yesno",), "the default's other methods are not for this"

    def test_a_ballot_lasts_days_or_minutes(self) -> None:
        sitting = read(changed(TEXT, ("ballot_days = 3", "ballot_minutes = 20")))
        assert sitting.power("Resolve").ballot_lasts == 20
        assert sitting.power("Amend").ballot_lasts == 20, "what is not said is as in the default"
        slower = changed(
            TEXT, ("ballot_days = 3", "ballot_minutes = 20"), ('effect = "Amend"', 'effect = "Amend"\nballot_days = 2')
        )
        assert read(slower).power("Amend").ballot_lasts == 2 * 24 * 60
        both = changed(TEXT, ("ballot_days = 3", "ballot_days = 3\nballot_minutes = 20"))
        assert "not both" in problems(both)[0]

    def test_the_hash_is_that_of_the_text_with_newlines_alone(self) -> None:
        windows = TEXT.replace("\n", "\r\n")
        assert read(windows) == read(TEXT)
        assert read(windows).hash == hashlib.sha256(normalised(TEXT).encode()).hexdigest()

    def test_it_is_written_as_it_was_read(self) -> None:
        made = charter('[[right]]\nname = "to ask"\nof = "everyone"\nsays = "Quotes \\" and ümlauts."')
        again = read(write(made))
        assert again.articles == made.articles
        assert write(again) == write(made)

    def test_bytes_are_read_as_utf_8(self) -> None:
        assert read(TEXT.encode()) == read(TEXT)
        with pytest.raises(Unprocessable, match="UTF-8"):
            read(TEXT.encode() + b"\xff")


class TestProblems:
    def test_each_is_named_with_article_line_reason_and_remedy(self) -> None:
        text = changed(TEXT, ("seats = 2", "seats = 0"))
        assert problems(text) == [
            f"article 2, line {line_of(text, 'seats = 0')}: seats = 0 cannot stand, "
            "because it is a whole number from 1 to 1000; write seats = 1"
        ]

    def test_all_are_named_at_once(self) -> None:
        text = changed(
            TEXT,
            ("seats = 2", "seats = 0"),
            ('by = "election"', 'by = "birth"'),
            ('rule = "at least 2/3 of cast"', 'rule = "most"'),
            ('prevails = "charter"\n', ""),
            ("ballot_days = 3", "ballot_day = 3"),
            ('effect = "Amend"', 'effect = "Enthrone"'),
        )
        places = [sentence.partition(":")[0] for sentence in problems(text)]
        assert [place.partition(",")[0] for place in places] == [
            "header",
            *["article 1"] * 2,
            *["article 2"] * 2,
            *["article 3"] * 2,
        ]

    @pytest.mark.parametrize(
        ("before", "after", "because"),
        [
            ('ballots = "public"', 'ballots = "secret"', "there are no secret ballots yet"),
            ('ballots = "public"', 'ballots = "sealed"', "there are no secret ballots yet"),
            ('effect = "default"', 'effect = "Resolve"', "every effect must have a clause that governs it"),
            ('quorum = "at least 1/2 of eligible"', "", "is no quorum"),
            ('quorum = "at least 1/2 of eligible"', 'quorum = "more than 1/2 of eligible"', "is no quorum"),
            ('rule = "at least 2/3 of cast"', "rule = 0.66", "is no rule"),
            ('effect = "Amend"', 'effect = "Amend"\nmethods = ["stv"]', "Amend is a plain yes or no"),
            ('effect = "Amend"', 'effect = "Amend"\nmethods = ["acclaim"]', "there is no method acclaim"),
            ('methods = ["yesno", "approval"]', 'methods = ["approval"]', "also governs what is a plain yes or no"),
            ('rule = "at least 2/3 of cast"', 'rule = "no standing objection"', "says what overcomes it"),
            (
                'rule = "at least 2/3 of cast"',
                'rule = "no standing objection"\noverride = "none"',
                "is looked at again",
            ),
            ('rule = "at least 2/3 of cast"', 'rule = "at least 2/3"\noverride = "none"', "asks for no consent"),
            (
                'rule = "at least 2/3 of cast"',
                'rule = "passed unless at least 1/2 of eligible object"',
                "this much may not come about unasked",
            ),
            (
                'rule = "more than 1/2 of cast"',
                'rule = "passed unless at least 1/2 of eligible object"',
                "this much may not come about unasked",
            ),
            ('effect = "Amend"', 'effect = ["Amend", "Amend"]', "something is named twice"),
            ('effect = "Amend"', 'effect = ["Amend", "default"]', "the default governs what no other clause names"),
            ('effect = "Amend"', 'effect = "Amend"\nscope = "x"', "it must say what it protects"),
            ('effect = "Amend"', 'effect = "Amend"\nprotects = ["article/1"]', "only a power to amend with a name"),
            (
                'effect = "Amend"',
                'effect = "Amend"\nscope = "x"\nprotects = ["article/9"]',
                "there is no such thing in this charter",
            ),
            ('effect = "Amend"', 'effect = "Appoint"\nscope = "king"', "there is no office king"),
            ('effect = "Amend"', 'effect = "Amend"\ndelegation = true', "the charter allows none"),
            ('effect = "Amend"', 'effect = "Amend"\nsecond_call_quorum = "at least 1"', "people must be able to come"),
            ('rule = "at least 2/3 of cast"', 'rule = { house = "nobles", rule = "at least 1" }', "no office or house"),
            ('rule = "at least 2/3 of cast"', 'rule = { house = "stewards", rule = "at least 3" }', "only 2 seats"),
            (
                'rule = "at least 2/3 of cast"',
                'rule = { house = "stewards", rule = "at least 1", quorum = "at least 3" }',
                "only 2 seats",
            ),
            ('rule = "at least 2/3 of cast"', 'rule = { house = "members", rule = "at least 3" }', "need no house"),
            (
                'rule = "at least 2/3 of cast"',
                'rule = { any = [{ house = "stewards", rule = "at least 1" }, { house = "stewards", rule = '
                '"more than 1/2" }] }',
                "the same house stands in two alternatives",
            ),
            (
                'rule = "at least 2/3 of cast"',
                'rule = { any = ["at least 9", { weighted = [{ body = "members", weight = 1 }], passes = '
                '"more than 1/2" }] }',
                "makes the weights void",
            ),
            ('scope = ["moderation"]', 'scope = ["everything"]', "there is no scope everything"),
            ('incompatible = ["stewards"]', 'incompatible = ["kings"]', "kings is no other office"),
            ("term_days = 180\n", "", "every mandate ends"),
        ],
    )
    def test_what_cannot_stand(self, before: str, after: str, because: str) -> None:
        found = problems(changed(TEXT, (before, after)))
        assert any(because in sentence for sentence in found), found
        assert all("; write " in sentence for sentence in found)

    @pytest.mark.parametrize(
        ("toml", "because"),
        [
            ("[jury]\nsize = 2", "a jury has at least 3"),
            ("[membership]\nvouch_min = 1", "one voucher would let one member fill the register"),
            ("[membership]\nvouch_min = 4", "the cap lies below the fewest vouchers"),
            ("[delegation]\nallowed = true\ncap = 0", "a cap on what one delegate holds is mandatory"),
            ("[moderation]\nprovisional_hours = 999", "lapses within a week"),
            ("[class.member]\nvote = false", "nobody could decide"),
            ("[class.guild]\nweight = 3", "class.guild has no such field"),
            ("[office.King]\nterm_days = 1\nby = 'election'", "it is named in the ledger"),
            ("[office.'a/b']\nterm_days = 1\nby = 'election'", "it is named in the ledger"),
            ("[[power]]\neffect = 'Moderate'\nscope = 'a//b'\nrule = 'at least 1'\nquorum = 'at least 1'", "is a name"),
            (
                "[[right]]\nname = 'x'\nof = 'members'\nsays = 'y'\n\n"
                "[[right]]\nname = 'x'\nof = 'members'\nsays = 'z'",
                "must be able to name it",
            ),
            (
                "[[power]]\neffect = 'Expel'\nquorum = 'at least 1'\n"
                "rule = { house = 'keepers', rule = 'at least 1' }\n\n"
                "[[sunset]]\nname = 'x'\nclause = 'office/keepers'\nmetric = 'x'\nexpires_days = 9\n"
                "reverts = 'nothing'",
                "no office or house keepers",
            ),
            ("[king]\nname = 1", "the law does not know it"),
            ("[power]\neffect = 1", "the law does not know it"),
            ("[charter]\nform = 'x'", "no two clauses say the same thing"),
            ("[house.stewards]\nseats = 3\nof = 'x'", "another body has this name"),
            ("[assembly]\nrequisition = 'at least 3'\nquorum = 'at least 1'", "it is a share of all members"),
            ("[fund.common]\nshare = 0.5", "the law counts in whole numbers"),
            ("[[reciprocal]]\ngrants = 'x'\nto = 'y'\nunless = 'z'", "reciprocal has no such field"),
            ("[[sunset]]\nname = 'founding'\nclause = 'power/Amend'\nmetric = 'x'", "is in every charter"),
            (
                "[[sunset]]\nname = 'x'\nclause = 'founding'\nmetric = 'x'\nexpires_days = 9\nreverts = 'nothing'",
                "can be tried for a time",
            ),
            (
                "[[sunset]]\nname = 'x'\nclause = 'power/default'\nmetric = 'x'\nexpires_days = 9\nreverts = 'nothing'",
                "some effects would have no rule",
            ),
            (
                "[[sunset]]\nname = 'x'\nclause = 'power/Expel'\nmetric = 'x'\nexpires_days = 9\nreverts = 'nothing'",
                "an experiment is a clause of this charter",
            ),
            ("[[sunset]]\nname = 'x'\nclause = 'power/Amend'\nmetric = 'x'\nreverts = 'nothing'", "an experiment ends"),
            ("[[tier]]\nname = 'x'\nmembers = 5\ndays = 5", "exactly one of the three"),
            ("[[tier]]\nname = 'x'\nmembers = 5", "a tier that changes nothing is none"),
            (
                '[[power]]\neffect = "Moderate"\nrule = "passed unless at least 1/2 of eligible object"\n'
                'quorum = "at least 1"\nnotice_days = 0',
                "nobody can object to what they do not know",
            ),
            ("size = ", "it is not TOML"),
        ],
    )
    def test_clauses_that_cannot_stand(self, toml: str, because: str) -> None:
        found = problems(with_article(4, toml))
        assert any(because in sentence for sentence in found), found
        assert all(sentence.startswith("article 4, line ") for sentence in found)

    def test_a_default_alone_is_missed(self) -> None:
        (sentence,) = problems(HEADER + "\n## Article 1. Nothing\n\nWe trust each other.\n")
        assert "the default power is missing" in sentence

    def test_the_first_block_says_whose_charter_it_is(self) -> None:
        assert any("the header is missing" in sentence for sentence in problems(BODY))
        assert any("there are no articles" in sentence for sentence in problems(HEADER))

    def test_clauses_stand_in_articles(self) -> None:
        stray = changed(TEXT, ("## Article 1.", "```toml\n[jury]\nsize = 3\n```\n\n## Article 1."))
        assert any("stands before the first article" in sentence for sentence in problems(stray))

    def test_articles_are_numbered_upwards(self) -> None:
        assert any("numbered upwards" in each for each in problems(changed(TEXT, ("## Article 2.", "## Article 1."))))
        charter_with_gap = changed(TEXT, ("## Article 3.", "## Article 30."))
        assert read(charter_with_gap).article(30) is not None

    def test_a_text_has_an_end(self) -> None:
        assert "at most" in problems(TEXT + "x" * MOST_CHARACTERS)[0]

    def test_garbage_is_refused_and_not_raised(self) -> None:
        for text in (
            "",
            "\x00",
            "```toml",
            "```toml\n[charter]\n```",
            "[[" * 5000,
            TEXT + "\n```toml\na = " + "[" * 5000,
        ):
            assert problems(text)


class TestNothingIsHidden:
    """What a reader of the rendered text does not see, or takes for law though it is none, cannot stand."""

    @pytest.mark.parametrize(
        "line",
        [
            "<!-- hidden -->",
            "<!--",
            "<div hidden>",
            "text <span style='display:none'>more</span>",
            " ```toml",
            "> ```toml",
            "- ```toml",
            "~~~toml",
            "    ```TOML",
            "``` toml",
            "````toml",
            "```toml now",
            "```Toml",
            "````\n\n````",
            "~~~\n\n~~~",
            "  ```\n  ```",
            "```\n\n  ```\n\n```toml\n[jury]\nsize = 9\n```",
            "# Article 7. Above",
            " ## Article 7. Aslant",
            "##",
            "Article 7. Underlined\n---------------------",
            "Article 7. Underlined\n=",
            "[//]: # (hidden)",
            "[hidden]: https://example.org 'hidden'",
            "```\n\u202e\n```",
            "for \u202egnihton",
            "bell \x07",
        ],
    )
    def test_in_prose(self, line: str) -> None:
        assert problems(changed(TEXT, ("We decide.", f"We decide.\n\n{line}\n\nOr not.")))

    @pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\x7f"])
    def test_in_clauses(self, hidden: str) -> None:
        text = changed(TEXT, ('seat = "Graz"', f'seat = "Gr{hidden}az"'))
        assert any("invisible characters" in sentence for sentence in problems(text))

    @pytest.mark.parametrize(
        "line",
        [
            "See <https://example.org/>.",
            "2 < 3 and `x`",
            "```\n[jury]\nsize = 1\n```",
            "### A smaller heading",
            "* * *",
            "---",
        ],
    )
    def test_plain_markdown_may_stand(self, line: str) -> None:
        made = read(changed(TEXT, ("We decide.", f"We decide.\n\n{line}")))
        assert made.jury.size == 5
        assert read(write(made)).articles == made.articles


class TestSunsets:
    EXPERIMENT = (
        '[[power]]\neffect = "Expel"\nrule = "at least 3/4 of cast"\nquorum = "at least 3"\n\n'
        '[[sunset]]\nname = "milder"\nclause = "power/Expel"\nmetric = "appeals upheld"\nexpires = 2030-12-31\n\n'
    )

    def test_it_reverts_to_another_clause(self) -> None:
        made = charter(
            self.EXPERIMENT + '[sunset.reverts]\nrule = "at least 2/3 of cast"\nquorum = "at least 1/2 of eligible"'
        )
        (sunset,) = made.sunsets
        assert isinstance(sunset, Sunset)
        assert sunset.expires == 1_924_992_000_000, "the end of that day"
        after = at(made, 9, (), ("milder",))
        assert after.power("Expel").quorum != made.power("Expel").quorum
        assert at(made, 9, (), ()) == made

    def test_or_to_the_more_general_one(self) -> None:
        made = charter(self.EXPERIMENT.replace("[[sunset]]", '[[sunset]]\nreverts = "nothing"'))
        assert at(made, 9, (), ("milder",)).power("Expel").key == "power/default"

    def test_what_it_reverts_to_is_checked_as_well(self) -> None:
        toml = (
            self.EXPERIMENT
            + '[sunset.reverts]\nrule = "passed unless at least 1/2 of eligible object"\nquorum = "at least 1"'
        )
        assert any("Expel passes by silence" in sentence for sentence in problems(with_article(4, toml)))

    def test_nothing_passes_by_silence_once_a_tier_and_an_experiment_meet(self) -> None:
        silent = (
            '\n\n[[tier]]\nname = "big"\nmembers = 90\n\n[[tier.power]]\neffect = "default"\nnotice_days = 9\n'
            'rule = "passed unless at least 1/20 of eligible object"\nquorum = "at least 1/2 of eligible"'
        )
        grave = [f'[[power]]\neffect = "{e}"\nrule = "at least 2/3"\nquorum = "at least 3"' for e in GRAVE]
        toml = self.EXPERIMENT.replace("[[sunset]]", '[[sunset]]\nreverts = "nothing"') + "\n\n".join(grave) + silent
        assert any("Expel would then pass by silence" in sentence for sentence in problems(with_article(4, toml)))


GRAVE = ("Appoint", "Transfer", "Dissolve")
