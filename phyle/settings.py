"""Settings: one frozen value, read once at the start and then passed by hand.

Precedence: flag, `PHYLE_*` variable, `phyle.toml` in the home, default. Whatever is unknown or malformed stops the
start with a `SettingError` that names the setting, the place where it was read, and what would be accepted.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from phyle.errors import SettingError
from phyle.powers import OPERATOR, Power, decision

Network = IPv4Network | IPv6Network
Registration = Literal["open", "application", "closed"]

FILE = "phyle.toml"
_DEFAULT_PORT = 8080
_TEST_VARIABLES = frozenset({"PHYLE_DOCUMENTS", "PHYLE_VECTORS"})  # folders that only the test suite reads
_REGISTRATIONS = ("open", "application", "closed")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator decides. `domain` carries its port when it is not the default one of its scheme."""

    home: Path
    port: int
    bind: str
    domain: str
    account_domain: str
    insecure_local: bool
    database_url: str | None
    database_owner_url: str | None
    database_listen_url: str | None
    registration: Registration
    trusted_proxies: tuple[Network, ...]
    ca_file: Path | None
    allow_networks: tuple[Network, ...]
    limits: bool
    title: str
    description: str
    contact: str
    source_url: str

    @property
    def source(self) -> str:
        """Where everybody who uses this finds the source of what runs here (AGPL-3.0, section 13)."""
        return self.source_url or f"{self.origin}/source"

    @property
    def origin(self) -> str:
        """`https://coop.org`, or `http://localhost:8080` on this machine only."""
        return f"{'http' if self.insecure_local else 'https'}://{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """A value as it was found, and where."""

    value: object
    place: str


class _UnfitError(Exception):
    """A reader's refusal: what would have been accepted."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _UnfitError("text")
    return value.strip()


def _folder(value: object) -> Path:
    if isinstance(value, Path):
        return value
    if not (text := _text(value)):
        raise _UnfitError("a path")
    return Path(text).expanduser()


def _file(value: object) -> Path | None:
    if value == "":
        return None
    path = _folder(value)
    if not path.is_file():
        raise _UnfitError("the path of an existing file")
    return path


def _port(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str) or not re.fullmatch(r"[0-9]{1,5}", str(value)):
        raise _UnfitError("a number from 1 to 65535")
    if not 1 <= (number := int(value)) <= 65535:
        raise _UnfitError("a number from 1 to 65535")
    return number


def _bind(value: object) -> str:
    text = _text(value)
    try:
        return str(ip_address(text))
    except ValueError:
        raise _UnfitError("an IP address to listen on, such as 127.0.0.1, 0.0.0.0 or ::1") from None


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off", ""):
        return False
    raise _UnfitError("true or false")


def _registration(value: object) -> Registration:
    if (text := _text(value)) not in _REGISTRATIONS:
        raise _UnfitError("one of open, application, closed")
    return cast("Registration", text)


def _networks(value: object) -> tuple[Network, ...]:
    """Addresses and networks: a list in the file, separated by commas or spaces in a variable."""
    parts = value if isinstance(value, list) else re.split(r"[,\s]+", _text(value))
    try:
        return tuple(ip_network(_text(part)) for part in parts if part != "")
    except ValueError:
        raise _UnfitError("addresses or networks, such as 10.0.0.0/8, ::1 (separated by commas)") from None


def _postgres(value: object) -> str | None:
    if not (text := _text(value)):
        return None
    if urlsplit(text).scheme not in ("postgres", "postgresql"):
        raise _UnfitError("an address such as postgresql://user:password@host:5432/phyle")
    return text


def _address(value: object) -> str:
    text = _text(value)
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+([/?#][!#-;=?-~]*)?", text):
        raise _UnfitError("an address such as https://code.coop.org/phyle")
    return text


def _host(value: object) -> str:
    """`host` or `host:port`, lower case, IDNA; an address of the loopback range is a host too (RFC 3986, 3.2.2)."""
    text = _text(value).lower()
    match = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^\s/@:\[\]]+)(?::([0-9]{1,5}))?", text)
    if match is None or not _is_host(name := _ascii(match[1])) or (match[2] and not 1 <= int(match[2]) <= 65535):
        raise _UnfitError("a host name without scheme or path, such as coop.org or localhost:8080")
    return f"{name}:{int(match[2])}" if match[2] else name


def _ascii(name: str) -> str:
    try:
        return name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        raise _UnfitError("a host name that IDNA can write, such as coop.org") from None


def _is_host(name: str) -> bool:
    if name.startswith("[") or re.fullmatch(r"[0-9.]+", name):
        return _is_address(name)
    return len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.split("."))


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


