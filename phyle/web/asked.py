"""A request as handlers see it: who asks, for what, with which parameters; typed, bounded, whatever way it was sent."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from phyle.commons.creating import Wanted
from phyle.commons.evidence import Paper
from phyle.commons.repositories import Repository
from phyle.errors import Malformed, Missing, Unprocessable
from phyle.identity.actors import Actor
from phyle.identity.viewer import ANYONE
from phyle.powers import Declared
from phyle.settings import Settings
from phyle.store.transaction import Store, Tx
from phyle.web import forms
from phyle.web.errors import no_person

Resolve = Callable[[str], Awaitable[int | None]]
"""`ana@coop.org`, or the address of an actor or of a post -> its id, fetched if it must be; None if there is none."""
JoinPhyle = Callable[[Actor, str], Awaitable[Any]]
"""Somebody here, and the host or the members' group of another phyle, which is asked for a membership."""

ForkRepository = Callable[[Actor, str, Wanted], Awaitable[Repository]]
"""Somebody here, the repository that they mean (its name here, `@name.git@host`, or its address), what they want of the
fork -> the fork, whose objects are on their way."""
CheckPapers = Callable[[Actor, Iterable[Paper]], Awaitable[Mapping[str, Mapping[str, Any]]]]
"""Somebody here and the documents behind what they declare -> what the credentials among them say, by digest."""
DeclareElsewhere = Callable[[Actor, str, Mapping[str, Any], tuple[Paper, ...]], Awaitable[int]]
"""Somebody here, the address of a work of another phyle, what they declare, and the documents behind it -> the number
of the declaration, which is on its way."""

