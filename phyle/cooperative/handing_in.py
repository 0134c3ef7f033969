"""Handing in acts that members sign with keys of their own: the signature proves who acts, so nobody logs in for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from phyle.cooperative import abilities, acting
from phyle.cooperative.acting import Done
from phyle.cooperative.forms import FORMS, sealable, text
from phyle.cooperative.law import acts as law
from phyle.cooperative.law.acts import Act
from phyle.cooperative.law.commons.outsiders import Contributor, Outsider
from phyle.cooperative.law.founding import Signature
from phyle.cooperative.law.members import Custody, Introduction, Member
from phyle.cooperative.law.naming import commitments_of
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import acts, reading
from phyle.cooperative.ledger.blobs import keep_blob
from phyle.cooperative.ledger.openings import Audience, Opening
from phyle.errors import Malformed, Refused, Unproven
from phyle.identity import limits
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.store.transaction import Store, Tx

BY_ADDRESS = Limit(name="acts-address", most=300, window=timedelta(minutes=5))
MOST_TEXTS = 4
_SALT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenOpening:
    """A value that the act commits to, and the salt of the commitment: 32 hexadecimal digits."""

    value: Any
    salt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """An act as it was signed (FEP-8b32, `eddsa-jcs-2022`), what opens its commitments, and the texts that it names."""

    act: Mapping[str, Any]
    openings: tuple[GivenOpening, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An act whose author is proven, with its payload as a value and the openings for those for whom they are meant."""

    act: Act
    payload: Any
    author: law.Author
    openings: tuple[Opening, ...]


async def hand_in(
    store: Store,
    document: Mapping[str, Any],
    *,
    openings: Sequence[Any],
    texts: Sequence[Any],
    place: str,
    actor: Actor | None = None,
) -> Done:
    """Enter a signed act. `place`: the network address that it comes from, by which it is counted; `actor`: who is
    logged in, which newcomers must be. Raises the Refusal of the law; Unproven, before anything is kept, if the
    signature is not its author's."""
    await limits.count(store, BY_ADDRESS, limits.place(place))
    async with store.reading() as tx:
        given = await judged(tx, document, openings)
    async with store.transaction() as tx:
        if isinstance(given.payload, Introduction):
            await _newcomer(tx, actor, given)
        elif (told := outsider(given)) is not None:
            await _begin(tx, actor, given, told)
        await keep_texts(tx, texts)
    answer = await acts.submit(store, document, author=given.author, openings=given.openings)
    return Done(kind=given.act.kind, payload=given.act.payload, answer=answer)


async def _newcomer(tx: Tx, actor: Actor | None, given: Judged) -> None:
    """A key says nothing of whose it is, so whoever becomes known by one has an account here, and says so."""
    account = _of_account(tx, actor, given, given.payload.via)
    if given.act.kind != "rebind":
        await acting.claim(tx, account, given.payload.member)


async def _begin(tx: Tx, actor: Actor | None, given: Judged, told: Outsider) -> None:
    """Whoever contributes without being a member has an account here, or comes by their own server."""
    account = _of_account(tx, actor, given, told.via)
    await acting.claim(tx, account, told.id)


def _of_account(tx: Tx, actor: Actor | None, given: Judged, via: str) -> Actor:
    if actor is None:
        raise Refused("Newcomers log in here, follow the members group, or come by their own phyle.")
    claimed = [opening.value for opening in given.openings if opening.name == "actor"]
    if via != tx.store.settings.domain or claimed != [actor.uri]:
        raise Refused("What begins here is for the account that is logged in, on the word of this host.")
    return actor


def outsider(given: Judged) -> Outsider | None:
    """Who somebody says they are who is no member, in their first act; None in every other."""
    told: Outsider | None = getattr(given.payload, "outsider", None)
    return told


