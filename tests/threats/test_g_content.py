"""Rows D14, G2, G4 and G10: content that hides where it leads, wakes up when parsed again, or makes parsers slow."""

import re

import pytest

from phyle.text import is_shortcode, mentions_in, plain, render, sanitise
from phyle.text.extracting import paragraphs
from phyle.text.scanning import MAX_SCANNED, scan
from phyle.text.taming import MAX_LENGTH, MAX_TAGS, is_small, tame

MIB = 1 << 20


def seen(html: str) -> str:
    """The text of `html` that is not hidden."""
    return plain(re.sub(r'<span class="invisible">[^<]*</span>', "", html))


def rendered(text: str) -> str:
    return render(text, mentions={}, hashtag_url=lambda tag: f"https://coop.example/tags/{tag}").html


@pytest.mark.threat("G2")
@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("http://good.example@evil.example/", "evil.example/"),
        ("http://good.example:80@evil.example/", "evil.example/"),
        ("http://good.example%2f@evil.example/", "evil.example/"),
        ("http://a@b@evil.example?good.example", "evil.example?good.example"),
        ("http://" + "good.example." * 5 + "evil.example/long/path", "good.example." * 5 + "evil.example"),
        ("https://аррӏе.com/", "xn--80ak6aa92e.com/"),
        ("http://good.example\\@evil.example/", "good.example\\@evil.example/"),
        ("http://evil.example／good.example", "http://evil.example／good.example"),
        ("http://evil.example/\u202eelpmaxe.doog", "evil.example/\u202e"),
    ],
)
def test_a_member_s_link_shows_its_real_host_first(text, start):
    answer = rendered(text)
    assert seen(answer).startswith(start)
    for host in re.findall('href="https?://([^"/?#]*)', answer):
        assert "@" not in host
        assert seen(answer).startswith(host)


@pytest.mark.threat("G2")
@pytest.mark.parametrize(
    "inside",
    [
        '<span class="invisible">https://evil.example/</span>good.example',
        '<span class="invisible"><b>evil.example</b></span> good.example',
        'good.example<span class="invisible">.evil.example</span>',
        'evil.example.good.example<span class="invisible">/</span>',
        '<span class="invisible">https://evil.example/</span>',
        'evil.example@good.example<span class="ellipsis invisible">x</span>',
    ],
)
def test_a_foreign_link_cannot_hide_its_host(inside):
    answer = sanitise(f'<p><a class="invisible" href="https://evil.example/">{inside}</a></p>')
    assert "evil.example" in seen(answer)
    assert 'class="' not in answer


@pytest.mark.threat("G2")
def test_nothing_is_hidden_outside_a_link():
    assert sanitise('<p>a<span class="invisible">@ana</span></p>') == "<p>a<span>@ana</span></p>"
    wrapped = sanitise('<span class="invisible"><a href="https://evil.example/">x</a></span>')
    assert "invisible" not in wrapped


@pytest.mark.threat("G2")
def test_an_honest_short_link_stays_short():
    html = rendered("https://www.good.example/a/rather/long/path/to/something")
    assert sanitise(html) == html


@pytest.mark.threat("G4")
@pytest.mark.parametrize(
    "html",
    [
        "<svg><p><style><!--</style><img src=x onerror=alert(1)>--></style>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<math><mi><b><style><img src=x onerror=alert(1)></style></b></mi></math>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<noscript><style></noscript><img src=x onerror=alert(1)>",
        "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
        "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img onerror=alert(1) src>'>",
        "<svg><script>alert(1)</script></svg>",
        "<textarea><script>alert(1)</script></textarea><title><img src=x onerror=alert(1)></title>",
        "<template><img src=x onerror=alert(1)></template><plaintext><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]><!--><img src=x onerror=alert(1)>-->",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data='javascript:alert(1)'></object>",
    ],
)
@pytest.mark.parametrize("padding", ["", "<br>" * 300], ids=["small", "large"])
def test_mutations_are_inert(html, padding):
    answer = sanitise(html + padding)
    tags = set(re.findall(r"<[^ />]*", answer)) - {"<"}
    assert tags <= {"<p", "<br", "<a", "<b", "<span"}
    assert not re.search(r"<[^>]*\son", answer)
    assert sanitise(answer) == answer