_READERS: Mapping[str, Callable[[object], object]] = {
    "home": _folder,
    "port": _port,
    "bind": _bind,
    "domain": _host,
    "account_domain": _host,
    "insecure_local": _flag,
    "database_url": _postgres,
    "database_owner_url": _postgres,
    "database_listen_url": _postgres,
    "registration": _registration,
    "trusted_proxies": _networks,
    "ca_file": _file,
    "allow_networks": _networks,
    "limits": _flag,
    "title": _text,
    "description": _text,
    "contact": _text,
    "source_url": _address,
}
_FACE = decision("PublicFace")
POWERS: Mapping[str, Power] = dict.fromkeys(_READERS, OPERATOR) | {
    "registration": _FACE,
    "title": _FACE,
    "description": _FACE,
}
"""What it takes to change a setting. Once the phyle is founded, what touches the public face is a seed only: the ledger
rules, and the file is no longer asked."""
_DEFAULTS: Mapping[str, object] = {
    "bind": "127.0.0.1",
    "database_url": None,
    "database_owner_url": None,
    "database_listen_url": None,
    "trusted_proxies": (),
    "ca_file": None,
    "allow_networks": (),
    "limits": True,
    "description": "",
    "contact": "",
    "source_url": "",
}


def read(flags: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """The settings of this start. `flags` are named like the fields, None where the flag was not given.

    Raises SettingError.
    """
    given = _from_variables(environ) | _from_flags(flags)
    home = _home(given.get("home"), environ)
    given = _from_file(home / FILE) | given
    values: dict[str, object] = dict(_DEFAULTS)
    values |= {name: _value(name, found) for name, found in given.items()}
    values["home"] = home
    values.setdefault("domain", "localhost")
    _decide_local(values, given.get("insecure_local"))
    _decide_ports(values)
    # On this machine alone nobody is let in by mistake; in the world somebody should look first.
    values.setdefault("registration", "open" if values["insecure_local"] else "application")
    values.setdefault("account_domain", values["domain"])
    values.setdefault("title", values["account_domain"])
    return Settings(**values)  # type: ignore[arg-type]  # _READERS give each field its type


def is_local(domain: str) -> bool:
    """Whether `domain` can only mean this machine: localhost, *.localhost, a loopback address; its port is ignored."""
    name, _ = _split(domain)
    if _is_address(name):
        return ip_address(name.strip("[]")).is_loopback
    return name == "localhost" or name.endswith(".localhost")


def _decide_local(values: dict[str, object], asked: _Given | None) -> None:
    """Plain http and loopback peers: by default exactly on a local domain, and never on another (RFC 6761, 6.3)."""
    domain = cast("str", values["domain"])
    local = is_local(domain)
    if values.setdefault("insecure_local", local) and not local:
        place = asked.place if asked else ""
        raise SettingError(
            f"insecure_local ({place}) serves plain http to this machine only and cannot be used with the domain "
            f"{domain!r}: accepted are localhost, *.localhost and loopback addresses."
        )


def _decide_ports(values: dict[str, object]) -> None:
    """Without a proxy in front, the port in the domain and the port listened on follow each other."""
    name, port = _split(cast("str", values["domain"]))
    scheme_port = 80 if values["insecure_local"] else 443
    if not values["insecure_local"]:
        values.setdefault("port", _DEFAULT_PORT)
        port = port or scheme_port
    else:
        values.setdefault("port", port or _DEFAULT_PORT)
        port = port or cast("int", values["port"])
    values["domain"] = name if port == scheme_port else f"{name}:{port}"


def _split(domain: str) -> tuple[str, int | None]:
    name, colon, port = domain.rpartition(":")
    if not colon or port.endswith("]"):
        return domain, None
    return name, int(port)


def _home(given: _Given | None, environ: Mapping[str, str]) -> Path:
    if given is not None:
        return cast("Path", _value("home", given)).absolute()
    data = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME") or "~").expanduser() / ".local" / "share")
    return (Path(data) / "phyle").absolute()


def _from_flags(flags: Mapping[str, object]) -> dict[str, _Given]:
    return {
        name: _Given(value=value, place=f"flag --{name.replace('_', '-')}")
        for name, value in flags.items()
        if value is not None
    }


def _from_variables(environ: Mapping[str, str]) -> dict[str, _Given]:
    found = {}
    for variable, value in environ.items():
        if not variable.startswith("PHYLE_") or variable in _TEST_VARIABLES or not value:
            continue  # an empty variable is how compose files say "not set"
        name = variable.removeprefix("PHYLE_").lower()
        if name not in _READERS or variable != variable.upper():
            raise SettingError(_unknown(variable, "the environment", [f"PHYLE_{known.upper()}" for known in _READERS]))
        found[name] = _Given(value=value, place=f"variable {variable}")
    return found


def _from_file(path: Path) -> dict[str, _Given]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} is not valid TOML: {error}.") from error
    accepted = [name for name in _READERS if name != "home"]  # the file lies in the home and cannot name it
    for name in content:
        if name not in accepted:
            raise SettingError(_unknown(name, str(path), accepted))
    return {name: _Given(value=value, place=str(path)) for name, value in content.items()}


def _unknown(name: str, place: str, accepted: list[str]) -> str:
    near = difflib.get_close_matches(name, accepted, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Accepted are {', '.join(accepted)}."
    return f"{name} in {place} is not a setting. {hint}"


def _value(name: str, given: _Given) -> object:
    try:
        return _READERS[name](given.value)
    except _UnfitError as unfit:
        shown = "(hidden)" if name.startswith("database") else repr(given.value)  # it may hold a password
        raise SettingError(f"{name} ({given.place}) is {shown}, accepted is {unfit}.") from None