async def judged(tx: Tx, document: Mapping[str, Any], openings: Sequence[Any]) -> Judged:
    """A signed act, as far as it can be judged before it is kept: it is of a kind that people do, the signature is its
    author's, and its openings open what it commits to. Malformed, Refused or Unproven if not."""
    act = law.read_act(document)
    if act.kind not in FORMS or act.kind not in LAW.acts:
        raise Malformed(f"There is no act called {act.kind[:40]!r} that people do.")
    payload: Any = read(LAW.acts[act.kind].payload, act.payload, "payload")
    abilities.check_act(act.kind, act.payload)
    custody = _proven(act, document, await _known(tx, act, payload))
    opened = tuple(_opening(act, each) for each in openings)
    missing = commitments_of(act.payload, {}).keys() - {each.commitment for each in opened}
    if missing:  # nobody could ever verify it, and every audit by a member would call it withheld
        raise Malformed(f"The act commits to {len(missing)} more than it comes with openings for.", cause=min(missing))
    author: law.Author = "member-key" if custody == "member" else "server-key"
    return Judged(act=act, payload=payload, author=author, openings=opened)


async def keep_texts(tx: Tx, texts: Sequence[Any]) -> None:
    """The texts that an act names by their hash. Malformed if they are too many."""
    if len(texts) > MOST_TEXTS:
        raise Malformed(f"An act comes with at most {MOST_TEXTS} texts.")
    for each in texts:
        await keep_blob(tx, text("texts", each).encode())


async def _known(tx: Tx, act: Act, payload: Any) -> Member | Introduction | Contributor | Outsider:
    """By whose key the act must be signed."""
    member = await reading.get(tx, Member, act.by)
    if member is not None:
        return member
    if isinstance(payload, Introduction):
        return payload
    known = await reading.get(tx, Contributor, act.by) or getattr(payload, "outsider", None)
    if known is not None:
        return cast(Contributor | Outsider, known)
    signature = await reading.get(tx, Signature, act.by)
    if signature is None:
        raise Refused("Only members can do this, and you are not known as one here.")
    return signature.introduction


def _proven(act: Act, document: Mapping[str, Any], known: Member | Introduction | Contributor | Outsider) -> Custody:
    """Who keeps the key that the act is signed with: the member's own, or that of whoever acts for them. What anybody
    can verify is verified before the act is written down; the law asks again."""
    custodies: dict[str | None, Custody] = {}
    if isinstance(known, Member) and known.representative is not None:
        custodies[known.representative.key] = known.representative.custody
    custodies[known.key] = known.custody
    signer = law.key_of(act.proof)
    if signer not in custodies:
        raise Unproven("The act is signed by another key than its author's.")
    law.verify(document, signer)
    return custodies[signer]


def _opening(act: Act, given: Any) -> Opening:
    """What opens one of the act's commitments, for those for whom its kind means it."""
    if not isinstance(given, Mapping) or set(given) != {"value", "salt"}:
        raise Malformed("An opening has a value and a salt, and nothing else.")
    salt = given["salt"]
    if not isinstance(salt, str) or len(salt) != _SALT or not set(salt) <= set("0123456789abcdef"):
        raise Malformed("A salt has 32 hexadecimal digits.")
    value = sealable("value", given["value"])
    bare = Opening(name="", value=value, salt=salt, audience="members")
    form = FORMS[act.kind]
    for name, audience, commitment in _commitments(act):
        if commitment == bare.commitment:
            about = str(act.payload.get(form.about, ""))[:64]
            return Opening(name=name, value=value, salt=salt, audience=audience, about=about)
    raise Malformed("An opening is of nothing that the act commits to.")


def _commitments(act: Act) -> Iterator[tuple[str, Audience, Any]]:
    """Name, audience and commitment of all that an act commits to."""
    form = FORMS[act.kind]
    for name, audience in form.sealed.items():
        yield name, audience, act.payload.get(name)
    for path in form.named:
        inner: Any = act.payload
        for part in path.split("."):
            inner = inner.get(part) if isinstance(inner, Mapping) else None
        for name, commitment in inner.items() if isinstance(inner, Mapping) else ():
            yield name, "members" if name == "actor" else "register", commitment
