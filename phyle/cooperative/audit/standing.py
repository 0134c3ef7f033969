"""How the members of a phyle are known, and on how few that rests: by key, by domain, by who vouched."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from phyle.cooperative.law.members import Member
from phyle.cooperative.law.state import State

PRESENT = frozenset({"member", "probation", "lapsed", "suspended"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`part` of `whole` members, by what they have in common."""

    name: str
    part: int
    whole: int

    def __str__(self) -> str:
        return f"{self.name} {self.part} of {self.whole}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`known_by`: members by how their acts are known, and by whom. `domain`: the largest share known through one.
    `voucher`: the member without whose word most others would not be members, directly or through others."""

    members: int
    electors: int
    standings: Mapping[str, int]
    known_by: tuple[Share, ...]
    domain: Share | None
    voucher: Share | None


def standing(state: State) -> Standing:
    """The members as they stand."""
    every = dict(state.all(Member))
    present = {id: member for id, member in every.items() if member.standing in PRESENT}
    known = Counter(known_by(member) for member in present.values())
    domains = Counter[str](member.via for member in present.values())
    here = state.all(Member)
    return Standing(
        members=len(present),
        electors=sum(member.standing == "member" for _, member in here),
        standings=dict(sorted(Counter(member.standing for member in every.values()).items())),
        known_by=tuple(_share(known, name, len(present)) for name in sorted(known)),
        domain=_largest(domains, len(present)),
        voucher=_largest(hanging(every), len(present)),
    )


def known_by(member: Member) -> str:
    """How the acts of a member are known, and by whom."""
    if member.custody == "member":
        return "member-key"
    return f"{'server-key' if member.custody == 'server' else 'attested'} {member.via}"


def hanging(members: Mapping[str, Member]) -> Counter[str]:
    """By member, how many others would not be here without them: those who were admitted with no voucher to spare and
    of whose vouchers one is the member or hangs on them. Founders and those admitted by decision hang on nobody."""
    order = sorted(members, key=lambda id: (members[id].admitted, id))
    place = {id: 1 << number for number, id in enumerate(order)}
    above: dict[str, int] = {}
    found: Counter[str] = Counter()
    for id in order:
        member = members[id]
        needed = member.vouchers if member.threshold and len(member.vouchers) <= member.threshold else ()
        above[id] = 0
        for voucher in needed:
            above[id] |= place.get(voucher, 0) | above.get(voucher, 0)
    for id in order:
        if members[id].standing in PRESENT:
            found.update(order[number] for number in _bits(above[id]))
    return found


def _bits(number: int) -> list[int]:
    found = []
    while number:
        lowest = number & -number
        found.append(lowest.bit_length() - 1)
        number ^= lowest
    return found


def _share(counted: Mapping[str, int], name: str, whole: int) -> Share:
    return Share(name=name, part=counted[name], whole=whole)


def _largest(counted: Mapping[str, int], whole: int) -> Share | None:
    if not counted or not whole:
        return None
    return _share(counted, min(counted, key=lambda name: (-counted[name], name)), whole)