_TRUE = frozenset({"1", "t", "true", "on", "yes"})
_FALSE = frozenset({"0", "f", "false", "off", "no"})
_LARGEST = (1 << 63) - 1
_LONGEST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every handler may need and no request changes."""

    store: Store
    resolve_actor: Resolve
    resolve_post: Resolve
    refresh_actor: Resolve
    join_phyle: JoinPhyle
    fork_repository: ForkRepository
    check_papers: CheckPapers
    declare_elsewhere: DeclareElsewhere
    powers: tuple[Declared, ...] = ()

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.store.settings


class Asked:
    """One request. `tx` is there while the route holds one; with `holds="nothing"` the handler opens `store` itself."""

    __slots__ = (
        "_body",
        "_parameters",
        "_tx",
        "address",
        "args",
        "around",
        "cookie",
        "form_cookie",
        "headers",
        "method",
        "new_cookies",
        "path",
        "query_string",
        "request_id",
        "viewer",
    )

    def __init__(
        self,
        *,
        around: Surroundings,
        method: str,
        path: str,
        args: Mapping[str, str],
        query_string: bytes,
        headers: Mapping[str, str],
        body: bytes,
        address: str,
        request_id: str,
        cookie: str | None = None,
        form_cookie: str | None = None,
    ) -> None:
        self.around = around
        self.method = method
        self.path = path
        self.args = args
        self.query_string = query_string
        self.headers = headers
        self.address = address
        self.request_id = request_id
        self.cookie = cookie
        self.form_cookie = form_cookie
        self.new_cookies: list[str] = []
        self.viewer = ANYONE
        self._body = body
        self._parameters: forms.Parameters | None = None
        self._tx: Tx | None = None

    @property
    def tx(self) -> Tx:
        """The open connection of this request."""
        if self._tx is None:
            raise RuntimeError("this route holds no transaction")
        return self._tx

    @tx.setter
    def tx(self, tx: Tx) -> None:
        self._tx = tx

    @property
    def store(self) -> Store:
        """The database, for handlers that hold nothing."""
        return self.around.store

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.around.store.settings

    @property
    def me(self) -> Actor:
        """The person who asks. Refused when there is none, which routes for `user` never meet."""
        if self.viewer.actor is None:
            raise no_person()
        return self.viewer.actor

    @property
    def body(self) -> bytes:
        """The body as it was sent, for what is neither a form nor JSON."""
        return self._body

    @property
    def query(self) -> forms.Pairs:
        """The parameters of the address alone, in order."""
        return forms.query(self.query_string)

    @property
    def parameters(self) -> forms.Parameters:
        """Query and body merged; the body wins."""
        if self._parameters is None:
            found = forms.nested(self.query) if self.query_string else {}
            if self._body:
                found |= forms.body(self.headers.get("content-type", ""), self._body)
            self._parameters = found
        return self._parameters

    def has(self, name: str) -> bool:
        """Whether the parameter was sent at all, even empty."""
        return name in self.parameters

    def text(self, name: str, default: str = "", *, most: int = _LONGEST) -> str:
        """One text; numbers and flags of JSON as their text. Unprocessable when longer than `most` characters."""
        value = self.parameters.get(name)
        if isinstance(value, list):
            value = value[-1] if value else None
        return as_text(name, default if value is None else value, most=most)

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no in any of the spellings that clients use. Malformed when it is neither."""
        word = self.text(name).lower()
        if not word:
            return default
        if word not in _TRUE | _FALSE:
            raise Malformed(f"{name} must be true or false.")
        return word in _TRUE

    def choice(self, name: str) -> bool | None:
        """A yes or no, None when nothing was chosen."""
        return self.flag(name) if self.text(name) else None

    def number(self, name: str, default: int | None = None) -> int | None:
        """A whole number from 0 to 2^63-1. Malformed when it is none."""
        text = self.text(name).strip()
        if not text:
            return default
        if not (text.isascii() and text.isdigit()) or len(text) > 19 or int(text) > _LARGEST:
            raise Malformed(f"{name} must be a whole number, not {text[:40]!r}.")
        return int(text)

    def limit(self, default: int, most: int) -> int:
        """How many are wanted, within 1 and `most`."""
        return max(1, min(most, self.number("limit", default) or default))

    def texts(self, name: str, *, most: int = 1000) -> list[str]:
        """A list, sent as `name[]=a&name[]=b`, as `name=a&name=b`, as JSON, or as one value."""
        value = self.parameters.get(name)
        if value is None:
            return []
        values = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
        if len(values) > most:
            raise Unprocessable(f"{name} takes at most {most} values.")
        return [as_text(name, each) for each in values]

    def ids(self, name: str, *, most: int = 100) -> list[int]:
        """A list of ids; what is no id cannot be there and is left out. Only the first `most` count."""
        return [number for text in self.texts(name)[:most] if (number := _id(text)) is not None]

    def id(self, name: str = "id") -> int:
        """An id in the path. Missing when it cannot be one."""
        number = _id(self.args[name])
        if number is None:
            raise Missing
        return number

    def id_of(self, name: str) -> int | None:
        """An id among the parameters, None when absent. Missing when it cannot be one."""
        text = self.text(name)
        if not text:
            return None
        number = _id(text)
        if number is None:
            raise Missing
        return number

    async def resolve_actor(self, name: str) -> int | None:
        """The id of `ana@coop.org` or of an actor's address, fetched if need be. Not while a tx is open."""
        return await self.around.resolve_actor(name)

    async def refresh_actor(self, name: str) -> int | None:
        """As `resolve_actor`, after asking its server how it is now. Not while a tx is open."""
        return await self.around.refresh_actor(name)

    async def resolve_post(self, address: str) -> int | None:
        """The id of the post at an address, fetched if need be. Not while a tx is open."""
        return await self.around.resolve_post(address)


def as_text(name: str, value: Any, *, most: int = _LONGEST) -> str:
    """A leaf of the parameters as text that a database can keep. Malformed, Unprocessable."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{name} must be a text.")
    if len(value) > most:
        raise Unprocessable(f"{name} is longer than {most} characters.")
    if "\0" in value:
        raise Malformed(f"{name} contains a character that no text has.")
    return value


def _id(text: str) -> int | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        return None
    number = int(text)
    return number if number <= _LARGEST else None
