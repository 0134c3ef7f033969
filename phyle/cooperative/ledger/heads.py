"""The last published head, kept in a file beside the database: whoever restores an old database finds it is old."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from phyle.cooperative.tree.checkpoints import Checkpoint, Head, verified
from phyle.cooperative.tree.keys import VerifierKey
from phyle.cooperative.tree.notes import Note

FILE = "ledger-head"


def keep(home: Path, note: Note) -> None:
    """Write the head so that a crash leaves the old one or the new one. Blocks until it is on the disk."""
    home.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=home, prefix=f"{FILE}.", delete=False) as file:
        file.write(bytes(note))
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(home / FILE)
    folder = os.open(home, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def there(home: Path) -> bool:
    """Whether there is such a file at all."""
    return (home / FILE).is_file()


def kept(home: Path, keys: list[VerifierKey], *, origin: str) -> Head | None:
    """The head that the file holds, None without one or when it is of another ledger than `origin`.

    Unproven or Malformed when it is not one that our log signed: the file or the database is another's.
    """
    place = home / FILE
    try:
        note = Note.read(place.read_bytes())
    except FileNotFoundError:
        return None
    return verified(note, keys) if Checkpoint.read(note.text).origin == origin else None
