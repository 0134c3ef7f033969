"""The last part of the story: who uses what the makers made, who may under which clause, and who did what for it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from phyle.cli.demo.deciding import decided
from phyle.cli.demo.history import PROJECT
from phyle.cli.demo.making import AT
from phyle.cli.demo.people import Person, Refusal, until
from phyle.cli.demo.telling import Telling

_WORKERS = {
    "surplus_to_workers": True,
    "indivisible_reserves": False,
    "outside_investors": False,
    "waged_non_members": False,
}
_COLLECTIVE: dict[str, Any] = {
    "user": "worker-cooperative",
    "name": "Hauskollektiv Lindenhof eG",
    "seat": "Leipzig",
    "territory": "Germany",
    "said": _WORKERS,
}
_STATUTES = """Satzung des Hauskollektivs Lindenhof eG, Auszug

§ 3 Mitglied wird, wer im Kollektiv arbeitet. Wer länger als ein halbes Jahr mitarbeitet, wird Mitglied.
§ 9 Der Überschuss wird vollständig unter den arbeitenden Mitgliedern verteilt. Rücklagen, die niemandem gehören, werden
nicht gebildet; investierende Mitglieder gibt es nicht.
"""
_SOUTH: dict[str, Any] = {
    "user": "worker-cooperative",
    "name": "Calor del Sur, S. Coop. And.",
    "seat": "Sevilla",
    "territory": "Spain",
    "said": _WORKERS,
}
_TENANTS: dict[str, Any] = {
    "user": "consumer-cooperative",
    "name": "Wohnungsgenossenschaft Lindenhof eG",
    "seat": "Leipzig",
    "territory": "Germany",
    "said": {"social_economy": True},
}
_FIRM: dict[str, Any] = {
    "user": "private-firm",
    "name": "Kessel & Sohn Wärme GmbH",
    "seat": "Kassel",
    "territory": "Germany",
    "said": {"employees": True, "profit": True},
}


async def use(telling: Telling) -> None:
    """Declared from both phyles; and contributions that nothing was merged for."""
    await asyncio.gather(
        _recognised(telling), _refused(telling), _objected(telling), _negotiated(telling), _made(telling)
    )


async def _recognised(telling: Telling) -> None:
    """The house's caretakers own their work: 4(c), on the strength of statutes and a credential."""
    tobias = telling.people["tobias"]

    async def credential() -> Any:
        try:
            return await tobias.get("/members/me/credential")
        except Refusal:
            return None

    async def declared() -> str:
        shown = await until(credential, "Tobias's credential")
        evidence = [{"what": "statutes", "text": _STATUTES}, {"what": "credential", "text": shown}]
        return await _declared(telling, tobias, {**_COLLECTIVE, "evidence": evidence})

    words = "The caretakers' collective of the house declares its use: recognised under 4(c)"
    await telling.once("the collective's use", declared, words)


async def _declared(telling: Telling, by: Person, facts: dict[str, Any]) -> str:
    """A commercial use, declared to the makers from the house; what they say. Once for each name and grant."""

    async def mine() -> dict[str, Any] | None:
        for each in await by.get("/declarations"):
            said = each["payload"]
            if (said.get("name"), said.get("grant")) == (facts["name"], facts.get("grant")):
                return dict(each)
        return None

    if await mine() is None:
        work = f"@{PROJECT}.git@{telling.makers.host}"
        await by.post("/declarations", work=work, purpose="commercial", **facts)

    async def answered() -> str:
        found = await mine()
        return str(found["state"]) if found is not None and found["state"] != "sent" else ""

    return str(await until(answered, f"the makers answer {facts['name']}"))


async def _refused(telling: Telling) -> None:
    """A firm with an account at the makers, which nobody is a member with."""
    kessel = telling.people["kessel"]

    async def declared() -> Any:
        done = await kessel.post(f"{AT}/uses", key="the firm's use", purpose="commercial", **_FIRM)
        return done["payload"]["outcome"]

    words = "Kessel & Sohn, who pay wages and take the profit, declare theirs: refused under 4(d)"
    await telling.once("the firm's use", declared, words)


