"""Uses on the wire: Agreements with a Commitment to `use` or `cite` (FEP-0837, Valueflows), and all that was said."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from phyle.clock import wire_time
from phyle.commons import agreements, repositories, uses, works
from phyle.commons.agreements import UseElsewhere
from phyle.commons.repositories import Repository
from phyle.conversation import paging
from phyle.cooperative import seeing
from phyle.cooperative.law.commons.uses import Use, phase_at
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.ledger import reading, signing
from phyle.federation import contexts
from phyle.federation.wire import Document
from phyle.store.transaction import Tx

_VF = "https://w3id.org/valueflows/ont/vf#"
_TERMS: dict[str, Any] = {
    "vf": _VF,
    **{name: f"vf:{name}" for name in ("Agreement", "Commitment", "note", "hasBeginning", "hasEnd")},
    **{
        name: {"@id": f"vf:{name}", "@type": "@id"}
        for name in ("stipulates", "provider", "receiver", "resourceInventoriedAs")
    },
    "action": {"@id": "vf:action", "@type": "@vocab"},
    "use": "vf:use",
    "cite": "vf:cite",
}
CONTEXT: list[Any] = [*contexts.FOR_FORGE, _TERMS]
TYPE, USE = "Agreement", "phyle:use"
MOST_SHOWN = 500
_SHOWN = (
    "commit licence licence_text user purpose name seat territory adaptation grant clause table outcome entry ruling "
    "ruled_clause"
)


async def find(tx: Tx, number: int) -> Document | None:
    """The agreement with this number, if everybody may read about its work."""
    row = await tx.row(agreements.SQL.get, number)
    if row is None:
        return None
    repository = await repositories.get(tx, row["repository"])
    return await agreement(tx, repository, row["use"]) if repository.public else None


async def agreement(tx: Tx, repository: Repository, place: str) -> Document | None:
    """A use as its home tells it to everybody; who a person is, and who declared, is left out. None for no use."""
    use, work = await reading.get(tx, Use, place), await reading.get(tx, Work, place.partition("/")[0])
    if use is None or work is None:
        return None
    settings, uri = tx.store.settings, repositories.uri(tx.store.settings, repository)
    number, ledger = await agreements.number(tx, repository, place), await signing.origin(tx)
    says = f"{uses.says(use.outcome, use.clause)}; {phase_at(use, await seeing.at(tx))}"
    who = use.name or "a person"
    commitment = {"type": "Commitment", "note": says, **committed(uri, adaptation=use.adaptation)}
    commitment["hasBeginning"] = _time(use.since)
    if use.until:
        commitment["hasEnd"] = _time(use.until)
    return {
        "@context": CONTEXT,
        "id": agreements.uri(settings, number),
        "type": TYPE,
        "context": uri,
        "attributedTo": uri,
        "name": f"{who}: use of {work.name}",
        "summary": says,
        "url": f"{repositories.clone_address(settings, repository)}/uses/{place.partition('/')[2]}",
        "published": _time(use.declared),
        "stipulates": commitment,
        USE: {"ledger": ledger, **_told(place, use, await seeing.at(tx))},
    }


async def line(tx: Tx, repository: Repository) -> list[UseElsewhere]:
    """The uses of all that a fork descends from: of works here as in the ledger, of others as their homes tell."""
    found = await agreements.of_line(tx, repository)
    for each in repository.chain:
        origin = await repositories.at(tx, str(each["id"]))
        work = await works.find(tx, origin) if origin is not None and origin.public else None
        if origin is not None and work is not None:
            places = await uses.of(tx, work[0], paging.page(limit=MOST_SHOWN, most=MOST_SHOWN))
            found += [await _as_told(tx, origin, place, use) for place, use in places.items()]
    return found


async def _as_told(tx: Tx, origin: Repository, place: str, use: Use) -> UseElsewhere:
    """A use of a work here, as others see it."""
    settings, now, id = tx.store.settings, await seeing.at(tx), place.partition("/")[2]
    who = use.name or "a person"
    return UseElsewhere(
        id=id,
        uri=f"{repositories.clone_address(settings, origin)}/uses/{id}",
        repository=repositories.uri(settings, origin),
        title=f"{who}: use of {origin.name}",
        name=use.name or "",
        phase=phase_at(use, now),
        says=uses.says(use.outcome, use.clause),
        page=f"{repositories.clone_address(settings, origin)}/uses/{id}",
        use=_told(place, use, now),
        changed_at=datetime.fromtimestamp(use.declared / 1000, UTC),
    )


def committed(repository: str, *, adaptation: bool) -> dict[str, Any]:
    """What a Commitment is about: a work that is used, or on which another is built."""
    return {
        "action": "cite" if adaptation else "use",
        "provider": repository,
        "resourceInventoriedAs": repository,
    }


def _told(place: str, use: Use, now: int) -> Mapping[str, Any]:
    work, _, id = place.partition("/")
    shown = {name: value for name in _SHOWN.split() if (value := getattr(use, name)) is not None}
    said = {name: value for name, value in asdict(use.said).items() if value is not None}
    named = [{"what": each.what, "digest": each.digest} for each in use.evidence]
    return {
        "id": id,
        "work": work,
        **shown,
        "said": said,
        "evidence": named,
        "phase": phase_at(use, now),
        "since": use.since,
        "until": use.until,
        "declared": use.declared,
        "objections": len(use.objections),
    }


def _time(milliseconds: int) -> str:
    return wire_time(datetime.fromtimestamp(min(milliseconds // 1000, 253402300799), UTC))
