"""People for tests: two keys for all of them and one hash, since making each takes a tenth of a second."""

from functools import cache

from phyle.identity import accounts, keys, passwords
from phyle.identity.accounts import Account, State
from phyle.store.transaction import Tx

PASSWORD = "correct horse"


@cache
def pems() -> tuple[str, str]:
    """Private keys as PEM, RSA and Ed25519."""
    return keys.new_rsa(), keys.new_ed25519()


async def newcomer(tx: Tx, name: str, *, state: State = "active", password_hash: str = "") -> Account:
    """A registered person."""
    rsa, ed25519 = pems()
    hashed = password_hash or await passwords.digest(PASSWORD)
    return await accounts.register(
        tx, name=name, email=f"{name}@coop.example", password_hash=hashed, rsa=rsa, ed25519=ed25519, state=state
    )
