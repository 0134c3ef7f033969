"""Making a proposal: what kind, its form, and the act; and changing one before it is voted on."""

import asyncio
from typing import Any

from phyle.cooperative import charters, disputes, interventions, lists, overview, seeing
from phyle.cooperative.forms import LONGEST_TEXT
from phyle.cooperative.law.charges import Charge
from phyle.cooperative.law.matters import PARAMS
from phyle.cooperative.law.rebindings import Rebinding
from phyle.cooperative.ledger import reading, rotating
from phyle.cooperative.wording import who
from phyle.errors import Missing, Refusal, Refused, Unprocessable
from phyle.store.transaction import Tx
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.choosing import among, meant
from phyle.web.pages.cooperative.fields import Field, Kind, arguments
from phyle.web.pages.cooperative.frame import PROPOSALS, act, again, framed, part_of, sight
from phyle.web.pages.cooperative.matters import KINDS
from phyle.web.pages.cooperative.words import METHODS
from phyle.web.pages.share import new_key
from phyle.web.pages.visitors import first_log_in, to

NEW = "/phyle/proposals/new"
STAYS = "Everything stays as it is"
MOST_LINES = 40
HOLDS = ("provisional", "confirmed")


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/proposals/new: the kinds; with `kind`, its form."""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    viewer = await sight(asked)
    here = await overview.overview(asked.tx)
    if here is None or here.charter is None:
        raise Refused("This phyle is not founded yet; there is nothing to decide by.")
    if not viewer.inside:
        raise Refused("Members make proposals, from their probation on: when enough members have vouched for them.")
    kind = KINDS.get(asked.text("kind"))
    if kind is None:
        groups: dict[str, list[Kind]] = {}
        for each in KINDS.values():
            groups.setdefault(each.group, []).append(each)
        return framed(asked, "proposal_kinds", viewer, part=PROPOSALS, fault=fault, groups=groups)
    charter = await charters.in_force(asked.tx)
    governs = charter.powers[kind.effect]
    return framed(
        asked,
        "proposal_new",
        viewer,
        part=PROPOSALS,
        fault=None if fault is None else Unprocessable(fault.sentence.partition("\n")[0]),
        problems=fault.sentence.split("\n")[1:] if fault is not None else [],
        kind=kind,
        governs=governs,
        choices={field.name: await _choices(asked, field, charter, elected=kind.election) for field in kind.fields},
        methods={name: METHODS[name] for name in governs.methods if name != "yesno"},
        called=METHODS,
        amounts=any(name in PARAMS for name in governs.methods),
        charter=charter if kind.charter else None,
        key=asked.text("key", most=100) or new_key(),
        stays=STAYS,
        begun=_begun(asked, kind),
    )


def _begun(asked: Asked, kind: Kind) -> dict[str, str]:
    """What the fields hold when the form is opened: what was typed, or what the link to it says."""
    names = ("title", "text", *(field.name for field in kind.fields))
    return {name: str(asked.parameters.get(name) or "") for name in names}


async def _choices(
    asked: Asked, field: Field, charter: charters.ShownCharter, *, elected: bool
) -> list[tuple[str, str]]:
    """What can be chosen in a field, with words for it. `elected`: only offices that are filled by election."""
    viewer = await sight(asked)
    if field.sort == "member":
        return [(choice.id, choice.name) for choice in await among(asked.tx, viewer, *field.standings)]
    if field.sort == "office":
        return [
            (office.name, f"{office.name} ({office.seats} {'seat' if office.seats == 1 else 'seats'})")
            for office in charter.offices
            if office.by == "election" or not elected
        ]
    if field.sort == "charge":
        held = await lists.newest(asked.tx, Charge, part_of(asked, most=100))
        live = {each.id: each.value for each in held if not each.value.expelled and not each.value.withdrawn}
        names = await seeing.called(asked.tx, viewer, {charge.member for charge in live.values()})
        return [(id, f"{who(charge.member, names)}: {charge.articles}") for id, charge in live.items()]
    if field.sort == "rebinding":
        return await _rebindings(asked, viewer)
    if field.sort == "moderation":
        return await _moderations(asked, viewer)
    return list((field.choices or {}).items())


async def _rebindings(asked: Asked, viewer: seeing.Sight) -> list[tuple[str, str]]:
    found, _ = await disputes.rebindings(asked.tx, part_of(asked, most=100))
    live = [each for each in found if each.phase in ("open", "waiting")]
    names = await seeing.called(asked.tx, viewer, {each.old for each in live})
    return [(each.id, f"{who(each.old, names)}, by an account at {each.via}") for each in live]


async def _moderations(asked: Asked, viewer: seeing.Sight) -> list[tuple[str, str]]:
    """What is in force, the newest first."""
    page = part_of(asked, most=100)
    done, _ = await interventions.moderations(asked.tx, viewer, page)
    withheld, _ = await interventions.withholdings(asked.tx, viewer, page)
    shown = [(each.id, f"{each.action}: {each.target}") for each in done if each.phase in HOLDS]
    return shown + [(each.id, f"withheld: {each.reason or each.target}") for each in withheld if each.phase in HOLDS]


async def propose(asked: Asked) -> Answer:
    """POST /phyle/proposals/new"""
    kind = KINDS.get(asked.text("kind"))
    if kind is None:
        raise Missing("There is no such kind of proposal.")
    try:
        done = await act(asked, "propose", {**await _matter(asked, kind), **_words(asked)})
    except Refusal as refusal:
        return await again(asked, show, refusal)
    return redirect(to(f"{PROPOSALS}/{done.payload['proposal']}", done="proposed"))


def _words(asked: Asked) -> dict[str, Any]:
    title, text = asked.text("title").strip(), asked.text("text").replace("\r\n", "\n").strip()
    if not title or not text:
        raise Unprocessable("A proposal needs a title and a text that gives its reasons.")
    return {"title": title, "text": text}


async def _matter(asked: Asked, kind: Kind) -> dict[str, Any]:
    """What is voted on, from the fields of the form."""
    async with asked.store.reading() as tx:
        asked.tx = tx
        typed = await _typed(asked, kind)
        now, about = await seeing.at(tx), await _about(tx, typed)
    if kind.election:
        seats = typed.get("seats") or 1
        return {"election": {"office": typed["office"], "seats": seats}, "seats": seats, **_method(asked)}
    given = {**arguments(kind, typed, now), **about}
    if kind.charter:
        given["charter"] = (await asyncio.to_thread(charters.checked, asked.text("charter", most=400_000))).decode()
    if kind.key_made:
        async with asked.store.transaction() as tx:
            given["key"] = await rotating.prepare(tx, "log" if given["which"] == "log" else "credential")
    effect = {"kind": kind.effect, "arguments": given}
    if kind.several:
        return {"options": _options(asked, effect), "seats": asked.number("winners") or 1, **_method(asked)}
    return {"options": [{"label": "Yes", "effects": [effect]}]}


async def _about(tx: Tx, typed: dict[str, Any]) -> dict[str, Any]:
    """The member whom a charge or a request is about."""
    if charge := typed.get("charge"):
        accused = await reading.get(tx, Charge, charge)
        return {"member": accused.member} if accused is not None else {}
    if rebinding := typed.get("rebinding"):
        asks = await reading.get(tx, Rebinding, rebinding)
        return {"member": asks.old} if asks is not None else {}
    return {}


async def _typed(asked: Asked, kind: Kind) -> dict[str, Any]:
    """What the fields hold. Unprocessable for what is needed and empty."""
    found: dict[str, Any] = {}
    for field in kind.fields:
        value = asked.text(field.name, most=LONGEST_TEXT).replace("\r\n", "\n").strip()
        if not value and field.needed:
            raise Unprocessable(f"“{field.label}” is still empty.")
        if field.choices and value and value not in field.choices:
            raise Unprocessable(f"“{field.label}” cannot be {value[:40]}.")
        if field.sort == "number":
            found[field.name] = asked.number(field.name)
        elif field.sort == "member" and value:
            found[field.name] = await meant(asked.tx, await sight(asked), value)
        else:
            found[field.name] = value
    if kind.either and sum(bool(found.get(name)) for name in kind.either) != 1:
        labels = " or ".join(f"“{field.label}”" for field in kind.fields if field.name in kind.either)
        raise Unprocessable(f"Fill in {labels}: one of them, not both.")
    return found


def _options(asked: Asked, effect: dict[str, Any]) -> list[dict[str, Any]]:
    """One option in each line, and that everything stays as it is."""
    lines = [line.strip() for line in asked.text("options").splitlines() if line.strip()]
    if len(lines) < 2:
        raise Unprocessable("Write at least two options, each in a line of its own.")
    if len(lines) > MOST_LINES:
        raise Unprocessable(f"More than {MOST_LINES} options cannot be overseen.")
    return [*({"label": line, "effects": [effect]} for line in lines), {"label": STAYS, "effects": []}]


def _method(asked: Asked) -> dict[str, Any]:
    method = asked.text("method")
    if method not in METHODS:
        raise Unprocessable("Choose how people vote.")
    number = asked.number("amount")
    return {"method": method, **({"params": {PARAMS[method][0]: number}} if number and method in PARAMS else {})}
