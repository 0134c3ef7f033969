"""Signed activities in the shape that Mastodon sends, about 2 kB each."""

from dataclasses import dataclass
from typing import Any

from bench import load
from bench.instance import DOMAIN, ORIGIN
from phyle.clock import now
from phyle.federation import signatures, wire
from phyle.federation.signatures import Signer
from phyle.federation.vocabulary import PUBLIC
from phyle.identity import keys

_CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    {
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
        "conversation": "ostatus:conversation",
        "sensitive": "as:sensitive",
        "toot": "http://joinmastodon.org/ns#",
        "Hashtag": "as:Hashtag",
    },
]
_TEXT = (
    "<p>The ferry across the river goes at seven in the morning and at six in the evening, number {0} of this year."
    ' Whoever misses it walks to the bridge, which takes an hour.</p><p><a href="https://{1}/tags/rivers"'
    ' class="mention hashtag" rel="tag">#<span>rivers</span></a>'
    ' <a href="https://example.org/ferry/{0}" target="_blank" rel="nofollow noopener noreferrer">'
    '<span class="invisible">https://</span><span class="">example.org/ferry/{0}'
    '</span><span class="invisible"></span></a></p>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody elsewhere, with the key."""

    uri: str
    host: str
    signer: Signer

    @classmethod
    def number(cls, number: int, pem: str) -> "Author":
        """As `seed.actors` made them."""
        host = f"inbox{number}.example"
        uri = f"https://{host}/users/user{number}"
        return cls(uri=uri, host=host, signer=Signer(key_id=f"{uri}#main-key", key=keys.rsa(pem)))


def request(author: Author, number: int) -> bytes:
    """A whole request to the shared inbox, signed."""
    body = wire.dump(_create(author, number))
    headers = signatures.sign(
        author.signer,
        method="POST",
        url=f"{ORIGIN}/inbox",
        now=now(),
        body=body,
        headers={"Content-Type": "application/activity+json"},
    )
    headers.pop("Host")
    agent = {"User-Agent": f"Mastodon/4.5.0 (http.rb/5.3.1; +https://{author.host}/)", "Accept-Encoding": "gzip"}
    return load.post("/inbox", body, host=DOMAIN, headers={**agent, **headers})


def _create(author: Author, number: int) -> dict[str, Any]:
    uri = f"{author.uri}/statuses/{10**17 + number}"
    published = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    followers = f"{author.uri}/followers"
    text = _TEXT.format(number, author.host)
    note = {
        "id": uri,
        "type": "Note",
        "summary": None,
        "inReplyTo": None,
        "published": published,
        "url": f"https://{author.host}/@{author.uri.rpartition('/')[2]}/{10**17 + number}",
        "attributedTo": author.uri,
        "to": [PUBLIC],
        "cc": [followers],
        "sensitive": False,
        "atomUri": uri,
        "inReplyToAtomUri": None,
        "conversation": f"tag:{author.host},2026-01-01:objectId={number}:objectType=Conversation",
        "content": text,
        "contentMap": {"en": text},
        "attachment": [],
        "tag": [{"type": "Hashtag", "href": f"https://{author.host}/tags/rivers", "name": "#rivers"}],
        "replies": {
            "id": f"{uri}/replies",
            "type": "Collection",
            "first": {
                "type": "CollectionPage",
                "next": f"{uri}/replies?page=true",
                "partOf": f"{uri}/replies",
                "items": [],
            },
        },
    }
    return {
        "@context": _CONTEXT,
        "id": f"{uri}/activity",
        "type": "Create",
        "actor": author.uri,
        "published": published,
        "to": [PUBLIC],
        "cc": [followers],
        "object": note,
    }
