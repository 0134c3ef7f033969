"""Threats to those who keep projects by browser: forms that another site made them send, and strangers' forms."""

from pathlib import Path

import pytest

from phyle.commons.git import refs
from phyle.web.pages.commons.table import ROUTES
from tests.commons.between import Maker, cloned, filled, maker
from tests.instance import Instance
from tests.web.pages.commons.looking import browsers

GIVEN = {
    "name": "seeder",
    "title": "Forged",
    "text": "Forged",
    "words": "Forged",
    "description": "Forged",
    "visibility": "private",
    "rule": "decision",
    "archived": "1",
    "licence": "MIT",
    "who": "@eve",
    "role": "maintainer",
    "origin": "seeder",
    "address": "seeder",
    "repository": "seeder",
    "branch": "topic",
    "into": "main",
    "tag": "v6.6.6",
    "at": "main",
    "action": "resolve",
    "deed": "resolve",
    "do": "resolve",
    "what": "documentation",
    "subject": "README.md",
    "reason": "Forged",
    "user": "worker-cooperative",
    "purpose": "commercial",
    "sure": "1",
}
"""What would fill in any of the forms, or be refused by them."""
TABLES = """
SELECT string_agg(
    format('SELECT %L AS name, md5(string_agg(t::text, '','' ORDER BY t::text)) AS rows FROM commons.%I t',
        relname, relname),
    ' UNION ALL '
) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'commons'::regnamespace AND relname NOT IN ('upkeep', 'need_feeds')
"""
"""The query for what stands in every table of the commons, but for those that keep house by themselves."""

GRANTS = "SELECT count(*) FROM commons.grants WHERE repository = $1"


async def state(here: Instance, made: Maker) -> tuple[object, ...]:
    """Everything that forms of the commons might change: all its tables, the ledger, and the branches."""
    tables = await here.value(f"SELECT jsonb_object_agg(name, rows) FROM ({await here.value(TABLES)}) AS found")
    acts = await here.value("SELECT count(*) FROM cooperative.acts")
    return tables, acts, await refs.listing(made.folder)


def forms() -> list[str]:
    """The address of each form, of things that there are."""
    paths = sorted({route.path for route in ROUTES if route.method == "POST"})
    assert len(paths) > 25
    parts = {"<name>": "seeder", "<number>": "1", "<path:page>": "Home", "<path:tag>": "v1.0"}
    for part, value in parts.items():
        paths = [path.replace(part, value) for path in paths]
    return paths


async def project(here: Instance, place: Path) -> Maker:
    """A project of ana's with a branch to offer and a ticket; eve holds no role in it."""
    made = await maker(here, "ana", "seeder")
    await filled(made, place / "anas")
    work = await cloned(made.folder, place / "work", "Ana")
    await work.branch("topic")
    await work.commit({"sow.py": "rows = 3\n"}, "Sow three rows")
    await work.push(made.folder, "topic")
    await made.member.post("/api/phyle/v1/repositories/seeder/tickets", title="It sows crooked")
    await here.member("eve")
    return made


@pytest.mark.threat("F11")
async def test_forged_forms_change_nothing(here: Instance, tmp_path: Path) -> None:
    made = await project(here, tmp_path)
    async with browsers(here) as look:
        ana, mallory = await look("ana"), await look()
        stolen = (await mallory.open("/auth/sign_in")).form.values["form_proof"]
        own = (await ana.open("/share")).form.values["form_proof"]
        before = await state(here, made)
        for path in forms():
            for proof, headers in (
                ("", {}),
                (stolen, {}),
                (own, {"Origin": "https://evil.example"}),
                (own, {"Sec-Fetch-Site": "cross-site"}),
            ):
                response = await ana.client.post(path, data=GIVEN | {"form_proof": proof}, headers=headers)
                assert response.status_code == 403, (path, headers, response.text)
        assert await state(here, made) == before
        for path in forms():  # and with the proof some of them do something
            await ana.client.post(path, data=GIVEN | {"form_proof": own})
        assert await state(here, made) != before


@pytest.mark.threat("F2")
async def test_nobody_in_particular_and_no_stranger_changes_a_project(here: Instance, tmp_path: Path) -> None:
    made = await project(here, tmp_path)
    own = "SELECT to_jsonb(r) FROM commons.repositories r WHERE name = 'seeder'"
    async with browsers(here) as look:
        stranger, eve = await look(), await look("eve")
        proof = (await stranger.open("/auth/sign_in")).form.values["form_proof"]
        before = await state(here, made)
        for path in forms():
            response = await stranger.client.post(path, data=GIVEN | {"form_proof": proof})
            assert response.status_code == 401, (path, response.text)
        assert await state(here, made) == before
        proof = (await eve.open("/share")).form.values["form_proof"]
        row, grants = await here.value(own), await here.value(GRANTS, made.repository.id)
        for path in forms():
            response = await eve.client.post(path, data=GIVEN | {"form_proof": proof})
            assert response.status_code < 500 or response.status_code == 502, (path, response.text)
        assert await here.value(own) == row
        assert await here.value(GRANTS, made.repository.id) == grants
    assert (await refs.listing(made.folder)) == before[2]
