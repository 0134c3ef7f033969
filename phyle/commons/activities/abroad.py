"""Works of other phyles: what their homes say of them, and acts that people here sign for those homes' ledgers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from phyle.commons.activities import remote
from phyle.commons.declaring import Subject
from phyle.cooperative import contributing, elsewhere, forms
from phyle.cooperative.contributing import Signed
from phyle.cooperative.elsewhere import LIVE
from phyle.cooperative.forms import new_id
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import signing
from phyle.errors import Missing
from phyle.federation.net import Net
from phyle.federation.wire import Document
from phyle.identity.actors import Actor
from phyle.store.transaction import Store, Tx

WORK, LEDGER, LICENCE = "phyle:work", "phyle:ledger", "phyle:licence"
"""How a repository says which work it is, in which ledger, and under which licence."""
DAYS = 90
"""For how long what is signed here can be entered there: a change may be reviewed for weeks."""
_ID = re.compile(r"[a-z2-7]{26}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkElsewhere:
    """A work of another phyle: the ledger that it is in, and what its home says of it."""

    subject: Subject
    ledger: str


def read_work(document: Document) -> WorkElsewhere | None:
    """The work that a repository says it is; None if it says none, or speaks for a ledger that is not its host's."""
    work, ledger, licence = (document.get(name) for name in (WORK, LEDGER, LICENCE))
    host = urlsplit(str(document.get("id", ""))).netloc.lower()
    if not isinstance(work, str) or not _ID.fullmatch(work) or not isinstance(licence, str) or len(licence) > 300:
        return None
    if not isinstance(ledger, str) or not ledger.startswith(f"{host}/ledger/") or len(ledger) > 300:
        return None
    return WorkElsewhere(subject=Subject(work=work, licence=licence), ledger=ledger)


async def asked(net: Net, store: Store, repository: str) -> WorkElsewhere:
    """The work that a repository elsewhere is, asked for now. Missing if nobody offered it; Unreachable."""
    found = read_work(await remote.described(net, store, repository))
    if found is None:
        raise Missing("Its phyle has not taken this repository in as a work, so nothing can be entered about it.")
    return found


async def signed(tx: Tx, actor: Actor, ledger: str, kind: str, given: Mapping[str, Any]) -> Signed:
    """An act of somebody here for the ledger of another phyle: as a member of it, or as somebody from outside."""
    link = await elsewhere.known(tx, actor.id, ledger)
    if link is None or link.state not in LIVE:
        by = await signing.member_of(tx, actor.id, ledger) or new_id()
        return await contributing.sign(tx, actor, by, kind, given, origin=ledger, days=DAYS)
    form = await forms.filled(tx, kind, given)
    read(LAW.acts[kind].payload, form.payload, kind)
    document = await signing.as_member(tx, link.member, kind, form.payload, origin=ledger, days=DAYS)
    return Signed(by=link.member, document=document, openings=form.openings)


def carried(act: Signed) -> Document:
    """The act with what opens its commitments, as it travels."""
    opened = [{"value": each.value, "salt": each.salt} for each in act.openings]
    return {"act": dict(act.document), "openings": opened}
