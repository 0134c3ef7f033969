"""The pages of uses: the register, a declaration with what follows beforehand, objections, licences of one's own."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from phyle.commons import agreements, declaring, evidence, licensing, permission, uses, works
from phyle.commons.activities import agreement_documents
from phyle.commons.contributions import work_of
from phyle.commons.declaring import Outlook
from phyle.commons.evidence import Paper
from phyle.conversation import paging
from phyle.cooperative import seeing
from phyle.cooperative.licences.deciding import table_of
from phyle.cooperative.licences.expressions import choices, licences, parse
from phyle.cooperative.licences.facts import KINDS, SAID
from phyle.errors import Missing, Refusal, Unprocessable
from phyle.store.transaction import Tx
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.licensing import terms, whom
from phyle.web.commons.opening import opened, permitted
from phyle.web.commons.uses import answered, declared, told
from phyle.web.pages.commons.contributions import ON_A_PAGE, person
from phyle.web.pages.commons.frame import USES, base, framed
from phyle.web.pages.commons.tried import SHOWN, after, done, tried
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import first_log_in

WHO: Mapping[str, str] = {
    "individual": "I, as a person",
    "sole-producer": "I, who produce alone",
    "worker-cooperative": "A worker co-operative",
    "worker-collective": "A collective of workers",
    "consumer-cooperative": "A consumer or housing co-operative",
    "multi-stakeholder-cooperative": "A co-operative of workers and others",
    "platform-cooperative": "A platform co-operative",
    "non-profit": "An association or another non-profit",
    "public-body": "A public body",
    "private-firm": "A privately owned firm",
}
QUESTIONS: Mapping[str, str] = {
    "surplus_to_workers": "Does all financial gain go to those who work there and own it?",
    "indivisible_reserves": "Does a part of it go into reserves that can never be distributed?",
    "outside_investors": "Does anybody have a share of the gain who does not work there?",
    "waged_non_members": "Do people work there for wages who own no part of it?",
    "employees": "Does anybody work there for wages?",
    "profit": "Does it seek to make a profit?",
    "social_economy": "Is it an enterprise of the social and solidarity economy, by law?",
    "wage_portage": "Are you employed through a wage portage entity that works with no freelancers?",
}
ANSWERS = {"object": "object_to_use", "withdraw": "withdraw_use"}


async def listing(asked: Asked) -> Answer:
    """GET /@NAME.git/uses: the register of a work; of a fork, also those of all that it descends from."""
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked)
        work = await works.find(tx, repository)
        viewer = await seeing.sight(tx, asked.viewer.actor_id)
        bounds = paging.page(limit=ON_A_PAGE, max_id=asked.number("below"))
        shown = await uses.shown(tx, viewer, await uses.of(tx, work[0], bounds)) if work is not None else []
        line = await agreement_documents.line(tx, repository)
        granted = await licensing.grants(tx, viewer, work=work[0]) if work is not None else []
    older = shown[-1].entry if len(shown) == ON_A_PAGE else None
    more: dict[str, Any] = {"work": work, "shown": shown, "line": line, "granted": granted, "older": older}
    return framed(asked, "uses", repository, tab=USES, done=done(asked), **more)


async def new(asked: Asked) -> Answer:
    """GET /@NAME.git/uses/declare"""
    return await _form(asked, None)


async def _form(asked: Asked, fault: Refusal | None, outlook: Outlook | None = None) -> Answer:
    if asked.viewer.actor is None:
        return first_log_in(asked)
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked)
        _, work = await work_of(tx, repository)
    return framed(
        asked, "use_new", repository, tab=USES, fault=fault, work=work, **fields(asked, work.licence, outlook)
    )


def fields(asked: Asked, licence: str, outlook: Outlook | None) -> dict[str, Any]:
    """What a form of a declaration is made of."""
    expression = parse(licence)
    wanted = {name for each in licences(expression) for name in table_of(each.id).asks}
    said = asked.parameters.get("said")
    return {
        "users": [(kind, WHO[kind]) for kind in KINDS],
        "questions": [(name, QUESTIONS[name]) for name in SAID if name in wanted],
        "licences": [(str(each), str(each)) for each in choices(expression)],
        "outlook": outlook,
        "typed": asked.parameters,
        "said": said if isinstance(said, dict) else {},
        "asked_for": {name: QUESTIONS[name] for name in outlook.unsaid} if outlook is not None else {},
    }


def given_papers(asked: Asked) -> tuple[Paper, ...]:
    """The evidence of the form: statutes, a credential, a link to more."""
    texts = {name: asked.text(name, most=evidence.LONGEST).strip() for name in ("statutes", "credential", "links")}
    return evidence.read([{"what": name, "text": text} for name, text in texts.items() if text])


async def declare(asked: Asked) -> Answer:
    """POST /@NAME.git/uses/declare: `do` is `look`, to see what would follow, or `declare`."""
    try:
        repository = await opened(asked)
        if asked.text("do", most=20) != "declare":
            async with asked.store.reading() as tx:
                of = await declaring.subject(tx, repository)
                foretold = await declaring.outlook(tx, asked.me, of, told(asked))
            return await _form(asked, None, foretold)
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return await _form(asked, refusal)

    async def do(asked: Asked) -> str:
        entered = await declared(asked, repository, told(asked), given_papers(asked))
        return after(f"{base(repository)}/uses/{entered.payload['use']}", "declared")

    return await tried(asked, do, _form)


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git/uses/ID"""
    return await _show(asked, None)


