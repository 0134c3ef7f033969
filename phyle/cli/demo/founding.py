"""The first part of the story: two phyles are founded, and somebody joins each."""

import asyncio
from collections.abc import Mapping

from phyle.cli.demo.cast import CAST, PASSWORD, Role
from phyle.cli.demo.charters import HOUSING, MAKERS, TEMPLATE, charter
from phyle.cli.demo.deciding import ATTEMPTS, attempted, put
from phyle.cli.demo.people import Person, Refusal, sign_up, until
from phyle.cli.demo.phyles import Phyle
from phyle.cli.demo.telling import Telling

FOUNDERS = {
    phyle: [role.name for role in CAST if role.founds and role.phyle == phyle] for phyle in ("makers", "housing")
}


async def arrive(telling: Telling) -> None:
    """Everybody has an account, a name and a program."""
    for role in CAST:
        phyle = telling.makers if role.phyle == "makers" else telling.housing
        telling.people[role.name] = Person(
            name=role.name, full_name=role.full_name, about=role.about, password=PASSWORD, phyle=phyle
        )
    await asyncio.gather(*(_arrived(telling, role) for role in CAST))


async def _arrived(telling: Telling, role: Role) -> None:
    person = telling.people[role.name]
    person.token = await telling.once(
        f"{role.name} signs up", lambda: sign_up(person), f"{person.full_name} signs up at {person.phyle.name}"
    )

    async def introduce() -> bool:
        words = {"display_name": role.full_name, "note": role.about}
        await person.ask("PATCH", "/api/v1/accounts/update_credentials", json=words)
        return True

    await telling.once(f"{role.name} introduces themself", introduce)
    person.member = telling.memory.get(f"{role.name} is a member", "")


async def found(telling: Telling) -> None:
    """Three people of each sign a charter, and declare the phyle founded."""
    await asyncio.gather(_founded(telling, telling.makers, MAKERS), _founded(telling, telling.housing, HOUSING))


async def _founded(telling: Telling, phyle: Phyle, clauses: Mapping[str, str]) -> None:
    names = FOUNDERS[phyle.name]
    first = telling.people[names[0]]

    async def draft() -> str:
        template = await first.get(f"/charter/templates/{TEMPLATE}")
        text = charter(template["text"], **clauses)
        return str((await first.post("/founding/charter", text=text))["charter"])

    hash = await telling.once(f"{phyle.name}: a charter", draft, f"{phyle.name} writes its charter")
    for name in names:
        signed = await telling.act(f"{name} signs", name, "/founding/sign", charter=hash)
        _is_member(telling, name, signed["member"])
    words = f"{clauses['name']} is founded: {', '.join(telling.people[name].full_name for name in names)}"
    await telling.act(f"{phyle.name} is founded", names[0], "/founding/found", words, charter=hash)


def _is_member(telling: Telling, name: str, member: str) -> None:
    telling.people[name].member = member
    if telling.memory.get(f"{name} is a member") != member:
        telling.memory.keep(f"{name} is a member", member)


async def join(telling: Telling) -> None:
    """Yusuf joins the makers, Bruno the house: vouched for by two, admitted by all."""
    await asyncio.gather(
        _joined(telling, "yusuf", FOUNDERS["makers"], "We have mended pumps together for six years."),
        _joined(telling, "bruno", FOUNDERS["housing"], "Er hat uns im Januar die Heizung gerettet, nachts um drei."),
    )


async def _joined(telling: Telling, name: str, founders: list[str], because: str) -> None:
    person = telling.people[name]
    applied = await telling.act(f"{name} applies", name, "/applications", f"{person.full_name} applies")
    member = applied["member"]
    _is_member(telling, name, member)
    admit = {"kind": "Admit", "arguments": {"member": member}}
    proposal = {
        "title": f"Welcome {person.full_name}",
        "text": f"{because} Two of us vouch for them; let us not wait two months.",
        "options": [{"label": "Yes", "effects": [admit]}],
    }
    papers = {each: {"paper": "for"} for each in founders}
    for attempt in range(1, ATTEMPTS + 1):
        if attempt > 1:  # whoever was not admitted is no applicant any more
            await telling.try_act(name, "/applications/again", key=attempted(f"{name} applies", attempt))
        for voucher in founders[:2]:
            await _vouched(telling, voucher, name, because, attempt)
        _, outcome = await put(telling, attempted(f"{name} is admitted", attempt), proposal, founders[2], papers)
        if outcome == "executed":
            break

    async def full() -> bool:
        try:
            return bool((await person.get("/members/me"))["membership"]["standing"] == "member")
        except Refusal:
            return False

    await until(full, f"{person.full_name} is a member")


async def _vouched(telling: Telling, voucher: str, name: str, because: str, attempt: int) -> None:
    person = telling.people[name]
    path, step = f"/applications/{person.member}/vouch", attempted(f"{voucher} vouches for {name}", attempt)
    if attempt > 1:  # the first one may still hold
        await telling.try_act(voucher, path, key=step, statement=because)
        return
    words = f"{telling.people[voucher].full_name} vouches for {person.full_name}"
    await telling.act(step, voucher, path, words, statement=because)
