"""The log of a server: on stderr, one line for each thing that happened, so that nobody can write a second one."""

import logging
import time

from phyle.cli.lines import shown

_LONGEST = 2000


class _OneLine(logging.Filter):
    """Causes quote strangers: they stay on their line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """All pass."""
        record.msg, record.args = shown(record.getMessage(), most=_LONGEST), ()
        return True


def begin() -> None:
    """From now on what we note is shown, and of what we are built on only what is wrong. Times are UTC."""
    lines = logging.Formatter("%(asctime)sZ %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    lines.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(lines)
    handler.addFilter(_OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("phyle").setLevel(logging.INFO)
