"""Markdown that somebody wrote, as HTML that may be shown."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.text.markdown import MAX_SOURCE, faithful, rendered

REL = 'rel="nofollow noopener noreferrer"'
PARTS = """
[ ] ( ) ! < > * ** _ ` ``` ~~ # ## - 1. 7) > | |-| \\ " ' & &amp; &#x6a; :// http://h.example/ javascript:alert(1) word
[a]: [a][b] [a](b) ![a](b) <http://h.example> <b> </b> <script> <!-- --> == ---
"""
markdown = st.lists(
    st.sampled_from([*PARTS.split(), " ", "\n", "\n\n", "    "]) | st.text(max_size=3), max_size=30
).map("".join)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += dict(attrs).get("value") or "" if tag == "li" else ""

    def handle_data(self, data: str) -> None:
        self.seen += data


def seen(html: str) -> str:
    """What a reader sees, with the numbers of items."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.seen


def words(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def test_what_readmes_are_made_of():
    source = "# Bread\n\nWe *bake* ~~cakes~~ **bread**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\nmake <all>\n```\n"
    assert rendered(source) == (
        "<h2>Bread</h2>\n<p>We <em>bake</em> <s>cakes</s> <strong>bread</strong>.</p>\n"
        "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n"
        "<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"
        "<pre><code>make &lt;all&gt;\n</code></pre>\n"
    )


def test_headings_begin_at_the_level_that_the_page_has_left():
    assert rendered("# a\n\n##### b", top=3) == "<h3>a</h3>\n<h6>b</h6>\n"


def test_headings_can_be_linked_to_under_a_prefix():
    html = rendered("## How to?\n\n## How to?\n\n[see](#how-to)", anchors="readme-")
    assert '<h3 id="readme-how-to">' in html
    assert '<h3 id="readme-how-to-1">' in html
    assert 'href="#readme-how-to"' in html


def test_the_page_says_where_addresses_lead():
    places = {"src/a.py": "/code/src/a.py", "cat.png": "/raw/cat.png"}
    html = rendered(
        "[a](src/a.py) [b](/settings) ![cat](cat.png) ![spy](https://spy.example/1.png)",
        links=places.get,
        images=places.get,
    )
    assert html == f'<p><a href="/code/src/a.py" {REL}>a</a> b <img src="/raw/cat.png" alt="cat"> spy</p>\n'


def test_addresses_just_written_down_are_links():
    assert (
        rendered("See https://h.example/a.")
        == f'<p>See <a href="https://h.example/a" {REL}>https://h.example/a</a>.</p>\n'
    )
    assert "<a" not in rendered("`https://h.example/a`")


@pytest.mark.parametrize(
    "source",
    [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](<java\tscript:alert(1)>)",
        "[a](data:text/html,x)",
        "[a](\\\\h.example)",
        "<javascript:alert(1)>",
        "![a](javascript:alert(1))",
        "[a]\n\n[a]: vbscript:x",
    ],
)
def test_no_address_runs_anything(source):
    for html in (rendered(source, links=str, images=str), faithful(source, links=str)):
        assert not re.search(r"(href|src)=\"(?!java%09)[^\"]*(script|data):?", html, re.IGNORECASE), html


def test_markup_in_it_is_text():
    html = rendered('<script>alert(1)</script> <img src=x onerror=alert(1)>\n\n<div onclick="x">\n')
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;div onclick" in html


@given(markdown)
@settings(max_examples=300)
def test_only_elements_of_ours(source):
    for html in (rendered(source, links=str, images=str, anchors="a-"), faithful(source)):
        for tag in re.findall(r"<[^<>]*>", html):
            assert re.fullmatch(
                r"</?(p|br|s|pre|code|blockquote|strong|em|ul|hr|table|thead|tbody|tr|th|td|a|h[1-6]|ol|li)>"
                rf'|<a href="[^"]*" {REL}>|<img src="[^"]*" alt="[^"]*">|<h[1-6] id="[^"]*">'
                r'|<(ol start|li value)="[0-9]+">',
                tag,
            ), tag
        assert not re.search(r'(href|src)="\s*(javascript|data|vbscript)', html, re.IGNORECASE)


@given(markdown)
@settings(max_examples=300)
def test_who_signs_a_text_has_seen_all_of_it(source):
    """Nothing typed is missing; what the page adds to it are addresses and numbers that were typed, too."""
    assert words(seen(faithful(source))) == words(source)


@pytest.mark.parametrize(
    "hidden",
    [
        "[a]: https://h.example 'The fee is 5.'\n\n[a]",
        "[a](https://h.example 'The fee is 5.')",
        "| a |\n|---|\n| b | The fee is 5. |",
        "```The fee is 5.\na\n```",
        "<!-- The fee is 5. -->",
        "a\n<p hidden>The fee is 5.</p>",
        "> " * 50 + "The fee is 5.",
    ],
)
def test_nothing_can_be_hidden_in_a_text_to_sign(hidden):
    assert "The fee is 5." in seen(faithful(hidden))


def test_items_keep_the_numbers_that_were_signed():
    assert faithful("1. a\n7. b") == '<ol>\n<li value="1">a</li>\n<li value="7">b</li>\n</ol>\n'


def test_links_in_a_text_to_sign_say_where_they_lead():
    assert words(seen(faithful("[our bank](https://h.example/x)"))) == "ourbankhttpshexamplex"


@pytest.mark.parametrize(
    "bomb", ["[", "![[", "*a_ ", "> ", "- ", "`a``b", "|a|\n|-|\n", "[a]: b\n", "<a:b", '[a](b "', ">\n- "]
)
def test_time_grows_with_the_length(bomb):
    def seconds(length: int) -> float:
        source = bomb * (length // len(bomb))
        start = time.process_time()
        rendered(source)
        return time.process_time() - start

    short, long = (min(seconds(1 << power) for _ in range(3)) for power in (12, 15))
    assert long < 32 * short + 0.05  # 8 times the length; were it quadratic, 64 times


def test_a_long_name_used_often_is_no_bomb():
    source = f"[a]: http://h.example/{'x' * 60_000}\n\n" + "[a]\n" * 10_000
    assert len(rendered(source)) < 4 * MAX_SOURCE
