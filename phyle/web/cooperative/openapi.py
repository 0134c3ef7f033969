"""The document of this API (OpenAPI 3.1), made of the table itself and of what it reads and answers."""

import re
from collections.abc import Iterable
from typing import Any

import phyle
from phyle.cooperative.forms import EFFECTS as EFFECT_FORMS
from phyle.cooperative.forms import FORMS, Form
from phyle.cooperative.law.effects.table import EFFECTS
from phyle.cooperative.law.table import LAW
from phyle.web.cooperative.deeds import Entered
from phyle.web.cooperative.endpoints import WRITE, Endpoint
from phyle.web.cooperative.shapes import Schema, Schemas

_PART = re.compile(r"<(?:[a-z]+:)?([a-z]+)>")
ERROR = "Error"
_REFUSALS = {
    "400": "The request cannot be understood.",
    "401": "No token, or one that proves nothing.",
    "403": "The law, the charter or the token does not allow it; the sentence says why.",
    "404": "There is no such thing, or not for you.",
    "409": "It contradicts what is there already.",
    "422": "Understood, but not acceptable; the sentence says why.",
    "429": "Too often; `Retry-After` says when again.",
    "503": "Not now; an act that was handed in is kept, and its receipt can be asked for.",
}
SCOPES = {
    "read:phyle": "Read what members may read.",
    WRITE: "Act as a member.",
    "read:repositories": "Read repositories that are not for everybody.",
    "write:repositories": "Push, and work on repositories, tickets and merge requests.",
}
_TEXT = {"type": "string", "maxLength": 200_000}
_OPEN = {"description": "Given in the open; the ledger holds a commitment to it."}
_TOLD = {"type": "object", "additionalProperties": {"type": "string"}, **_OPEN}


def document(endpoints: Iterable[Endpoint], origin: str) -> dict[str, Any]:
    """The whole document, for the instance at `origin`."""
    schemas, paths = Schemas(), dict[str, dict[str, Any]]()
    effects = {name: schemas.given(kind.arguments, _open(EFFECT_FORMS.get(name))) for name, kind in EFFECTS.items()}
    for endpoint in endpoints:
        path = _PART.sub(r"{\1}", endpoint.route.path)
        paths.setdefault(path, {})[endpoint.route.method.lower()] = operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Phyle: the co-operative and the commons",
            "version": phyle.__version__,
            "description": "Times are whole milliseconds since 1970 in UTC, hashes SHA-256 in hex, as in the ledger.",
        },
        "servers": [{"url": origin}],
        "paths": paths,
        "x-effects": effects,
        "components": {
            "schemas": {ERROR: _error(), **schemas.found},
            "securitySchemes": {
                "oauth": {
                    "type": "oauth2",
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": f"{origin}/oauth/authorize",
                            "tokenUrl": f"{origin}/oauth/token",
                            "scopes": SCOPES,
                        }
                    },
                }
            },
        },
    }


def operation(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    """What one endpoint asks for and answers."""
    route = endpoint.route
    words = " ".join((route.handler.__doc__ or "").split())
    found: dict[str, Any] = {
        "operationId": route.method.lower() + _PART.sub(r"by_\1", route.path).replace("/", "_"),
        "summary": words.partition(". ")[0].rstrip(".") + ".",
        "description": words,
        "parameters": [*_path_parameters(route.path), *_query_parameters(endpoint), *_headers(endpoint)],
        "responses": {"200": _answer(endpoint, schemas), **_refusals()},
        "security": _security(endpoint),
        "x-power": route.power,
    }
    if endpoint.enters:
        found["x-enters"] = list(endpoint.enters)
    if route.method != "GET":
        schema = given(endpoint, schemas)
        found["requestBody"] = {
            "required": bool(schema.get("required")),
            "content": {"application/json": {"schema": schema}},
        }
    return found


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = _PART.findall(path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": says, "schema": _of_query(name)}
        for name, says in endpoint.query.items()
    ]


def _of_query(name: str) -> Schema:
    return {"type": "array", "items": {"type": "string"}} if name.endswith("[]") else {"type": "string"}


def _headers(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.answers is not Entered or not endpoint.enters:
        return []
    says = "The same key with the same kind of act is the same act: it is entered once, and answered alike."
    return [
        {"name": "Idempotency-Key", "in": "header", "description": says, "schema": {"type": "string", "maxLength": 200}}
    ]


def _answer(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": "As asked.",
        "content": {endpoint.media: {"schema": schemas.of(endpoint.answers)}},
    }
    if endpoint.listed:
        says = "The next and the previous page (RFC 8288)."
        answer["headers"] = {"Link": {"description": says, "schema": {"type": "string"}}}
    return answer


def _refusals() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ERROR}"}}}
    return {status: {"description": says, "content": content} for status, says in _REFUSALS.items()}


def _security(endpoint: Endpoint) -> list[dict[str, Any]]:
    needed = {"oauth": [endpoint.route.scope] if endpoint.route.scope else []}
    return [needed] if endpoint.route.who != "anyone" else [{}, needed]


def _error() -> Schema:
    return {
        "type": "object",
        "description": "Why not, in a sentence for people.",
        "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}, "details": {}},
        "required": ["error"],
    }


def given(endpoint: Endpoint, schemas: Schemas) -> Schema:
    """What is sent: the members of the act's payload, those that are sealed or kept in the open, without those that the
    address or the phyle itself says."""
    if isinstance(endpoint.body, type):
        return schemas.given(endpoint.body, {})
    if not endpoint.act:
        return {"type": "object"}
    form, payload = FORMS[endpoint.act], LAW.acts[endpoint.act].payload
    schema = schemas.given(payload, _open(form), without=frozenset(endpoint.body or ()))
    return {**schema, "required": [name for name in schema["required"] if name != form.fresh]}


def _open(form: Form | None) -> dict[str, Schema]:
    """The members that are given in another shape than the ledger has them."""
    form = form or Form()
    return {
        **{name: dict(_OPEN) for name in form.sealed},
        **{name: dict(_TEXT) for name in form.texts},
        **{name: dict(_TOLD) for name in form.named if "." not in name},
    }
