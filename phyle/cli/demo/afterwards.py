"""What is said when the story is told: where it can be seen, as whom, and how it is verified."""

from collections.abc import Iterator

from phyle.cli.demo.cast import PASSWORD
from phyle.cli.demo.history import PROJECT
from phyle.cli.demo.telling import Telling


def lines(telling: Telling) -> Iterator[str]:
    """For the terminal."""
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
    yield f"  .venv/bin/phyle audit {makers} --insecure-local"
    yield ""
    yield "Both are served until Ctrl-C. `make demo` goes on where it was, `make demo-reset` forgets it all."
