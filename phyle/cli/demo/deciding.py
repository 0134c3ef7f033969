"""How a phyle decides in the story: somebody proposes, people vote from their programs, and the minute passes."""

from collections.abc import Callable, Mapping
from typing import Any

from phyle.cli.demo.people import Person, until
from phyle.cli.demo.telling import Telling

Papers = Mapping[str, Any]
ATTEMPTS = 3
_OVER = ("executed", "failed", "sent_back", "annulled", "withdrawn", "decided")


async def decided(
    telling: Telling,
    step: str,
    proposal: Mapping[str, Any],
    by: str,
    papers: Papers | Callable[[Mapping[str, Any]], Papers],
    *,
    candidates: tuple[str, ...] = (),
) -> str:
    """A proposal that is carried; its id. Where this process ended while a ballot was open, too few may have voted:
    then it is put again. `papers`: what each votes, or how that follows from the proposal on the ballot."""
    id = ""
    for attempt in range(1, ATTEMPTS + 1):
        name = attempted(step, attempt)
        id, outcome = await put(telling, name, proposal, by, papers, candidates=candidates)
        if outcome == "executed":
            return id
    telling.say(f"Not carried: {proposal['title']}")
    return id


def attempted(step: str, attempt: int) -> str:
    """What a step is called when it is tried again."""
    return step if attempt == 1 else f"{step}, once more ({attempt})"


async def put(
    telling: Telling,
    step: str,
    proposal: Mapping[str, Any],
    by: str,
    papers: Papers | Callable[[Mapping[str, Any]], Papers],
    *,
    candidates: tuple[str, ...] = (),
) -> tuple[str, str]:
    """A proposal, once: its id and what became of it."""
    title = proposal["title"]
    made = await telling.act(f"{step}: proposed", by, "/proposals", f"Proposed: {title}", **proposal)
    id = str(made["proposal"])
    new = f"{step}: outcome" not in telling.memory
    outcome = await telling.once(f"{step}: outcome", lambda: _voted(telling, step, id, by, papers, candidates))
    if new:
        telling.say(f"Decided: {title}" if outcome == "executed" else f"Too few came in time: {title}")
    return id, str(outcome)


async def _voted(
    telling: Telling,
    name: str,
    id: str,
    by: str,
    papers: Papers | Callable[[Mapping[str, Any]], Papers],
    candidates: tuple[str, ...],
) -> str:
    person = telling.people[by]
    if candidates:
        await _stand(telling, name, id, by, candidates)

    async def balloting() -> Any:
        found = await _shown(person, id)
        return found if found["ballot"] or found["phase"] in _OVER else None

    found = await until(balloting, f"the ballot of {id}")
    chosen = papers(found) if callable(papers) else papers
    for voter, choice in chosen.items():
        await telling.try_act(voter, f"/ballots/{found['ballot']}/vote", key=f"{name}: {voter} votes", choice=choice)

    async def over() -> str:
        phase = str((await _shown(person, id))["phase"])
        return phase if phase in _OVER else ""

    return str(await until(over, f"the end of {id}", seconds=240))


async def _stand(telling: Telling, name: str, id: str, by: str, candidates: tuple[str, ...]) -> None:
    """Each names themselves, and then somebody else stands behind it."""
    for each in candidates:
        member = telling.people[each].member
        await telling.try_act(each, f"/proposals/{id}/nominate", key=f"{name}: {each} stands", member=member)
    second = next(each for each in candidates if each != by)
    await telling.try_act(second, f"/proposals/{id}/sponsor", key=f"{name}: seconded")


async def _shown(person: Person, id: str) -> Mapping[str, Any]:
    shown: Mapping[str, Any] = (await person.get(f"/proposals/{id}"))["proposal"]
    return shown
