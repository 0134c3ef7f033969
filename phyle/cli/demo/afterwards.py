"""What is said when the story is told: where it can be seen, as whom, and how it is verified."""

import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from phyle.cli.demo.cast import PASSWORD
from phyle.cli.demo.history import PROJECT
from phyle.cli.demo.telling import Telling

SERVED = "Both are served until Ctrl-C. `make demo` goes on where it was, `make demo-reset` forgets it all."


def lines(telling: Telling, place: Path) -> Iterator[str]:
    """For the terminal. `place`: the folder of the demonstration. What an auditor remembers lies in it, too: one that
    is started over is another ledger at the same address, which an auditor with a memory must refuse."""
    near = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place
    phyle = shlex.quote(str(_program()))
    makers, housing = telling.makers.origin, telling.housing.origin
    yield ""
    yield f"  Offene Werkstatt, who make things      {makers}"
    yield f"  Lindenhof, who live somewhere          {housing}"
    yield ""
    yield f"Log in as yusuf at the first, or as tobias at the second; the password of everybody is {PASSWORD}"
    yield ""
    yield "Look first at:"
    yield f"  {makers}/phyle/booth/{telling.memory['the name: ballot']}"
    yield "      a ballot that is open for a week: yusuf has not voted"
    yield f"  {makers}/@{PROJECT}.git"
    yield "      the repository; clone it with git from the same address"
    yield f"  {makers}/@{PROJECT}.git/merge-requests/{telling.memory['the second merge request']}"
    yield "      a change from the other phyle, in review"
    yield f"  {makers}/@{PROJECT}.git/uses"
    yield "      who uses it: recognised, refused, contested, and by a licence of their own"
    yield f"  {housing}/@{PROJECT}.git"
    yield "      the fork of the house, with what it descends from"
    yield ""
    yield "Verify all of it from outside:"
    yield f"  XDG_STATE_HOME={shlex.quote(str(near / 'auditor'))} {phyle} audit {makers} --insecure-local"


def _program() -> Path:
    """`phyle` as it is installed here."""
    beside = Path(sys.executable).with_name("phyle")
    found = beside if beside.exists() else Path(shutil.which("phyle") or "phyle")
    return found.relative_to(Path.cwd()) if found.is_relative_to(Path.cwd()) else found
