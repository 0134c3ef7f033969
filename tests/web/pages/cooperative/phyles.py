"""A phyle in which something of everything has happened, for pages to show."""

from dataclasses import dataclass, field
from typing import Any

from phyle.cooperative import acting, people, seeing
from phyle.cooperative.law.ballots import ballot_id
from phyle.cooperative.law.draws import Draw
from phyle.cooperative.ledger import reading
from phyle.identity.actors import Actor
from phyle.web.pages.cooperative.table import ROUTES
from tests.cooperative.founding import found, pass_time, propose, vote
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock
from tests.instance import Instance

DAY = 24 * 3600 * 1000
RESOLVE = {"kind": "Resolve", "arguments": {}}
BY_LOT = """
## Article 4. By lot

```toml
[office.auditors]
scope = ["register"]
seats = 5
term_days = 100
by = "sortition"
```
"""
MORE = (
    "/phyle/proposals/new?kind=choose",
    "/phyle/proposals/new?kind=elect",
    "/phyle/proposals/new?kind=expel",
    "/phyle/proposals/new?kind=amend",
    "/phyle/proposals/new?kind=face",
    "/phyle/members?who=waiting",
    "/phyle/members/{applicant}",
    "/phyle/booth/{ranking}",
    "/phyle/proposals/{election}",
    "/phyle/appeals/new?against=decision&target={proposals}",
    "/phyle/founding?charter={hash}",
)


@dataclass
class Full:
    """The phyle's people by name, and ids of what there is by the words in the addresses of pages."""

    store: Any
    actors: dict[str, Actor]
    ids: dict[str, str] = field(default_factory=dict)

    def paths(self) -> list[str]:
        """The address of every page that is read."""
        return [
            *(self._path(route.path) for route in ROUTES if route.method == "GET"),
            *(path.format(**self.ids) for path in MORE),
        ]

    def _path(self, path: str) -> str:
        for part in ("<id>", "<hash>", "<seq>"):
            if part in path:
                kind = path.split("/")[2]
                path = path.replace(part, {"<hash>": self.ids["hash"], "<seq>": "3"}.get(part) or self.ids[kind])
        return f"{path}?from={self.ids['hash']}&to={self.ids['hash']}" if path.endswith("/difference") else path

    async def done(self, who: str, kind: str, /, **given: Any) -> Any:
        """Somebody's act; what it says."""
        return (await acting.perform(self.store, self.actors[who], kind, given)).payload


async def full(whole: Instance, clock: Clock, words: str = "Because it is right.") -> Full:
    """Three founders and an applicant; a decision that is appealed against, an open ballot, an election, a charge, an
    assembly, a draw and a moderation. `words`: what people write wherever they can."""
    people_here = {name: (await whole.member(name)).actor for name in ("ana", "ben", "cleo", "dora")}
    it, store = Full(whole.store, people_here), whole.store
    await found(store, list(people_here.values())[:3], charter(articles=BY_LOT))
    await _met(it, words)
    it.ids["proposals"] = await propose(store, it.actors["ana"], RESOLVE, title=words, text=words)
    it.ids["decisions"] = it.ids["proposals"]
    it.ids["booth"] = ballot_id(it.ids["proposals"], 1)
    await pass_time(store, clock, days=1)
    for name, answer in (("ana", "for"), ("ben", "for"), ("cleo", "against")):
        await vote(store, it.actors[name], it.ids["booth"], answer)
    await it.done("cleo", "explain", ballot=it.ids["booth"], reason=words)
    await pass_time(store, clock, days=2)
    appeal = await it.done("cleo", "appeal", against="decision", target=it.ids["proposals"], text=words)
    it.ids["appeals"] = appeal["appeal"]
    await _proposed(it, words)
    await pass_time(store, clock, days=1)
    await _drawn(it, words)
    return it


async def _met(it: Full, words: str) -> None:
    joined = await acting.introduce(it.store, it.actors["dora"], "apply", {"identity": {"name": words}})
    it.ids["applicant"] = joined.payload["member"]
    await it.done("ana", "vouch", member=it.ids["applicant"], statement=words)
    await it.done("cleo", "object", member=it.ids["applicant"], reason=words)
    async with it.store.reading() as tx:
        it.ids["members"] = await people.member(tx, it.actors["ben"].id)
        here, now = await reading.phyle(tx), await seeing.at(tx)
    assert here is not None
    assert here.charter is not None
    it.ids["hash"] = here.charter
    charge = await it.done("ana", "charge", member=it.ids["members"], articles=words, reasons=words)
    it.ids["charges"] = charge["charge"]
    await it.done("ben", "reply", charge=it.ids["charges"], reply=words)
    times = {"opens": now + 20 * DAY, "closes": now + 21 * DAY}
    called = await it.done("ana", "call_assembly", kind="extraordinary", title=words, text=words, **times)
    it.ids["assemblies"] = called["assembly"]


async def _proposed(it: Full, words: str) -> None:
    """A choice among options, and an election."""
    options = [{"label": words, "effects": [RESOLVE]}, {"label": "No", "effects": []}]
    several = await it.done("ben", "propose", title=words, text=words, method="schulze", options=options)
    it.ids["ranking"] = ballot_id(several["proposal"], 1)
    election = {"election": {"office": "stewards", "seats": 1}, "method": "stv", "seats": 1}
    elect = await it.done("ben", "propose", title=words, text=words, **election)
    it.ids["election"] = elect["proposal"]
    for name in ("ana", "cleo"):
        async with it.store.reading() as tx:
            member = await people.member(tx, it.actors[name].id)
        await it.done("ben", "nominate", proposal=it.ids["election"], member=member)
        await it.done(name, "accept_nomination", proposal=it.ids["election"])


async def _drawn(it: Full, words: str) -> None:
    await it.done("ana", "call_draw", purpose="office", about="auditors")
    async with it.store.reading() as tx:
        (it.ids["draws"],) = await reading.group(tx, Draw)
    moderated = await it.done("ana", "moderate", target=words, action="hide", reason=words)
    it.ids["moderation"] = moderated["moderation"]
