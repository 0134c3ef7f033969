"""Threats to members at their browsers: forms that another site made them send, and doors that are not theirs."""

from collections.abc import Callable

import pytest

from phyle.web.pages.cooperative.table import ROUTES
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.web.pages.browser import Browser
from tests.web.pages.cooperative.conftest import entered
from tests.web.pages.cooperative.phyles import Full, full

GIVEN = {
    "paper": "against",
    "approve[]": "0",
    "place_0": "1",
    "choice": "here",
    "title": "Forged",
    "text": "Forged",
    "kind": "resolve",
    "reason": "Forged",
    "reply": "Forged",
    "purpose": "Forged",
    "action": "hide",
    "target": "https://a.example/1",
    "name": "Forged",
    "sure": "true",
    "words": "forged forged forged",
    "office": "stewards",
    "group": "a.example",
}
"""What would fill in any of the forms."""


BY_A_LINK = {"/phyle/enter": 410, "/phyle/enter/ask": 404}
"""Forms for people who are nobody here yet: a link that is none, an account that is none."""


def _forms(phyle: Full) -> list[str]:
    paths = []
    for route in ROUTES:
        if route.method == "POST":
            kind = route.path.split("/")[2]
            paths.append(route.path.replace("<id>", phyle.ids.get(kind, "none")))
    return paths


@pytest.mark.threat("F11")
async def test_forged_forms_enter_nothing(whole: Instance, clock: Clock, browsers: Callable[[], Browser]) -> None:
    phyle = await full(whole, clock)
    ana, mallory = await entered(browsers(), "ana"), browsers()
    stolen = (await mallory.open("/auth/sign_in")).form.values["form_proof"]
    own = (await ana.open("/share")).form.values["form_proof"]
    before = await whole.value("SELECT count(*) FROM cooperative.acts")
    for path in _forms(phyle):
        for proof, headers in (
            ("", {}),
            (stolen, {}),
            (own, {"Origin": "https://evil.example"}),
            (own, {"Sec-Fetch-Site": "cross-site"}),
        ):
            response = await ana.client.post(path, data=GIVEN | {"form_proof": proof}, headers=headers)
            assert response.status_code == 403, (path, headers)
    assert await whole.value("SELECT count(*) FROM cooperative.acts") == before


async def test_nobody_in_particular_enters_anything(
    whole: Instance, clock: Clock, browsers: Callable[[], Browser]
) -> None:
    phyle, stranger = await full(whole, clock), browsers()
    proof = (await stranger.open("/auth/sign_in")).form.values["form_proof"]
    before = await whole.value("SELECT count(*) FROM cooperative.acts")
    for path in _forms(phyle):
        response = await stranger.client.post(path, data=GIVEN | {"form_proof": proof})
        assert response.status_code == BY_A_LINK.get(path, 401), path
    assert await whole.value("SELECT count(*) FROM cooperative.acts") == before


async def test_who_is_no_member_decides_nothing(whole: Instance, clock: Clock, browsers: Callable[[], Browser]) -> None:
    """Whatever form somebody sends who has an account and no membership, the ledger only ever enters what they apply
    for; and no form ends in an error of ours."""
    phyle = await full(whole, clock)
    await whole.member("eve")
    eve = await entered(browsers(), "eve")
    proof = (await eve.open("/share")).form.values["form_proof"]
    for path in _forms(phyle):
        if path != "/phyle/join":
            response = await eve.client.post(path, data=GIVEN | {"form_proof": proof})
            assert response.status_code < 500 or response.status_code == 502, (path, response.text)
    members = await whole.value("SELECT count(*) FROM cooperative.slices WHERE kind = 'member'")
    assert members == 4
    forged = "SELECT count(*) FROM cooperative.slices WHERE kind = 'proposal' AND value ->> 'title' = 'Forged'"
    assert await whole.value(forged) == 0
