"""Evidence: the documents behind a declaration, kept here by their hash; statutes for all, credentials for members."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from phyle.cooperative import people
from phyle.cooperative.law.commons.uses import MOST_EVIDENCE
from phyle.cooperative.law.commons.uses import Evidence as Named
from phyle.cooperative.seeing import Sight
from phyle.errors import Malformed, Missing, Unprocessable
from phyle.store.sql import queries
from phyle.store.transaction import Tx
from phyle.text import well_formed

SQL = queries(__file__)

CREDENTIAL = "credential"
"""The kind of a membership credential, which is verified before it is taken."""
LONGEST = 200_000
_WHAT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that comes with a declaration: its text, or only its SHA-256."""

    what: str
    digest: str
    body: str | None = None

    @property
    def document(self) -> Mapping[str, Any]:
        """What a credential says. Malformed for what is no JSON object."""
        try:
            found = orjson.loads(self.body or "")
        except orjson.JSONDecodeError as error:
            raise Malformed("A credential is JSON, as its phyle gave it.") from error
        if not isinstance(found, dict):
            raise Malformed("A credential is a JSON object, as its phyle gave it.")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvidence:
    """A document behind a declaration. `text`: for those who may read it, as far as it is here. `verified`: what was
    found out of a credential when it came: `member`, `phyle`, `klass`, `since`, `until` (milliseconds)."""

    what: str
    digest: str
    text: str | None
    verified: Mapping[str, Any] | None


def read(given: Any) -> tuple[Paper, ...]:
    """What came with a declaration: each with `what`, and with `text` (or, for a credential, an object) or only the
    `digest`. Unprocessable, Malformed."""
    if not isinstance(given, list | tuple):
        raise Malformed("evidence must be a list.")
    if len(given) > MOST_EVIDENCE:
        raise Unprocessable(f"A declaration comes with at most {MOST_EVIDENCE} pieces of evidence.")
    return tuple(_paper(each) for each in given)


def _paper(given: Any) -> Paper:
    what = given.get("what") if isinstance(given, Mapping) else None
    if not isinstance(what, str) or not what or len(what) > 64 or set(what) - _WHAT:
        raise Malformed("A piece of evidence says `what` it is in a word, such as statutes.")
    text, digest = given.get("text"), given.get("digest")
    if isinstance(text, Mapping):
        text = orjson.dumps(text).decode()
    if isinstance(text, str) and text.strip():
        if len(text) > LONGEST:
            raise Unprocessable(f"A piece of evidence has at most {LONGEST} characters; give the hash of a longer one.")
        body = well_formed(text)
        return Paper(what=what, digest=sha256(body.encode()).hexdigest(), body=body)
    if not isinstance(digest, str) or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise Malformed("A piece of evidence comes with its text, or with its SHA-256 as digest.")
    if what == CREDENTIAL:
        raise Unprocessable("A credential is verified, so it comes whole.")
    return Paper(what=what, digest=digest)


async def keep(tx: Tx, by: int, papers: Iterable[Paper], verified: Mapping[str, Mapping[str, Any]]) -> None:
    """What came whole stays here. `verified`: by digest, what was found out of credentials."""
    for each in papers:
        if each.body is not None:
            said = verified.get(each.digest)
            await tx.run(SQL.keep, each.digest, each.what, each.body, each.what != CREDENTIAL, said, by)


async def shown(tx: Tx, viewer: Sight, named: Sequence[Named]) -> dict[str, ShownEvidence]:
    """What entries name, by hash, as this viewer may see it."""
    rows = await tx.rows(SQL.several, [each.digest for each in named]) if named else []
    found = {row["digest"]: row for row in rows}
    mine = await people.actor_of(tx, viewer.member) if viewer.member and rows else None
    readable = {
        digest: row for digest, row in found.items() if row["public"] or viewer.inside or row["kept_by"] == mine
    }
    return {
        each.digest: ShownEvidence(
            what=each.what,
            digest=each.digest,
            text=readable[each.digest]["body"] if each.digest in readable else None,
            verified=readable[each.digest]["said"] if each.digest in readable else None,
        )
        for each in named
    }


async def erase(tx: Tx, by: int, digest: str) -> None:
    """Whoever gave a document takes it back: its hash stays in the ledger, and nobody reads it here any more. Missing
    for anybody else."""
    rows = await tx.rows(SQL.several, [digest])
    if not rows or rows[0]["kept_by"] != by:
        raise Missing("There is no such document of yours.")
    await tx.run(SQL.forget, digest)
