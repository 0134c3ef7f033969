"""What members type and what peers send, as text and as HTML."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.text import (
    Link,
    fold,
    hashtags_in,
    mentions_in,
    normal_hashtag,
    plain,
    render,
    sanitise,
    shorten,
    well_formed,
)
from phyle.text.scanning import scan

PEOPLE = {
    "ana": Link(url="https://coop.example/@ana", name="ana"),
    "bo@far.example": Link(url="https://far.example/@bo", name="bo"),
    "cy@localhost:8081": Link(url="http://localhost:8081/@cy", name="cy"),
}

MARKUP = """
<p> </p> <br> <a> </a> <a_href='http://h.example/'> <b> </b> <div> </div> <h2> </h2> <table> <td> </table> <pre> </pre>
<svg> <math> <style> </style> <noscript> <ul> <li> <!-- --> <![CDATA[ ]]> <select> <template> <span_class="invisible">
</span> <script> </script> &amp; &lt; & < > " ' <plaintext> <title> <form> <p_lang=x> h.example
"""
markup = st.lists(
    st.sampled_from([part.replace("_", " ") for part in MARKUP.split()]) | st.text(max_size=3), max_size=25
).map("".join)


def html(text: str) -> str:
    return render(text, mentions=PEOPLE, hashtag_url=lambda tag: f"https://coop.example/tags/{tag}").html


def shown(text: str) -> str:
    """What is seen of the rendered text."""
    return plain(re.sub(r'<span class="invisible">[^<]*</span>', "", html(text)))


# Folding


def test_names_are_equal_whatever_their_case_and_width():
    assert fold("ANA") == fold("ana") == fold("Ａｎａ")
    assert fold("STRASSE") == fold("straße")
    assert normal_hashtag("#ＣＡＦÉ") == normal_hashtag("café") == normal_hashtag("cafe\u0301")


@settings(deadline=None)
@given(st.text())
def test_folding_again_changes_nothing(name):
    assert fold(fold(name)) == fold(name)


def test_what_no_database_holds_is_dropped():
    assert well_formed("a\x00b\ud800c\nd\te") == "abc\nd\te"
    assert "\x00" not in html("a\x00b") + sanitise("<p>a\x00b\udfff") + plain("a\x00b")


# Rendering


def test_lines_and_paragraphs():
    assert html("a\nb\r\n\r\n \nc\n\n") == "<p>a<br>b</p><p>c</p>"
    assert html("") == html(" \n ") == ""


def test_everything_else_is_escaped():
    assert html("1 < 2 && <b>&amp;</b>") == "<p>1 &lt; 2 &amp;&amp; &lt;b&gt;&amp;amp;&lt;/b&gt;</p>"


def test_a_link_as_mastodon_writes_it():
    assert html("https://a.example/" + "x" * 30) == (
        '<p><a href="https://a.example/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" translate="no" target="_blank"'
        ' rel="nofollow noopener noreferrer"><span class="invisible">https://</span>'
        '<span class="ellipsis">a.example/xxxxxxxxxxxxxxxxxxxx</span><span class="invisible">xxxxxxxxxx</span></a></p>'
    )


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://a.example/b.", "https://a.example/b"),
        ("(https://a.example/b_(c))", "https://a.example/b_(c)"),
        ("(see https://a.example/b)", "https://a.example/b"),
        ('"https://a.example/?q=1&r=2", he', "https://a.example/?q=1&amp;r=2"),
        ("[https://a.example]!?", "https://a.example"),
        ("HTTPS://A.Example/B", "https://a.example/B"),
        ("見てhttps://a.example/。", "https://a.example/"),
        ("http://localhost:8080/@ana/1#x", "http://localhost:8080/@ana/1#x"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/ä"),
        ("https://a.example/%E2%80%A6?x='", "https://a.example/%E2%80%A6?x="),
    ],
)
def test_where_a_link_ends(text, url):
    assert re.findall('href="([^"]*)"', html(text)) == [url]


@pytest.mark.parametrize(
    "text",
    [
        "example.com",
        "www.example.com/x",
        "ana@example.com",
        "ftp://a.example",
        "javascript:alert(1)",
        "xhttp://a.example",
        "http://",
        "http://...",
        "http://a%2eb/",
        "http://a.example:99999999/",
        "http://a..b/",
        "http://" + "a" * 260 + ".example/",
        "`http://a.example`",
    ],
)
def test_what_is_no_link(text):
    assert "<a" not in html(text)
    assert shown(text) == text


def test_mentions_are_found_in_order_and_once():
    text = "@Ana (@bo@FAR.example), @ana: @cy@localhost:8081! @x.y_z-1@far.example. @q@far.example:30000000"
    assert mentions_in(text) == [
        "ana",
        "bo@far.example",
        "cy@localhost:8081",
        "x.y_z-1@far.example",
        "q@far.example",
    ]


@pytest.mark.parametrize(
    "text",
    ["ana@far.example", "x@ana", "https://far.example/@ana", "far.example/@ana", "k=@ana", "`@ana`", "@", "@ana@"],
)
def test_what_is_no_mention(text):
    assert mentions_in(text) == (["ana"] if text == "@ana@" else [])


def test_a_stray_backtick_hides_no_mention():
    assert mentions_in("it`s @ana`s") == ["ana"]


def test_a_mention_of_someone_who_exists_is_a_link():
    assert html("@BO@far.example hi") == (
        '<p><span class="h-card" translate="no"><a href="https://far.example/@bo" class="u-url mention">'
        "@<span>bo</span></a></span> hi</p>"
    )
    assert html("@nobody@far.example") == "<p>@nobody@far.example</p>"


def test_a_mention_never_leads_off_the_web():
    evil = {"ana": Link(url="javascript:alert(1)", name="<b>")}
    assert render("@ana", mentions=evil, hashtag_url=str).html == "<p>@ana</p>"
    assert render("#tag", mentions={}, hashtag_url=lambda tag: f"data:{tag}").html == "<p>#tag</p>"


def test_hashtags_of_every_script():
    text = "#Tag, #1a #हिन्दी #日本語、＃wide (#a_b) #tag #TAG"
    assert hashtags_in(text) == ["Tag", "1a", "हिन्दी", "日本語", "wide", "a_b"]


@pytest.mark.parametrize(
    "text", ["#123", "x#a", "##", "#", "https://a.example/#a", "&#39;", "/#a", "`#a`", "#" + "a" * 101]
)
def test_what_is_no_hashtag(text):
    assert hashtags_in(text) == []


def test_a_hashtag_keeps_its_case_and_is_found_without_it():
    rendered = render("#CoOp #coop", mentions={}, hashtag_url=lambda tag: f"https://coop.example/tags/{tag}")
    assert rendered.hashtags == ("CoOp",)
    assert rendered.html.startswith(
        '<p><a href="https://coop.example/tags/coop" class="mention hashtag" rel="tag">#<span>CoOp</span></a> '
    )


@settings(deadline=None)
@given(st.text() | markup | st.text("hH tps:/@.#a1`(&<\n\\%é").map(lambda text: "http://a" + text))
def test_rendered_text_holds_only_markup_of_ours(text):
    answer = html(text)
    assert set(re.findall(r"<[^ >]*", answer)) <= {"<p", "</p", "<br", "<a", "</a", "<span", "</span"}
    assert all(href.startswith(("http://", "https://")) for href in re.findall('href="([^"]*)"', answer))


@settings(deadline=None)
@given(st.text("ab @#:/.\n(&<`htp") | markup)
def test_nothing_typed_is_lost(text):
    assert "".join(piece.text for piece in scan(text)) == text


# Sanitising


@settings(deadline=None)
@given(markup | st.text())
def test_sanitising_again_changes_nothing(text):
    once = sanitise(text)
    assert sanitise(once) == once


def test_what_members_write_survives_other_servers():
    text = html("@ana see https://a.example/" + "x" * 50 + "\n\n`code` & more")
    assert plain(sanitise(text)) == plain(text)
    assert sanitise(text).count("invisible") == 2


@pytest.mark.parametrize(
    ("given_html", "kept"),
    [
        ("<h1 id=x>T</h1>", "<p><strong>T</strong></p>"),
        ("<div>a</div><div><p>b</p></div>", "<p>a</p><p>b</p>"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "<p>a b </p>"),
        ("<ol start=3 reversed><li value=2>x</ol>", '<ol start="3" reversed=""><li value="2">x</li></ol>'),
        ("<pre>\n\n<code>x\n y</code></pre>", "<pre><code>x\n y</code></pre>"),
        ("<p class='quote-inline x'>RE</p>", '<p class="quote-inline">RE</p>'),
        ("<b>b</b><img src=x><del>d</del>", "<b>b</b><del>d</del>"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt></ruby>", "<ruby>漢<rp>(</rp><rt>kan</rt></ruby>"),
        ('<span class="x" translate="no" style="color:red">t</span>', '<span translate="no">t</span>'),
        ("a & b", "a &amp; b"),
        ("plain", "plain"),
    ],
)
def test_what_is_kept(given_html, kept):
    assert sanitise(given_html) == kept


SCHEMES = ("http", "https", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "xmpp", "magnet", "gemini")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_links_of_these_schemes_stay(scheme):
    href = f"{scheme}://a.example/b"
    assert sanitise(f'<a href="{href}" rel=me onclick=x>t</a>') == (
        f'<a href="{href}" target="_blank" rel="nofollow noopener noreferrer">t</a>'
    )


# Plain text


def test_blocks_become_lines():
    assert plain("<p>a</p><p>b<br>c &lt;i&gt; &amp;amp;</p><ul><li>d</li></ul>") == "a\n\nb\nc <i> &amp;\n\nd"
    assert plain("1 < 2") == "1 < 2"


def test_shortening_prefers_whole_words():
    assert shorten("hello wide\n world", 12) == "hello wide…"
    assert shorten("hello", 5) == "hello"
    assert shorten("incomprehensible", 6) == "incom…"
    assert shorten("x", 0) == ""


@settings(deadline=None)
@given(st.text(), st.integers(0, 20))
def test_a_short_text_is_never_longer(text, n):
    assert len(shorten(text, n)) <= n
