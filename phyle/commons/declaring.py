"""Declaring a use: what somebody says of it becomes what the law reads, with what follows by the tables, beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from phyle.commons import repositories, works
from phyle.commons.evidence import Paper
from phyle.commons.git import objects, refs, storage
from phyle.commons.repositories import Repository
from phyle.commons.uses import says
from phyle.cooperative import contributing, people, seeing
from phyle.cooperative.acting import Done
from phyle.cooperative.law.commons.uses import DeclareUse, verdict
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import reading
from phyle.cooperative.licences.deciding import Verdict, decide, unsaid
from phyle.cooperative.licences.expressions import licences, parse
from phyle.cooperative.licences.facts import Facts, Said
from phyle.cooperative.licences.tables import Outcome
from phyle.errors import Malformed, Missing, TooMany, Unprocessable
from phyle.identity import limits
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.store.transaction import Store, Tx

LARGEST_LICENCE = 1 << 20
WORLDWIDE = "worldwide"
DECLARED = Limit(
    name="uses-declared",
    most=60,
    window=timedelta(hours=1),
    sentence="You have declared many uses. Please go on in an hour.",
)
_ID = "a" * 26
_HASH = "0" * 64
_TEXTS = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What would follow from a declaration. `unsaid`: facts that were not said and could make a difference.
    `interpretive`: the text can be read otherwise. Never legal advice."""

    outcome: Outcome
    clause: str
    table: str
    licence: str
    reason: str
    says: str
    interpretive: bool
    unsaid: tuple[str, ...]

    @classmethod
    def of(cls, found: Verdict, missing: tuple[str, ...] = ()) -> "Outlook":
        """As it is told."""
        return cls(
            outcome=_outcome(found),
            clause=found.clause,
            table=found.table,
            licence=found.licence,
            reason=found.reason,
            says=says(_outcome(found), found.clause),
            interpretive=found.interpretive,
            unsaid=missing,
        )


def _outcome(found: Verdict) -> Outcome:
    return found.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The work that is used, as its home says: its id, and under which licence it is offered now."""

    work: str
    licence: str


async def subject(tx: Tx, repository: Repository) -> Subject:
    """The work that a repository here is. Missing if nobody offered it."""
    found = await works.find(tx, repository)
    if found is None:
        raise Missing(f"{repository.name} has not been offered as a work of this phyle: a maintainer does that first.")
    return Subject(work=found[0], licence=found[1].licence)


def facts(given: Mapping[str, Any], of: Subject, *, breach: bool = False) -> Facts:
    """What somebody says of themselves. Malformed, with where and what, for what cannot be read; Unprocessable for
    nothing."""
    if not (given.get("user") and given.get("purpose")):
        raise Unprocessable("Say who uses it, and whether commercially: without that nothing follows.")
    told = read(DeclareUse, {**_blank(of), **_only(given, "user", "purpose", "said")}, "use")
    return Facts(user=told.user, purpose=told.purpose, said=told.said, breach=breach)


async def outlook(tx: Tx, person: Actor | None, of: Subject, given: Mapping[str, Any]) -> Outlook:
    """What the ledger here would say to a declaration of this person; it decides for itself when it is entered."""
    by = await people.member_of(tx, person.id) if person is not None else None
    said = facts(given, of)
    found = await _verdict(tx, by or _ID, read(DeclareUse, {**_blank(of), **_rest(given)}, "use"))
    missing = unsaid(str(given.get("licence") or of.licence), said) if not given.get("grant") else ()
    return Outlook.of(found, missing)


async def _verdict(tx: Tx, by: str, it: DeclareUse) -> Verdict:
    at, state = await seeing.at(tx), await reading.load(tx)
    return await reading.knowing(tx, state, lambda: verdict(state, by, it, at))


def guessed(of: Subject, given: Mapping[str, Any]) -> Outlook:
    """What follows from the facts alone, for a work elsewhere: whether there was a breach, its home knows, and whether
    a grant that is named is the user's."""
    licence, said = str(given.get("licence") or of.licence), facts(given, of)
    if given.get("grant"):
        said = replace(said, grant="negotiated")
    return Outlook.of(decide(licence, said), unsaid(licence, said))


async def now(tx: Tx) -> int:
    """The time of the ledger's clock, in milliseconds."""
    return await seeing.at(tx)


def _blank(of: Subject) -> dict[str, Any]:
    """A declaration that says nothing yet."""
    return {
        "work": of.work,
        "use": _ID,
        "commit": "0" * 40,
        "licence": of.licence,
        "licence_text": _HASH,
        "user": "individual",
        "purpose": "non-commercial",
        "territory": WORLDWIDE,
        "since": 0,
        "clause": "-",
        "table": "-",
        "outcome": "refused",
    }


def _only(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if given.get(name) is not None}


