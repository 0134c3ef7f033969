"""Which refs a push may change: one sentence for each that it may not, before git is asked anything."""

from collections.abc import Iterable
from pathlib import Path

from phyle.commons import permission
from phyle.commons.git import names, refs, storage
from phyle.commons.git.changed import Changed
from phyle.commons.permission import Action
from phyle.commons.repositories import Repository
from phyle.errors import Refused, Unprocessable
from phyle.store.transaction import Tx

_ELSEWHERE = "Only branches (refs/heads/), tags (refs/tags/) and notes (refs/notes/) can be pushed here."
_RESERVED = "What lies under refs/merge-requests/ is written by this server only: offer your branch as a merge request."
_KEPT = "This branch is protected: nobody deletes it. A maintainer can take its protection away first."
_FIRST = "This is the default branch: nobody deletes it. A maintainer can make another one the default first."
_FIXED = "A tag stays where it is: delete it first, or take another name."
_MANY = f"A repository may have {refs.MOST} branches and tags here. Delete some that nobody needs."
_ATOMIC = "All or nothing was asked for, and something else in this push was refused."


def is_protected(repository: Repository, ref: str) -> bool:
    """Whether only maintainers write a ref (full name), and nobody rewrites or deletes it if it is a branch."""
    return names.is_protected(ref, repository.default_branch, repository.protected)


async def refused(
    tx: Tx, viewer: int | None, repository: Repository, changes: Iterable[Changed], *, atomic: bool, full: str = ""
) -> dict[str, str]:
    """The refs that must not be changed so, each with its sentence. `full`: why nothing more fits in. `atomic`: all of
    them if any. Missing for whoever may not even know of the repository."""
    answers: dict[Action, str] = {}
    found: dict[str, str] = {}
    asked = list(changes)
    for change in asked:
        action: Action = "push-protected" if is_protected(repository, change.ref) else "push"
        if action not in answers:
            answers[action] = await _answer(tx, viewer, repository, action)
        if sentence := _of_ref(repository, change) or answers[action] or ("" if change.deleted else full):
            found[change.ref] = sentence
    if found and atomic:
        found = {change.ref: found.get(change.ref, _ATOMIC) for change in asked}
    return found


async def room(folder: Path, changes: Iterable[Changed]) -> tuple[int, str]:
    """How many bytes a push may still bring, and why nothing new fits in, if so."""
    left = storage.LARGEST - await storage.size(folder)
    if left <= 0:
        return 0, storage.FULL
    created = sum(change.created for change in changes)
    return left, _MANY if created and await refs.count(folder) + created > refs.MOST else ""


async def _answer(tx: Tx, viewer: int | None, repository: Repository, action: Action) -> str:
    try:
        await permission.require(tx, viewer, repository, action)
    except Refused as refusal:
        return refusal.sentence
    return ""


def _of_ref(repository: Repository, change: Changed) -> str:
    """What is wrong with the ref itself, whoever asks; '' if nothing."""
    if change.ref.startswith(names.RESERVED):
        return _RESERVED
    if not change.ref.startswith(names.PUSHED):
        return _ELSEWHERE
    try:
        names.check(change.ref)
    except Unprocessable as refusal:
        return refusal.sentence
    if change.ref.startswith(names.BRANCHES) and change.deleted and is_protected(repository, change.ref):
        return _FIRST if names.short(change.ref) == repository.default_branch else _KEPT
    if change.ref.startswith(names.TAGS) and not change.created and not change.deleted:
        return _FIXED
    return ""
