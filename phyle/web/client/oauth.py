"""Applications and their tokens: how a client comes in."""

import base64
import binascii
from urllib.parse import unquote_plus

from phyle.errors import Unprocessable
from phyle.identity import applications, limits, oauth, scopes, tokens
from phyle.identity.applications import Application
from phyle.web.answers import Answer, json
from phyle.web.asked import Asked
from phyle.web.client.entities import Entity
from phyle.web.errors import invalid_token
from phyle.web.routes import get, public

_UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}  # RFC 6749, 5.1


async def register(asked: Asked) -> Entity:
    """A new application; its secret is shown this once."""
    await limits.count(asked.store, limits.APPLICATIONS_FROM_ADDRESS, limits.place(asked.address))
    sent = asked.parameters.get("redirect_uris")
    async with asked.store.transaction() as tx:
        application, secret = await applications.register(
            tx,
            name=asked.text("client_name"),
            redirect_uris_sent=asked.texts("redirect_uris") if isinstance(sent, list) else asked.text("redirect_uris"),
            scopes_asked=asked.text("scopes"),
            website=asked.text("website") or None,
        )
    return {
        **_application(application),
        "client_id": application.client_id,
        "client_secret": secret,
        "client_secret_expires_at": 0,
    }


async def verify(asked: Asked) -> Entity:
    """The application that the token belongs to."""
    application = await applications.by_id(asked.tx, asked.viewer.application)
    if application is None:
        raise invalid_token()
    return _application(application)


def _application(application: Application) -> Entity:
    return {
        "id": str(application.id),
        "name": application.name,
        "website": application.website,
        "scopes": application.scopes.split(),
        "redirect_uri": "\n".join(application.redirect_uris),
        "redirect_uris": list(application.redirect_uris),
        "vapid_key": "",
    }


async def token(asked: Asked) -> Answer:
    """A token for a code, or for the application itself, which anyone can register and ask for without end."""
    if asked.text("grant_type") == "client_credentials":
        await limits.count(asked.store, limits.APPLICATION_TOKENS_FROM_ADDRESS, limits.place(asked.address))
    client_id, client_secret = _credentials(asked)
    issued = await oauth.exchange(
        asked.store,
        oauth.Exchange(
            grant_type=asked.text("grant_type"),
            client_id=client_id,
            client_secret=client_secret,
            scope=asked.text("scope") or None,
            code=asked.text("code"),
            redirect_uri=asked.text("redirect_uri"),
            code_verifier=asked.text("code_verifier") or None,
        ),
    )
    return json(issued_token(issued), headers=_UNCACHED)


def issued_token(issued: tokens.IssuedToken) -> Entity:
    """Token."""
    return {
        "access_token": issued.secret,
        "token_type": "Bearer",
        "scope": issued.scopes,
        "created_at": int(issued.created_at.timestamp()),
    }


async def revoke(asked: Asked) -> Entity:
    """Ends a token (RFC 7009): `{}` also for one that is unknown."""
    application = await applications.prove(asked.tx, *_credentials(asked))
    given = asked.text("token")
    if not given:
        raise Unprocessable("The parameter token is missing.")
    await tokens.revoke(asked.tx, application, given)
    return {}


def _credentials(asked: Asked) -> tuple[str, str]:
    """The application's id and secret, among the parameters or by HTTP Basic (RFC 6749, 2.3.1)."""
    scheme, _, encoded = asked.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            pair = ""
        client_id, _, secret = pair.partition(":")
        return unquote_plus(client_id), unquote_plus(secret)
    return asked.text("client_id"), asked.text("client_secret")


async def metadata(asked: Asked) -> Entity:
    """What a client must know to begin (RFC 8414)."""
    origin = asked.settings.origin
    return {
        "issuer": f"{origin}/",
        "authorization_endpoint": f"{origin}/oauth/authorize",
        "token_endpoint": f"{origin}/oauth/token",
        "revocation_endpoint": f"{origin}/oauth/revoke",
        "app_registration_endpoint": f"{origin}/api/v1/apps",
        "scopes_supported": list(scopes.KNOWN),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }


ROUTES = (
    public("POST", "/api/v1/apps", register, holds="nothing"),
    get("/api/v1/apps/verify_credentials", verify, who="app", scope=""),
    public("POST", "/oauth/token", token, holds="nothing"),
    public("POST", "/oauth/revoke", revoke),
    public("GET", "/.well-known/oauth-authorization-server", metadata, holds="nothing"),
)
