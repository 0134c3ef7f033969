"""Lost entries taken back from a file that `phyle ledger export` wrote before they were lost."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from phyle.cooperative.law.commitments import opens
from phyle.cooperative.law.spelling import parse
from phyle.cooperative.ledger import checkpoints, reading, restoring, signing, trees
from phyle.cooperative.ledger.openings import Opening
from phyle.cooperative.ledger.restoring import Beside
from phyle.cooperative.tree import archive, hashing, tiles
from phyle.cooperative.tree.bundles import entries_of
from phyle.cooperative.tree.checkpoints import Head, verified
from phyle.cooperative.tree.ranges import Range
from phyle.errors import Conflict, Malformed, Refusal, Unproven
from phyle.store.transaction import Store, Tx

AT_ONCE = 256
_NAMED = re.compile(rb'"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What a file holds: leaves from the first entry on, what they name by its SHA-256, signed notes, and, if it was
    written for members, openings by their commitment."""

    leaves: Sequence[bytes]
    documents: Mapping[str, bytes]
    notes: Sequence[bytes]
    openings: Mapping[str, Opening]

    def beside(self, leaves: Sequence[bytes]) -> Beside:
        """What these leaves name, as far as the file has it."""
        named = {match.decode() for leaf in leaves for match in _NAMED.findall(leaf)}
        return Beside(documents={hash: self.documents[hash] for hash in named & self.documents.keys()})


def read_file(path: Path) -> File:
    """A file of `phyle ledger export`. Malformed if it is none, or ends within a section."""
    leaves: list[bytes] = []
    documents: dict[str, bytes] = {}
    notes: list[bytes] = []
    opened: dict[str, Opening] = {}
    with path.open("rb") as stream:
        for section in archive.sections(stream):
            if section.kind == "entries":
                leaves += entries_of(section.data)
            elif section.kind in ("blob", "sheet"):
                documents[sha256(section.data).hexdigest()] = section.data
            elif section.kind == "checkpoint":
                notes.append(section.data)
            elif section.kind == "openings":
                opened |= _openings(section.data)
    return File(leaves=leaves, documents=documents, notes=notes, openings=opened)


def _openings(data: bytes) -> dict[str, Opening]:
    """The openings of a section, each compared with what it opens. Malformed or Unproven otherwise."""
    try:
        rows = [(str(it), str(name), value, str(salt)) for it, name, value, salt in parse(data)["opened"]]
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed("The file has openings that cannot be read", cause=repr(error)) from error
    found = {}
    for commitment, name, value, salt in rows:
        if not opens(commitment, value, salt):
            raise Unproven("The file has an opening of something else than it says.", cause=commitment)
        found[commitment] = Opening(name=name, value=value, salt=salt, audience="members")
    return found


async def take_back(store: Store, file: File) -> int:
    """Enter all that the file has and the ledger has not; how many entries that were, 0 if none is missing.

    Conflict when the ledger has gone on in another way than the file; Unproven when our log did not sign what is in it.
    """
    async with store.reading() as tx:
        head = await _head(tx, file)
        before = size = await reading.size(tx)
        if head.size <= size:
            return 0
        await _continues(tx, file, size)
    hashes = hashing.leaves(file.leaves[: head.size])
    tree = tiles.built(hashes)
    while size < head.size:
        end = min(head.size, size + AT_ONCE)
        leaves, proof = file.leaves[size:end], tiles.consistency_proof(end, head.size, tree)
        async with store.transaction() as tx:
            size = await restoring.take_back(tx, leaves, head=head, proof=proof, beside=file.beside(leaves))
            await restoring.keep_openings(tx, leaves, file.openings)
    return size - before


async def _head(tx: Tx, file: File) -> Head:
    """The largest head of our log that the file's entries lead to."""
    keys, origin = await checkpoints.log_keys(tx), await signing.origin(tx)
    found = []
    for note in file.notes:
        try:
            found.append(verified(note, keys, origin=origin))
        except Refusal:
            continue
    fitting = [head for head in found if head.size <= len(file.leaves)]
    if not fitting:
        raise Unproven("The file has no checkpoint that the log of this ledger signed and that its entries reach.")
    return max(fitting, key=lambda head: head.size)


async def _continues(tx: Tx, file: File, size: int) -> None:
    known = tiles.built(hashing.leaves(file.leaves[:size]))
    if tiles.hash_of(Range(0, size), known) != await trees.root(tx, size):
        raise Conflict(f"The first {size} entries of the file are not those of this ledger, which went on without it.")
