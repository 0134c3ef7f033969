"""Every kind of act that people do, and its route; and acts that members sign with keys of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from phyle.cooperative import handing_in
from phyle.cooperative.activities import moderating
from phyle.cooperative.law.table import LAW
from phyle.errors import Malformed
from phyle.web.asked import Asked
from phyle.web.cooperative.deeds import Entered, deed, entered
from phyle.web.cooperative.endpoints import Endpoint, change

_ROUTES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("/founding/sign", "sign", {}),
    ("/applications", "apply", {}),
    ("/applications/again", "apply_again", {}),
    ("/applications/<id>/vouch", "vouch", {"member": "id"}),
    ("/applications/<id>/object", "object", {"member": "id"}),
    ("/applications/<id>/withdraw_objection", "withdraw_objection", {"member": "id"}),
    ("/members/me/exit", "exit", {}),
    ("/members/me/return", "return", {}),
    ("/members/me/key", "rekey", {}),
    ("/members/me/move", "move", {}),
    ("/members/me/pin", "pin", {}),
    ("/members/me/representative", "represent", {}),
    ("/members/me/identity", "amend_identity", {}),
    ("/rebindings", "rebind", {}),
    ("/rebindings/<id>/vouch", "vouch_rebinding", {"rebinding": "id"}),
    ("/rebindings/<id>/object", "object_rebinding", {"rebinding": "id"}),
    ("/register/inspections", "inspect", {}),
    ("/register/<id>", "enter_register", {"member": "id"}),
    ("/charges", "charge", {}),
    ("/charges/<id>/reply", "reply", {"charge": "id"}),
    ("/charges/<id>/withdraw", "withdraw_charge", {"charge": "id"}),
    ("/appeals", "appeal", {}),
    ("/proposals", "propose", {}),
    ("/proposals/<id>/revise", "revise", {"proposal": "id"}),
    ("/proposals/<id>/sponsor", "sponsor", {"proposal": "id"}),
    ("/proposals/<id>/withdraw", "withdraw", {"proposal": "id"}),
    ("/proposals/<id>/nominate", "nominate", {"proposal": "id"}),
    ("/proposals/<id>/accept_nomination", "accept_nomination", {"proposal": "id"}),
    ("/proposals/<id>/decline_nomination", "decline_nomination", {"proposal": "id"}),
    ("/proposals/<id>/declare_interest", "declare_interest", {"proposal": "id"}),
    ("/proposals/<id>/outcome", "outcome", {"proposal": "id"}),
    ("/ballots/<id>/vote", "vote", {"ballot": "id"}),
    ("/ballots/<id>/explain", "explain", {"ballot": "id"}),
    ("/delegations", "delegate", {}),
    ("/delegations/revoke", "revoke_delegation", {}),
    ("/offices/<id>/resign", "resign", {"office": "id"}),
    ("/assemblies", "call_assembly", {}),
    ("/assemblies/requisitions", "ask_assembly", {}),
    ("/assemblies/<id>/join", "join_asking", {"assembly": "id"}),
    ("/assemblies/<id>/agenda", "put_on_agenda", {"assembly": "id"}),
    ("/assemblies/<id>/cancel", "cancel_assembly", {"assembly": "id"}),
    ("/assemblies/<id>/attend", "attend", {"assembly": "id"}),
    ("/draws", "call_draw", {}),
    ("/draws/<id>/sign", "sign_draw", {"draw": "id"}),
    ("/draws/<id>/commit", "commit_secret", {"draw": "id"}),
    ("/draws/<id>/reveal", "reveal_secret", {"draw": "id"}),
    ("/partners", "partner", {}),
    ("/keys/endorse", "endorse_key", {}),
    ("/items", "accept_item", {}),
    ("/face", "change_face", {}),
    ("/withholdings/<id>/uphold", "uphold", {"withholding": "id"}),
    ("/moderations", "moderate", {}),
    ("/moderations/<id>/confirm", "confirm_moderation", {"moderation": "id"}),
    ("/moderations/<id>/lift", "lift_moderation", {"moderation": "id"}),
)
"""Path, kind, and the parts of the address by the member of the payload that they are."""


async def hand_in(asked: Asked) -> Entered:
    """Enter an act that a member signed with a key of their own: `act` as signed, `openings` of what it commits to
    (each `{"value", "salt"}`), `texts` that it names by their hash. The signature proves it; only newcomers log in."""
    given = {name: asked.parameters.get(name) for name in ("act", "openings", "texts")}
    if not isinstance(given["act"], dict):
        raise Malformed("act must be the signed act, an object.")
    for name in ("openings", "texts"):
        if given[name] is not None and not isinstance(given[name], list):
            raise Malformed(f"{name} must be a list.")
    if given["act"].get("kind") in moderating.CHECKED:
        await _check_targets(asked, given["act"], given["openings"] or ())
    done = await handing_in.hand_in(
        asked.store,
        given["act"],
        openings=given["openings"] or (),
        texts=given["texts"] or (),
        place=asked.address,
        actor=asked.viewer.actor,
    )
    return await entered(asked, done)


async def _check_targets(asked: Asked, act: Mapping[str, Any], openings: Sequence[Any]) -> None:
    """Missing if something shall be moderated that is not known here. It is looked for only by whoever is proven."""
    async with asked.store.reading() as tx:
        judged = await handing_in.judged(tx, act, openings)
        opened = {opening.commitment: opening.value for opening in judged.openings}
        await moderating.check(tx, judged.act.kind, _in_the_open(judged.act.payload, opened), by=judged.act.by)


def _in_the_open(value: Any, opened: Mapping[str, Any]) -> Any:
    """A payload with values in the place of the commitments that are opened."""
    if isinstance(value, Mapping):
        return {name: _in_the_open(each, opened) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_in_the_open(each, opened) for each in value]
    return opened.get(value, value) if isinstance(value, str) else value


ENDPOINTS: tuple[Endpoint, ...] = (
    *(deed(path, kind, **named) for path, kind, named in _ROUTES if kind in LAW.acts),
    change("POST", "/acts", hand_in, Entered, body=handing_in.HandedIn, who="anyone"),
)