async def _objected(telling: Telling) -> None:
    """A use is recognised by its facts, and a member doubts them."""
    carmen, inaki = telling.people["carmen"], telling.people["inaki"]
    await telling.once("the south's use", lambda: _declared(telling, carmen, _SOUTH))

    async def objected() -> bool:
        found = next(each for each in await inaki.get(f"{AT}/uses") if each["name"] == _SOUTH["name"])
        text = "He trabajado allí: once de los diecisiete montadores no son socios. Que enseñen los estatutos."
        await inaki.post(f"{AT}/uses/{found['id']}/object", key="inaki objects", text=text)
        return True

    words = "Carmen declares one for friends in Sevilla; Iñaki objects, so it is contested until the makers rule"
    await telling.once("inaki objects", objected, words)


async def _negotiated(telling: Telling) -> None:
    """The house itself is no worker co-operative, so its use takes a licence of its own, which the makers decide on."""
    hannah, name = telling.people["hannah"], _TENANTS["name"]
    words = "The housing co-operative itself declares: that needs a licence of its own"
    await telling.once("the house's use", lambda: _declared(telling, hannah, _TENANTS), words)
    over = telling.memory.get("the grant ends")
    if over is None:
        over = int((datetime.now(UTC) + timedelta(days=730)).timestamp()) * 1000
        telling.memory.keep("the grant ends", over)
    work = str(telling.memory["the work"])
    grant = {
        "kind": "Grant",
        "arguments": {
            "licence": "negotiated",
            "name": name,
            "until": over,
            "work": work,
            "text": _terms(telling, over),
        },
    }
    proposal = {
        "title": f"A licence for {name}",
        "text": "They are tenants and no firm, they heat sixty-four flats with it, and they mend what they find. Two "
        "years, for Germany, with our name on the lid and two hundred euros a year for the workshop.",
        "options": [{"label": "Yes", "effects": [grant]}],
    }
    papers = {"greta": {"paper": "for"}, "maeve": {"paper": "for"}, "inaki": {"paper": "abstain"}}
    id = await decided(telling, "the grant", proposal, "maeve", papers)

    async def again() -> str:
        shown = await telling.people["maeve"].get(f"/proposals/{id}")
        (effect,) = shown["proposal"]["options"][0]["effects"]
        given = {**_TENANTS, "grant": effect["arguments"]["grant"], "until": over - 1000}
        return await _declared(telling, hannah, given)

    await telling.once("the house's use, by its licence", again, "Hannah declares again, by that licence: recognised")


def _terms(telling: Telling, over: int) -> str:
    """An agreement in ODRL."""
    ends = datetime.fromtimestamp(over // 1000, UTC).isoformat()
    year = {"leftOperand": "payAmount", "operator": "eq", "rightOperand": "200.00", "unit": "EUR per year"}
    return json.dumps(
        {
            "@context": "http://www.w3.org/ns/odrl.jsonld",
            "@type": "Agreement",
            "assigner": f"{telling.makers.origin}/",
            "assignee": _TENANTS["name"],
            "permission": [
                {
                    "target": f"{telling.makers.origin}/@{PROJECT}.git",
                    "action": "use",
                    "constraint": [
                        {"leftOperand": "spatial", "operator": "eq", "rightOperand": "DE"},
                        {"leftOperand": "dateTime", "operator": "lt", "rightOperand": ends},
                    ],
                    "duty": [
                        {"action": "attribute"},
                        {"action": [{"value": "compensate", "refinement": [year]}]},
                    ],
                }
            ],
        },
        indent=1,
    )


async def _made(telling: Telling) -> None:
    """What was done and is in no merge: claimed, and validated by somebody else; one still waits."""
    design = {
        "what": "design",
        "subject": f"{telling.makers.origin}/@{PROJECT}.git",
        "text": "The case, drawn and printed nine times until the lid closed.",
    }
    claimed = await telling.act("yusuf claims", "yusuf", f"{AT}/contributions", **design)
    await telling.act(
        "greta validates",
        "greta",
        f"{AT}/contributions/{claimed['contribution']}/validate",
        "Yusuf claims the design of the case, Greta validates it",
        text="I have all nine of them on the shelf.",
    )
    care = {
        "what": "care",
        "subject": f"{telling.makers.origin}/@{PROJECT}.git",
        "text": "Cooked for both build weekends, and kept the little ones away from the solder.",
    }
    await telling.act("inaki claims", "inaki", f"{AT}/contributions", "Iñaki claims one that waits for you", **care)