@pytest.mark.threat("G4")
@pytest.mark.parametrize(
    "href",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "evil",
        "/evil",
        "?evil",
        "#evil",
        "",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:a@b.example",
    ],
)
def test_links_that_lead_elsewhere_become_text(href):
    assert sanitise(f'<p><a href="{href}">text</a></p>') == "<p>text</p>"


@pytest.mark.threat("D14")
@pytest.mark.parametrize(
    "html",
    [
        "<a " + " ".join(f"a{i}" for i in range(100_000)) + ">x",
        '<a x=">" ' + " ".join(f'a{i}=">"' for i in range(50_000)) + ">x",
        "".join(f"<b a={i}>" for i in range(1_400)) + "<p>x" * 1_400,
    ],
    ids=["names", "quoted", "formatting"],
)
def test_attributes_do_not_reach_the_parser(html):
    """Each new attribute is compared with all before it, and elements that differ in one are all opened again."""
    assert not is_small(html)
    tamed = tame(html)
    assert tamed is not None
    assert max(len(tag) for tag in re.findall("<[^>]*>", tamed)) < 10


@pytest.mark.threat("D14")
@pytest.mark.parametrize(
    "tag", ["<div>", "<b>", "<ul><li>", "<a href='https://a.example'>", "<", "<!--x--><i>", "</p>"]
)
def test_of_thousands_of_tags_only_the_text_is_kept(tag):
    html = tag * (MAX_TAGS + 1) + "end"
    assert tame(html) is None
    answer = sanitise(html)
    assert answer.endswith("end</p>")
    assert set(re.findall("<[^>]*>", answer)) <= {"<p>", "</p>", "<br>"}


@pytest.mark.threat("D14")
@pytest.mark.parametrize("unit", ["<", "<!--", "<a href='", "&", "&amp", "x ", "<br>", "<p>x", "\n ", "<style>"])
def test_a_mebibyte_is_cut_before_it_is_read(unit):
    html = unit * (MIB // len(unit))
    assert len(plain(html)) <= MAX_LENGTH
    assert len(plain(sanitise(html))) <= MAX_LENGTH


@pytest.mark.threat("D14")
@pytest.mark.parametrize(
    "unit", ["@", "@a", "@a@a.", "#", "#a ", "http://", "http://a.b ", "http://@", "`", "`a ", "w", "."]
)
def test_looking_for_links_and_names_ends(unit):
    text = unit.replace("_", " ") * (MIB // len(unit))
    pieces = list(scan(text))
    assert len(pieces) <= MAX_SCANNED + 1
    assert "".join(piece.text for piece in pieces) == text
    assert len(mentions_in(text)) <= MAX_SCANNED


@pytest.mark.threat("D14")
def test_a_large_honest_document_keeps_its_markup():
    html = "".join(f'<p>Part {i}: <a href="https://a.example/{i}">link</a> and <b>bold</b>.</p>' for i in range(300))
    answer = sanitise(html)
    assert not is_small(html)
    assert (answer.count("<p>"), answer.count("<a "), answer.count("<b>")) == (300, 300, 300)


@pytest.mark.threat("G10")
@pytest.mark.parametrize("code", ["blobcat", "blob_cat_2", "A", "9"])
def test_shortcodes(code):
    assert is_shortcode(code)


@pytest.mark.threat("G10")
@pytest.mark.parametrize("code", ["../etc", "a/b", "a.b", "", "a\n", "a b", "ä", "a-b", "٣", "a\x00", "x" * 101])
def test_a_shortcode_is_no_path(code):
    assert not is_shortcode(code)


@pytest.mark.threat("G4")
def test_text_made_into_paragraphs_is_escaped():
    assert paragraphs("<script>\n\nx") == "<p>&lt;script&gt;</p><p>x</p>"