def _rest(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the verdict depends on, as it was given."""
    return _only(given, "licence", "user", "purpose", "said", "name", "grant", "since", "until")


NAMES = frozenset(field.name for field in fields(DeclareUse)) - {"work", "use", "outsider", "evidence"}
"""What is declared by name."""


async def payload(of: Subject, given: Mapping[str, Any], papers: tuple[Paper, ...], now: int) -> dict[str, Any]:
    """The payload of a declaration but for what follows from it. `now`: milliseconds, where no beginning is said.
    Unprocessable where it lacks something that nobody can fill in."""
    told = {name: given[name] for name in NAMES if given.get(name) not in (None, "")}
    told.setdefault("licence", of.licence)
    told.setdefault("territory", WORLDWIDE)
    told.setdefault("since", now)
    for name in ("clause", "table", "outcome"):
        told.pop(name, None)
    if not told.get("commit"):
        raise Unprocessable("Say which commit is used.")
    if not told.get("licence_text"):
        raise Unprocessable(
            f"The repository holds no text of {told['licence']} in this version. A maintainer puts it into"
            " LICENSES/ID.txt or LICENSE; a program can give its SHA-256 instead."
        )
    named = [{"what": each.what, "digest": each.digest} for each in papers]
    return {**told, "work": of.work, "evidence": named}


async def count(tx: Tx, person: Actor) -> None:
    """TooMany for whoever declares more than anybody reads."""
    if not await limits.within(tx, DECLARED, str(person.id)):
        raise TooMany(DECLARED.sentence)


async def located(store: Store, repository: Repository, of: Subject, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, with the commit that it names (a branch, a tag, an id; the first branch if nothing) and the
    SHA-256 of the licence's text in it. Missing. Not in a transaction."""
    folder = await storage.existing(store.settings, repository.id)
    commit = await refs.resolve(folder, str(given.get("commit") or repository.default_branch))
    found = {**given, "commit": commit}
    if not found.get("licence_text"):
        found["licence_text"] = await licence_text(folder, commit, str(given.get("licence") or of.licence))
    return found


async def licence_text(folder: Path, commit: str, licence: str) -> str | None:
    """The SHA-256 of the text of a licence in a commit: of its file under LICENSES (REUSE 3.3) if the expression names
    one licence, else of the repository's own licence file. None if there is none."""
    ids = list(dict.fromkeys(each.id for each in licences(parse(licence))))
    wanted = [f"LICENSES/{ids[0]}.txt"] if len(ids) == 1 else []
    async with objects.opened(folder) as opened:
        for path in (*wanted, *_TEXTS):
            found = await opened.look(objects.at(commit, path))
            if found is not None and found.kind == "blob" and found.size <= LARGEST_LICENCE:
                return sha256((await opened.read(found.oid))[1]).hexdigest()
    return None


async def declare(store: Store, person: Actor, told: Mapping[str, Any], *, key: str = "") -> Done:
    """Enters a declaration of somebody with an account here, with what follows from it. Not in a transaction."""
    async with store.reading() as tx:
        by = await people.member_of(tx, person.id) or _ID
        blank = {name: told[name] for name in told if name not in ("person", "outsider")}
        person_too = {"person": _HASH} if told.get("person") else {}
        empty = {"use": _ID, "clause": "-", "table": "-", "outcome": "refused"}
        found = await _verdict(tx, by, read(DeclareUse, {**empty, **blank, **person_too}, "use"))
    whole = {**told, "clause": found.clause, "table": found.table, "outcome": found.outcome}
    return await contributing.contribute(store, person, "declare_use", whole, key=key)


def moment(name: str, value: Any) -> int | None:
    """When something begins or ends: a day such as 2030-01-31 (at its beginning, in UTC) or milliseconds; None for
    nothing. Malformed."""
    if value in (None, ""):
        return None
    text = str(value).strip()
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Malformed(f"{name} must be a day such as 2030-01-31.") from error
    return int(datetime(found.year, found.month, found.day, tzinfo=UTC).timestamp()) * 1000


def said(given: Any) -> dict[str, bool]:
    """What was said of how a user works: yes and no alone, what was left open is not said. Malformed."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise Malformed("said must be an object of yes and no.")
    known = {field.name for field in fields(Said)}
    if set(given) - known:
        raise Malformed(f"said speaks of {', '.join(sorted(known))}.")
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    found = {}
    for name, value in given.items():
        if value in (None, ""):
            continue
        answer = value if isinstance(value, bool) else words.get(str(value).lower())
        if answer is None:
            raise Malformed(f"said.{name} must be yes or no.")
        found[name] = answer
    return found


def address(store: Store, repository: Repository) -> str:
    """Where the register of a repository's uses is for people."""
    return f"{repositories.clone_address(store.settings, repository)}/uses"
