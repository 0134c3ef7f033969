"""The people of a demonstration: accounts that they sign up for, and a program with a token, as everybody has it."""

import asyncio
import html
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from phyle.cli.demo.phyles import Phyle
from phyle.errors import Unavailable

API = "/api/phyle/v1"
SCOPES = "read write follow"
_OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_PROOF = re.compile(r'name="form_proof" value="([^"]+)"')
_PATIENCE = 120.0


class Refusal(Exception):
    """A server said no. `status`: how."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(kw_only=True)
class Person:
    """Somebody with an account. `token`: of the program that they use; `member`: their membership's id, "" for none."""

    name: str
    full_name: str
    about: str
    password: str
    phyle: Phyle
    token: str = ""
    member: str = ""

    @property
    def handle(self) -> str:
        return f"@{self.name}@{self.phyle.host}"

    @property
    def email(self) -> str:
        return f"{self.name}@{self.phyle.name}.example"

    async def ask(self, method: str, path: str, *, key: str = "", **options: Any) -> Any:
        """One call of the API; its JSON. `key`: the same call with the same one is done once. Raises Refusal."""
        headers = {"Authorization": f"Bearer {self.token}", **({"Idempotency-Key": key} if key else {})}
        async with browser(self.phyle) as client:
            answer = await client.request(method, path, headers=headers, **options)
        return answered(answer)

    async def get(self, path: str, **params: Any) -> Any:
        """What Phyle's own API says."""
        return await self.ask("GET", f"{API}{path}", params=params)

    async def post(self, path: str, *, key: str = "", **given: Any) -> Any:
        """Something done at Phyle's own API."""
        return await self.ask("POST", f"{API}{path}", key=key, json=given)


def browser(phyle: Phyle) -> httpx.AsyncClient:
    """A client of one phyle, without cookies yet."""
    return httpx.AsyncClient(base_url=phyle.origin, timeout=60, trust_env=False)


def answered(answer: httpx.Response) -> Any:
    """The JSON of an answer. Raises Refusal."""
    if answer.is_error:
        said = answer.json().get("error") if "json" in answer.headers.get("content-type", "") else ""
        raise Refusal(
            answer.status_code, f"{answer.request.method} {answer.request.url.path}: {said or answer.text[:300]}"
        )
    return answer.json()


async def sign_up(person: Person) -> str:
    """An account for somebody, if they have none, and a token; both as programs do it."""
    async with browser(person.phyle) as client:
        program = {"client_name": "Story", "redirect_uris": _OUT_OF_BAND, "scopes": SCOPES}
        known = answered(await client.post("/api/v1/apps", json=program))
        secrets = {"client_id": known["client_id"], "client_secret": known["client_secret"]}
        for_itself = {**secrets, "grant_type": "client_credentials", "scope": SCOPES}
        granted = answered(await client.post("/oauth/token", json=for_itself))
        asked = {"username": person.name, "email": person.email, "password": person.password, "agreement": True}
        headers = {"Authorization": f"Bearer {granted['access_token']}"}
        made = await client.post("/api/v1/accounts", json={**asked, "locale": "en"}, headers=headers)
        if made.status_code == httpx.codes.UNPROCESSABLE_ENTITY:  # they have one: an earlier run ended right here
            return await _logged_in(client, person, secrets)
        return str(answered(made)["access_token"])


async def _logged_in(client: httpx.AsyncClient, person: Person, secrets: dict[str, str]) -> str:
    """By the pages: log in, allow the program, copy the code."""
    login = {"login": person.name, "password": person.password, "form_proof": await _proof(client, "/auth/sign_in")}
    await client.post("/auth/sign_in", data=login)
    request = {
        "response_type": "code",
        "client_id": secrets["client_id"],
        "redirect_uri": _OUT_OF_BAND,
        "scope": SCOPES,
    }
    proof = await _proof(client, "/oauth/authorize", **request)
    allowed = await client.post("/oauth/authorize", data={**request, "decision": "approve", "form_proof": proof})
    code = parse_qs(urlsplit(allowed.headers.get("location", "")).query).get("code", [""])[0]
    given = {**secrets, "grant_type": "authorization_code", "code": code, "redirect_uri": _OUT_OF_BAND}
    return str(answered(await client.post("/oauth/token", json=given))["access_token"])


async def _proof(client: httpx.AsyncClient, path: str, **params: str) -> str:
    found = _PROOF.search((await client.get(path, params=params)).text)
    return html.unescape(found[1]) if found else ""


async def until(ask: Any, what: str, *, seconds: float = _PATIENCE) -> Any:
    """The first true answer of `ask`. Raises Unavailable if it does not come."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Unavailable(f"This did not come to pass: {what}. `make demo` again goes on where it was.")
        await asyncio.sleep(0.3)
