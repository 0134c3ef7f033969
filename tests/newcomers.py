"""People, applications and tokens for tests. Keys and the hash are made once: each takes a tenth of a second."""

from functools import cache

from phyle.identity import accounts, applications, keys, tokens
from phyle.identity.accounts import Account, State
from phyle.identity.applications import Application
from phyle.identity.passwords import _ARGON
from phyle.store.transaction import Store

PASSWORD = "correct horse"
REDIRECT = "https://client.example/callback"


@cache
def pems() -> tuple[str, str]:
    """Private keys as PEM, RSA and Ed25519."""
    return keys.new_rsa(), keys.new_ed25519()


@cache
def password_hash() -> str:
    """The hash of PASSWORD."""
    return _ARGON.hash(PASSWORD)


async def newcomer(store: Store, name: str = "ana", *, state: State = "active") -> Account:
    """A registered person."""
    rsa, ed25519 = pems()
    async with store.transaction() as tx:
        return await accounts.register(
            tx,
            name=name,
            email=f"{name}@coop.example",
            password_hash=password_hash(),
            rsa=rsa,
            ed25519=ed25519,
            state=state,
        )


async def program(
    store: Store, *, scopes: str = "read write follow push", name: str = "Tool"
) -> tuple[Application, str]:
    """A registered application and its secret."""
    async with store.transaction() as tx:
        return await applications.register(tx, name=name, redirect_uris_sent=REDIRECT, scopes_asked=scopes)


async def token_for(store: Store, account: Account | None, *, scopes: str = "read write follow push") -> str:
    """The secret of a token of a person."""
    application, _ = await program(store)
    async with store.transaction() as tx:
        actor = account.actor.id if account else None
        return (await tokens.issue(tx, application=application.id, actor=actor, scopes=scopes)).secret
