"""What members bring here is never served as a document of ours."""

from typing import Any

import orjson
import pytest

from phyle.assets import folder
from phyle.federation.media_types import is_activity
from tests.instance import Instance
from tests.peer import ACTIVITY, PUBLIC


def forged(origin: str) -> bytes:
    """An actor as it would stand here, with an inbox and a key of somebody else's choice."""
    uri = f"{origin}/actors/1"
    key = {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": "-----BEGIN PUBLIC KEY-----"}
    return orjson.dumps({"id": uri, "type": "Person", "inbox": f"{uri}/inbox", "to": [PUBLIC], "publicKey": key})


@pytest.mark.threat("B3")
async def test_an_upload_is_never_a_document(here: Instance) -> None:
    ana = await here.member("ana")
    body = forged(here.origin)
    for name, kind in (("a.json", ACTIVITY), ("a.json", "application/ld+json"), ("a.png", "image/png")):
        files: dict[str, Any] = {"file": (name, body, kind)}
        for path in ("/api/v1/media", "/api/v2/media"):
            assert (await ana.ask("POST", path, files=files)).status_code == 422
        for field in ("avatar", "header"):
            picture = {field: (name, body, kind)}
            assert (await ana.ask("PATCH", "/api/v1/accounts/update_credentials", files=picture)).status_code == 422
    assert (await ana.get("/api/v1/accounts/verify_credentials"))["avatar"] == f"{here.origin}/static/avatar.png"


@pytest.mark.threat("B3")
async def test_only_documents_are_served_as_documents(here: Instance) -> None:
    """Whatever a server asks for: the type says whether we vouch for it."""
    ana = await here.member("ana")
    post = await ana.post("/api/v1/statuses", status=forged(here.origin).decode(), spoiler_text=ACTIVITY)
    files = [f"/static/{each.name}" for each in folder("static").iterdir() if each.is_file()]
    words = [
        f"/api/v1/statuses/{post['id']}",
        f"/api/v1/statuses/{post['id']}/source",
        f"/api/v1/statuses/{post['id']}/history",
        f"/api/v1/accounts/{ana.actor.id}",
        f"/api/v1/accounts/{ana.actor.id}/statuses",
        "/api/v2/instance",
        "/nodeinfo/2.1",
        "/about",
    ]
    assert files
    for path in [*files, *words]:
        answer = await ana.ask("GET", path, headers={"Accept": ACTIVITY})
        assert answer.status_code == 200, path
        assert not is_activity(answer.headers["Content-Type"]), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
    document = await here.client.get(f"/objects/{post['id']}", headers={"Accept": ACTIVITY})
    assert is_activity(document.headers["Content-Type"])
