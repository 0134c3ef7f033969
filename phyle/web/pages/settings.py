"""What the pages of a member's settings share: their frame, and the password before what cannot be taken back."""

from collections.abc import Mapping
from typing import Any

from phyle.errors import Refusal, Unproven
from phyle.identity import joining
from phyle.identity.accounts import Account
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import to

PROFILE, ACCESS, MOVING, LEAVING = "/settings", "/settings/access", "/settings/moving", "/settings/leaving"
_PARTS = {PROFILE: "Profile", ACCESS: "Access", MOVING: "Moving", LEAVING: "Leaving"}
_DONE: Mapping[str, str] = {
    "profile": "Your profile is saved.",
    "password": "You have a new password. Everywhere else you have to log in again.",
    "program": "The program has no access to your account any more.",
    "named": "The account is named now. You can move here from it.",
    "unnamed": "The account is not named any more.",
    "moved": "You have moved. Your followers are being told.",
    "back": "Your account is here again.",
}
LONGEST_PASSWORD = 10_000


def part(asked: Asked, path: str, template: str, *, fault: Refusal | None = None, **shown: Any) -> Answer:
    """One page of the settings; with a refusal what it says, and its status."""
    return page(
        asked,
        template,
        status=200 if fault is None else 422 if isinstance(fault, Unproven) else fault.status,
        parts=_PARTS,
        current=path,
        done=_DONE.get(asked.text("done"), ""),
        fault=fault.sentence.removeprefix("Validation failed: ") if fault else "",
        **shown,
    )


def done(path: str, what: str) -> Answer:
    """Back to a page, which says what was done."""
    return redirect(to(path, done=what))


async def confirmed(asked: Asked) -> Account:
    """The account of who is logged in, if the form's `password` is theirs. Not inside a transaction; the account is to
    be held (`accounts.hold`) in the one that follows. Raises Unproven, TooMany."""
    password = asked.text("password", most=LONGEST_PASSWORD)
    try:
        return await joining.prove(asked.store, asked.me.name, password, address=asked.address)
    except Unproven:
        raise Unproven("This is not your password.") from None
