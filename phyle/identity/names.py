"""What a newcomer may call themselves, and the other fields of the form; every fault at once, in the API's words."""

import re
from collections.abc import Mapping

from phyle.errors import Unprocessable
from phyle.identity import passwords
from phyle.settings import Settings
from phyle.text import fold, well_formed

NAME = re.compile(r"[A-Za-z0-9_]{1,30}")
LONGEST_EMAIL = 320
LONGEST_REASON = 2000
_EMAIL = re.compile(r"[^\s@\"(),:;<>\[\\\]]{1,64}@((?!-)[\w-]{1,63}(?<!-)\.)*(?!-)[\w-]{1,63}(?<!-)")

# Words that would be taken for the instance, its operator or one of its addresses.
_WORDS_OF_THE_HOUSE = (
    "abuse account accounts actor actors admin administrator administrators admins agora anonymous anyone api "
    "apps authorize authorize_interaction autoconfig autodiscover circle circles commons contact council "
    "everyone explore feed feeds guest help home hostmaster inbox info instance invite invites legal list "
    "lists localhost login logout mail mailer_daemon media member members mod moderation moderator moderators "
    "no_reply nobody nodeinfo noreply notifications null oauth objects official operator operators outbox "
    "owner owners phyle postmaster privacy profile public register relay reports root rules search security "
    "service settings share signup staff static statuses support sysadmin system tags team terms treasurer "
    "treasury undefined users webfinger webmaster well_known"
)
RESERVED = frozenset(_WORDS_OF_THE_HOUSE.split())

Faults = dict[str, list[Mapping[str, str]]]

_WORDS = {
    "ERR_ACCEPTED": "must be accepted",
    "ERR_BLANK": "can't be blank",
    "ERR_INVALID": "is invalid",
    "ERR_RESERVED": "is reserved",
    "ERR_TAKEN": "has already been taken",
    "ERR_TOO_LONG": "is too long",
    "ERR_TOO_SHORT": "is too short",
}
_NAME_WORDS = "must contain only letters, numbers and underscores, at most 30"


def examine(
    settings: Settings, *, name: str, email: str, password: str, reason: str, agreement: bool, reason_needed: bool
) -> Faults:
    """What is wrong with a form, field by field; empty when nothing is."""
    found = {
        "username": _of_name(settings, name),
        "email": _of_email(email),
        "password": _of_password(password),
        "reason": _of_reason(reason, needed=reason_needed),
        "agreement": "" if agreement else "ERR_ACCEPTED",
    }
    return {field: [fault(code, field)] for field, code in found.items() if code}


def fault(code: str, field: str = "") -> Mapping[str, str]:
    """One entry of `details`."""
    words = _NAME_WORDS if (code, field) == ("ERR_INVALID", "username") else _WORDS[code]
    return {"error": code, "description": words}


def refusal(faults: Faults) -> Unprocessable:
    """The error that says all of it: `Validation failed: Username can't be blank, Email is invalid`."""
    told = ", ".join(f"{field.capitalize()} {one['description']}" for field, found in faults.items() for one in found)
    return Unprocessable(f"Validation failed: {told}", details=faults)


def check_password(password: str) -> None:
    """Raises Unprocessable for a password that is too short or too long."""
    if code := _of_password(password):
        raise refusal({"password": [fault(code)]})


def is_reserved(settings: Settings, name: str) -> bool:
    """Whether the name may belong to the instance only: a word of the list, or the domain or its first label."""
    folded = fold(name)
    own = {part for domain in (settings.domain, settings.account_domain) for part in _parts(domain)}
    return folded in RESERVED or folded in own


def _parts(domain: str) -> set[str]:
    host = fold(domain).rpartition(":")[0] or fold(domain)
    return {host, host.replace(".", "_").replace("-", "_"), host.partition(".")[0]}


def _of_name(settings: Settings, name: str) -> str:
    if not name:
        return "ERR_BLANK"
    if not NAME.fullmatch(name):
        return "ERR_INVALID"
    return "ERR_RESERVED" if is_reserved(settings, name) else ""


def _of_email(email: str) -> str:
    if not email:
        return "ERR_BLANK"
    fit = len(email) <= LONGEST_EMAIL and well_formed(email) == email and _EMAIL.fullmatch(email)
    return "" if fit else "ERR_INVALID"


def _of_password(password: str) -> str:
    if not password:
        return "ERR_BLANK"
    if len(password) > passwords.LONGEST:
        return "ERR_TOO_LONG"
    return "ERR_TOO_SHORT" if len(password) < passwords.SHORTEST else ""


def _of_reason(reason: str, *, needed: bool) -> str:
    if needed and not reason.strip():
        return "ERR_BLANK"
    return "ERR_TOO_LONG" if len(reason) > LONGEST_REASON else ""
