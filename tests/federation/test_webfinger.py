"""What we answer to WebFinger."""

import pytest

from phyle.errors import Malformed
from phyle.federation.webfinger import Asked, Handle, describe, read_resource

ORIGIN, DOMAINS = "https://social.coop.org", ("social.coop.org", "coop.org")


@pytest.mark.parametrize(
    ("resource", "kind", "value"),
    [
        ("acct:ana@coop.org", "account", "ana"),
        ("acct:Ana@Social.Coop.org", "account", "Ana"),
        ("@ana@coop.org", "account", "ana"),
        ("ana@coop.org", "account", "ana"),
        ("acct:coop.org@coop.org", "account", "coop.org"),
        ("https://social.coop.org/@ana", "address", "https://social.coop.org/@ana"),
        ("HTTPS://Social.coop.org:443/actors/1", "address", "https://social.coop.org/actors/1"),
        ("https://social.coop.org", "origin", ""),
        ("https://social.coop.org/", "origin", ""),
        ("https://coop.org", "origin", ""),
    ],
)
def test_accounts_addresses_and_the_bare_origin_are_understood(resource: str, kind: str, value: str) -> None:
    asked = read_resource(resource, origin=ORIGIN, domains=DOMAINS)
    assert asked is not None
    assert (asked.kind, asked.value) == (kind, value)


@pytest.mark.parametrize(
    "resource",
    ["acct:ana@elsewhere.org", "https://elsewhere.org/", "https://coop.org/@ana", "http://social.coop.org/@a"],
)
def test_what_is_not_ours_is_none(resource: str) -> None:
    assert read_resource(resource, origin=ORIGIN, domains=DOMAINS) is None


@pytest.mark.parametrize("resource", ["", "ana", "acct:", "acct:ana", "ftp://coop.org/", "acct:a b@coop.org"])
def test_what_is_no_resource_is_malformed(resource: str) -> None:
    with pytest.raises(Malformed):
        read_resource(resource, origin=ORIGIN, domains=DOMAINS)


def test_a_local_instance_is_known_by_its_port() -> None:
    asked = read_resource("acct:ana@localhost:8080", origin="http://localhost:8080", domains=("localhost:8080",))
    assert asked == Asked(kind="account", value="ana")


def test_the_description_has_every_link_that_others_follow() -> None:
    made = describe(
        Handle(name="ana", host="coop.org"),
        actor_uri="https://coop.org/actors/1",
        page_url="https://coop.org/@ana",
        origin="https://coop.org",
    )
    assert made == {
        "subject": "acct:ana@coop.org",
        "aliases": ["https://coop.org/@ana", "https://coop.org/actors/1"],
        "links": [
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://coop.org/@ana"},
            {"rel": "self", "type": "application/activity+json", "href": "https://coop.org/actors/1"},
            {
                "rel": "http://ostatus.org/schema/1.0/subscribe",
                "template": "https://coop.org/authorize_interaction?uri={uri}",
            },
            {"rel": "https://w3id.org/fep/3b86/Create", "template": "https://coop.org/share?text={content}"},
            {
                "rel": "https://w3id.org/fep/3b86/Object",
                "template": "https://coop.org/authorize_interaction?uri={object}",
            },
            {
                "rel": "https://w3id.org/fep/3b86/Follow",
                "template": "https://coop.org/authorize_interaction?uri={object}",
            },
        ],
    }
