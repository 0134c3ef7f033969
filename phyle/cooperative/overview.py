"""The phyle as a whole: its phase, its charter, how many it is, what it shows of itself, and what is due."""

from collections.abc import Mapping
from dataclasses import dataclass

from phyle.cooperative import agenda, lists, seeing
from phyle.cooperative.agenda import Due
from phyle.cooperative.law.founding import Signature
from phyle.cooperative.law.members import FEWEST, Member
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.ledger import append, checkpoints, reading
from phyle.cooperative.seeing import Account, Sight
from phyle.store.transaction import Tx

NEXT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`self_attested`: nobody outside this host proves that its members exist. `ratified`: the charter was confirmed
    after the founders' time; `sunset`: that time is over. `members` and `proposals`: how many, by standing and by
    phase. `entries`: how many the ledger has, `checkpoint`: how many the newest signed head covers. `stopped`: why
    nothing is entered now. `says`: where it stands, in a sentence. Times in milliseconds, 0 for never."""

    origin: str
    host: str
    phase: str
    says: str
    charter: str | None
    charter_since: int
    founded: int
    founders: int
    electors: int
    self_attested: bool
    ratified: bool
    sunset: bool
    unconfirmed: bool
    tiers: tuple[str, ...]
    sunsets: tuple[str, ...]
    face: Mapping[str, str]
    rules: int
    members: Mapping[str, int]
    proposals: Mapping[str, int]
    entries: int
    checkpoint: int
    stopped: str | None
    due: tuple[Due, ...]
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Founder:
    """Who has signed which charter while the phyle gathers. `account`: who it is, for founders to see."""

    member: str
    charter: str
    at: int
    account: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """The founding as far as it has come. `needed`: how many must sign the same charter."""

    phase: str
    needed: int
    signatures: tuple[Founder, ...]


async def overview(tx: Tx) -> Overview | None:
    """The phyle as it stands, None before its ledger has begun."""
    here = await reading.phyle(tx)
    if here is None:
        return None
    head = await checkpoints.newest(tx)
    return Overview(
        origin=here.origin,
        host=here.host,
        phase=here.phase,
        says=says(here),
        charter=here.charter,
        charter_since=here.charter_since,
        founded=here.founded,
        founders=here.founders,
        electors=here.electors,
        self_attested=not here.proven,
        ratified=here.ratified,
        sunset=here.sunset,
        unconfirmed=here.unconfirmed,
        tiers=here.tiers,
        sunsets=here.sunsets,
        face={str(name): value for name, value in here.face},
        rules=here.rules,
        members=await lists.phases(tx, Member),
        proposals=await lists.phases(tx, Proposal),
        entries=await reading.size(tx),
        checkpoint=head.size if head is not None else 0,
        stopped=await append.stopped(tx),
        due=tuple((await agenda.agenda(tx))[:NEXT]),
        now=await seeing.at(tx),
    )


def says(here: Phyle) -> str:
    """Where the phyle stands, in a sentence."""
    if here.unconfirmed:
        return "Entries of the ledger were lost and it was begun again; the members must confirm that."
    return {
        "gathering": f"It is gathering: when {FEWEST} people have signed the same charter they can found it.",
        "active": "It is founded, and decides by its charter.",
        "dormant": f"It is dormant: with fewer than {FEWEST} electors it can admit and let go, and end.",
        "dissolved": "It is dissolved.",
    }[here.phase]


async def gathering(tx: Tx, viewer: Sight, actor: int | None) -> Gathering:
    """Who has signed so far. Whoever has signed sees who the others are."""
    here = await reading.phyle(tx)
    signed = await reading.group(tx, Signature)
    founder = viewer.member in signed
    sight = Sight(member=viewer.member, standing="member") if founder else viewer
    names = await seeing.names(tx, sight, signed)
    return Gathering(
        phase=here.phase if here is not None else "gathering",
        needed=FEWEST,
        signatures=tuple(
            Founder(member=id, charter=it.charter, at=it.at, account=names.get(id)) for id, it in signed.items()
        ),
    )
