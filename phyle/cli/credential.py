"""`phyle credential`: what a member shows to others, verified without asking the phyle, or with its ledger."""

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from phyle.cli import arguments
from phyle.cli.audit import remember
from phyle.cli.lines import shown
from phyle.cooperative.audit.asked import Asked
from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.memory import Keys, Memory, folder, read_keys
from phyle.cooperative.audit.remote import Remote
from phyle.cooperative.audit.saved import Saved, resumed
from phyle.cooperative.audit.verdicts import moment
from phyle.cooperative.law import credentials
from phyle.cooperative.law.credentials import Verified
from phyle.errors import Malformed, Missing, Refused, Unproven

_LABEL = 10


def register(commands: arguments.Commands) -> None:
    """Adds the commands."""
    own = arguments.group(commands, "credential", says="Credentials of membership.")
    says = "Verify a credential: as of its checkpoint; with --online, whether it holds now."
    parser = arguments.add_offline(own, "verify", _verify, says=says)
    parser.add_argument("file", metavar="FILE", help="the credential, as JSON")
    parser.add_argument("--keys", metavar="FILE", help="the phyle's keys, as it serves them under /ledger/keys")
    parser.add_argument("--online", action="store_true", help="verify the phyle's ledger, and ask it")
    parser.add_argument("--url", metavar="URL", help="where the ledger is, if not with the host that it is named after")
    parser.add_argument("--insecure-local", action="store_true", help="take http from this machine")


def _verify(given: argparse.Namespace) -> int:
    document, memory = _read(given.file), Memory(folder())
    origin = _origin(document)
    online = _verified_ledger(given, memory, origin) if given.online else None
    keys = read_keys(_read(given.keys)) if given.keys is not None else memory.keys(origin)
    if keys is None:
        host = origin.partition("/")[0]
        raise Missing(
            f"The keys of {origin} are not known here: verify its ledger once with `phyle audit https://{host}`, "
            "or give them with --keys."
        )
    verified = verified_by(document, keys, at=time.time_ns() // 1_000_000)
    for line in _lines(verified):
        print(line[:_LABEL] + shown(line[_LABEL:]))
    return 0 if online is None else _answered(verified, online)


def verified_by(document: Mapping[str, Any], keys: Keys, *, at: int) -> Verified:
    """The credential, if it holds under some of these keys at a time (milliseconds). Malformed, Unproven or Refused."""
    named, refusal = credentials.proven_by(document), Unproven("The keys of the phyle are not known.")
    if named not in keys.credential:
        raise Unproven("The credential is signed by a key that the phyle never named.", cause=named)
    for log in reversed(keys.log):
        try:
            return credentials.verify(document, credential_key=named, log_key=log, at=at)
        except Unproven as error:
            refusal = error
    raise refusal


def _lines(verified: Verified) -> Sequence[str]:
    subject = verified.subject
    attested = ", which is self-attested" if verified.self_attested else ""
    return (
        f"valid     as of the checkpoint of {verified.size} entries, until {moment(verified.until)}",
        f"account   {subject.id}",
        f"phyle     {subject.phyle}{attested}",
        f"member    {subject.member}, class {subject.klass}, since {moment(subject.since)} by entry {verified.index}",
    )


def _answered(verified: Verified, ledger: Saved) -> int:
    why = credentials.still(ledger.state, verified)
    if why is None:
        print(f"current   as of entry {ledger.tree.size - 1}")
        return 0
    ended = ledger.facts.ended.get(verified.subject.member)
    print(f"revoked   {'' if ended is None else f'since entry {ended}: '}{shown(why)}")
    return 1


def _verified_ledger(given: argparse.Namespace, memory: Memory, origin: str) -> Saved:
    """The state of the ledger, verified from where it was verified before. Refused if something in it is false."""
    address = given.url or f"{'http' if given.insecure_local else 'https'}://{origin.partition('/')[0]}"
    head, data, ended = memory.head(origin), memory.state(origin), list[Saved]()

    def save(saved: Saved) -> None:
        ended[:] = [saved]

    known = () if head is None else (head,)
    try:
        saved = None if data is None else resumed(data)
    except Malformed:
        saved = None
    with Remote(address, insecure_local=given.insecure_local) as source:
        verdict = audit(source, Asked(known=known, saved=saved, save=save))
    if not verdict.sound:
        raise Refused(f"The ledger does not hold: {verdict.findings[0]}")
    memory.keep_state(verdict.origin, bytes(ended[-1]))
    remember(memory, verdict, ended[-1])
    return ended[-1]


def _origin(document: Any) -> str:
    subject = document.get("credentialSubject") if isinstance(document, Mapping) else None
    origin = subject.get("phyle:ledger") if isinstance(subject, Mapping) else None
    if not isinstance(origin, str):
        raise Malformed("This is no credential of a membership: it names no ledger.")
    return origin


def _read(file: str) -> Any:
    try:
        return orjson.loads(Path(file).read_bytes())
    except OSError as error:
        raise Missing(f"{file} cannot be read: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise Malformed(f"{file} is not JSON.") from error
