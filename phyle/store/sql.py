"""Named queries: the `.sql` file beside a module, as attributes."""

import re
from functools import cache
from pathlib import Path
from typing import NewType

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_WRITES = re.compile(r"\b(?:INSERT|(?<!FOR )(?<!KEY )UPDATE|DELETE)\b")

Query = NewType("Query", str)
"""The text of one statement. At run time a plain str: the driver takes no subclass, and hashes it once."""


@cache
def writes(query: Query) -> bool:
    """May the statement change anything? A lock on a row changes nothing."""
    return _WRITES.search(query) is not None


class Queries:
    """The statements of one file. A name that is not there is an error when the module is imported or the test runs."""

    def __init__(self, file: Path) -> None:
        self.file = file
        parts = _NAME.split(file.read_text(encoding="utf-8"))
        if any(line.strip() and not line.startswith("--") for line in parts[0].splitlines()):
            raise ValueError(f"{file}: text before the first '-- name:'")
        self.queries: dict[str, Query] = {}
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            if name in self.queries:
                raise ValueError(f"{file}: '{name}' twice")
            self.queries[name] = Query(text.strip().rstrip(";"))

    def __getattr__(self, name: str) -> Query:
        try:
            return self.queries[name]
        except KeyError:
            raise AttributeError(f"{self.file} has no query named '{name}'") from None


def queries(module_file: str) -> Queries:
    """The queries of the `.sql` file that lies beside the module: `SQL = queries(__file__)`."""
    return Queries(Path(module_file).with_suffix(".sql"))