async def _show(asked: Asked, fault: Refusal | None) -> Answer:
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked)
        work, _ = await work_of(tx, repository)
        viewer = await seeing.sight(tx, asked.viewer.actor_id)
        found = await uses.one(tx, work, asked.args["use"])
        (shown,) = await uses.shown(tx, viewer, found)
        (use,) = found.values()
        declarer = await licensing.declarer_of(tx, use)
    rule = {"kind": "rule", "work": work, "use": shown.id, "clause": shown.clause, "member": declarer}
    return framed(
        asked,
        "use",
        repository,
        tab=USES,
        fault=fault,
        one=shown,
        inside=viewer.inside,
        mine=bool(viewer.member) and shown.by == viewer.member,
        who=WHO,
        questions=QUESTIONS,
        rule=f"/phyle/proposals/new?{urlencode(rule)}",
        done=done(asked),
        typed=asked.parameters if fault is not None else {},
    )


async def answer(asked: Asked) -> Answer:
    """POST /@NAME.git/uses/ID: `do` is object or withdraw."""

    async def do(asked: Asked) -> str:
        word = asked.text("do", most=20)
        if word not in ANSWERS:
            raise Missing("There is no such thing to do.")
        repository = await opened(asked)
        given = {"text": asked.text("text", most=20_000).strip()} if word == "object" else {}
        if word == "object" and not given["text"]:
            raise Unprocessable("An objection has a reason, which everybody can read.")
        await answered(asked, repository, ANSWERS[word], given)
        return after(f"{base(repository)}/uses/{asked.args['use']}", "changed")

    return await tried(asked, do, _show)


async def negotiate(asked: Asked) -> Answer:
    """GET /@NAME.git/uses/licence: a licence of its own, from plain words."""
    return await _negotiate(asked, None)


async def _negotiate(asked: Asked, fault: Refusal | None) -> Answer:
    if asked.viewer.actor is None:
        return first_log_in(asked)
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked)
        _, work = await work_of(tx, repository)
        maintains = await permission.allowed(tx, asked.viewer.actor_id, repository, "maintain")
    return framed(
        asked,
        "use_licence",
        repository,
        tab=USES,
        fault=fault,
        work=work,
        maintains=maintains,
        typed=asked.parameters,
        actions=licensing.ACTIONS,
        duties=licensing.DUTIES,
    )


async def propose(asked: Asked) -> Answer:
    """POST /@NAME.git/uses/licence: to the form of a proposal that carries it."""

    async def do(asked: Asked) -> str:
        repository = await opened(asked)
        async with asked.store.reading() as tx:
            work, _ = await work_of(tx, repository)
            to, name = await whom(tx, asked)
            effect = await licensing.granting(tx, work, terms(asked), to=to, name=name)
            days = await _days(tx, int(effect.arguments["until"]))
        begun = {
            "kind": "grant",
            "title": f"A licence of {repository.name} for {name or 'a member'}"[:200],
            "licence": licensing.NEGOTIATED,
            "work": work,
            "terms": effect.arguments["text"],
            "grant": effect.arguments["grant"],
            "to": to,
            "name": name,
            "days": days,
        }
        return f"/phyle/proposals/new?{urlencode({key: value for key, value in begun.items() if value})}"

    return await tried(asked, do, _negotiate)


async def _days(tx: Tx, until: int) -> str:
    """In how many days it ends, as the form of a proposal asks; "" for never."""
    return str(max(1, -(-(until - await seeing.at(tx)) // licensing.DAY))) if until else ""


async def everywhere(asked: Asked) -> Answer:
    """GET /commons/uses: of all works of the phyle, and those that other phyles told of; of one user with `user`."""
    viewer = await seeing.sight(asked.tx, asked.viewer.actor_id)
    by, called = await person(asked.tx, asked)
    name = asked.text("user", most=300).strip()
    bounds = paging.page(limit=ON_A_PAGE, max_id=asked.number("below"))
    shown = await uses.shown(asked.tx, viewer, await uses.page_of(asked.tx, bounds, by=by, name=name))
    elsewhere = [] if by else await agreements.elsewhere(asked.tx, paging.page(limit=ON_A_PAGE), name=name)
    older = shown[-1].entry if len(shown) == ON_A_PAGE else None
    more: dict[str, Any] = {
        "shown": shown,
        "elsewhere": elsewhere,
        "by": by,
        "called": called,
        "user": name,
    }
    return page(asked, "commons/all_uses.html", older=older, **more)
