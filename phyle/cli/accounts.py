"""`phyle accounts`: people, until the phyle is founded and its members decide. Every act is shown publicly."""

import argparse
import getpass
import sys
from collections.abc import Awaitable, Callable

from phyle.cli import arguments
from phyle.cli.instance import add_flags, instance
from phyle.cli.lines import shown
from phyle.errors import Missing
from phyle.identity import accounts, joining, names, operator_acts, passwords, scopes, tokens
from phyle.identity.accounts import Account
from phyle.identity.operator_acts import Kind
from phyle.powers import OPERATOR
from phyle.settings import Settings
from phyle.store.transaction import Tx

Act = Callable[[Tx, Account], Awaitable[None]]

_ACTS: tuple[tuple[Kind, Act, str], ...] = (
    ("approve", accounts.approve, "Let someone in who waits."),
    ("reject", accounts.reject, "Turn someone away who waits."),
    ("suspend", accounts.suspend, "Lock someone out and hide what they wrote."),
    ("restore", accounts.restore, "Take a suspension back."),
)
_REASON = "why; it is shown publicly"
_FIRST_REASON = "Created by the operator."


def register(commands: arguments.Commands) -> None:
    """Adds the group."""
    group = arguments.group(commands, "accounts", says="People, until the phyle is founded.")
    create = arguments.add(group, "create", _create, OPERATOR, says="Make an account that can be used at once.")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--email", metavar="E", required=True)
    create.add_argument("--password", metavar="P", help="asked for when it is not given")
    create.add_argument("--token", action="store_true", help="print an access token with all rights of a person")
    create.add_argument("--reason", metavar="R", default=_FIRST_REASON, help=_REASON)
    add_flags(create)
    listing = arguments.add(group, "list", _list, OPERATOR, says="Everybody, in the order in which they joined.")
    listing.add_argument("--state", choices=("pending", "active", "suspended", "rejected"))
    for kind, act, says in _ACTS:
        parser = arguments.add(group, kind, _command(kind, act), OPERATOR, says=says)
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--reason", metavar="R", required=True, help=_REASON)
    password = arguments.add(
        group, "password", _password, OPERATOR, says="Set a new password and end all sessions and tokens."
    )
    password.add_argument("name", metavar="NAME")
    password.add_argument("--password", metavar="P", help="asked for when it is not given")
    password.add_argument("--reason", metavar="R", required=True, help=_REASON)


async def _create(settings: Settings, given: argparse.Namespace) -> int:
    secret = _secret(given)
    form = joining.Form(name=given.name, email=given.email, password=secret, agreement=True)
    async with instance(settings, given) as store:
        faults = names.examine(
            store.settings,
            name=form.name,
            email=form.email,
            password=form.password,
            reason="",
            agreement=True,
            reason_needed=False,
        )
        if faults:
            raise names.refusal(faults)
        prepared = await joining.prepare(store, form)
        async with store.transaction() as tx:
            account = await joining.enter(tx, form, prepared, state="active")
            await operator_acts.record(tx, "create", account.actor.name, given.reason)
            if given.token:
                token = await tokens.issue(tx, application=None, actor=account.actor.id, scopes=scopes.ALL_OF_A_USER)
    print(token.secret if given.token else f"{account.actor.name} can log in at {store.settings.origin}")
    return 0


async def _list(settings: Settings, given: argparse.Namespace) -> int:
    async with instance(settings, given) as store, store.reading() as tx:
        after = 0
        while page := await accounts.listing(tx, state=given.state, after=after, limit=500):
            for account in page:
                print(_line(account))
            after = page[-1].actor.id
    return 0


def _line(account: Account) -> str:
    line = f"{account.actor.name:<30}  {account.state:<9}  {account.joined_at:%Y-%m-%d}  {shown(account.email)}"
    return f"{line}  {shown(account.reason, most=2000)}" if account.state == "pending" else line


def _command(kind: Kind, act: Act) -> arguments.Command:
    async def run(settings: Settings, given: argparse.Namespace) -> int:
        async with instance(settings, given) as store, store.transaction() as tx:
            account = await _named(tx, given.name)
            await act(tx, account)
            await operator_acts.record(tx, kind, account.actor.name, given.reason)
        print(f"{account.actor.name}: done, and shown at {store.settings.origin}/operator")
        return 0

    return run


async def _password(settings: Settings, given: argparse.Namespace) -> int:
    secret = _secret(given)
    names.check_password(secret)
    password_hash = await passwords.digest(secret)
    async with instance(settings, given) as store, store.transaction() as tx:
        account = await _named(tx, given.name)
        await accounts.set_password(tx, account, password_hash)
        await operator_acts.record(tx, "password", account.actor.name, given.reason)
    print(f"{account.actor.name} has a new password and must log in again everywhere.")
    return 0


async def _named(tx: Tx, name: str) -> Account:
    account = await accounts.by_login(tx, name)
    if account is None:
        raise Missing(f"There is no account {name}. See `phyle accounts list`.")
    return account


def _secret(given: argparse.Namespace) -> str:
    """A password on the command line is seen by everybody on the machine; at the terminal or from a pipe it is not."""
    if given.password is not None:
        return str(given.password)
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
