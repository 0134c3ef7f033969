"""Who wants HTML, who ActivityStreams."""

import pytest

from phyle.web.negotiation import wants_activity, wants_html

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
MASTODON = "application/activity+json, application/ld+json"
OLD_MASTODON = (
    'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.1'
)


@pytest.mark.parametrize(
    ("accept", "html", "activity"),
    [
        (FIREFOX, True, False),
        (MASTODON, False, True),
        (OLD_MASTODON, False, True),
        ("*/*", False, False),
        ("", False, False),
        ("application/json", False, False),
        ("text/html;q=0, application/activity+json", False, True),
        ("text/html;q=nonsense", False, False),
        ("," * 100_000, False, False),
    ],
)
def test_what_is_wanted(accept: str, html: bool, activity: bool) -> None:
    assert (wants_html(accept), wants_activity(accept)) == (html, activity)
