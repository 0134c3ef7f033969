"""Where tiles and bundles of entries are served below a log's address, and how those addresses are read.

c2sp.org/tlog-tiles: `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`, N in groups of three digits.
"""

import re
from typing import NamedTuple

from phyle.cooperative.tree.tiles import FULL, Tile
from phyle.errors import Malformed

LEVEL = re.compile(r"0|[1-9][0-9]?", re.ASCII)
INDEX = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}", re.ASCII)
PARTIAL = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
HIGHEST_LEVEL = 63
# Seven groups hold any index below 10^21, more than 2^63.
LONGEST = 7


class Bundle(NamedTuple):
    """The `number`-th bundle of entries from 0, of `width` entries (1 to 256)."""

    number: int
    width: int


def tile_path(tile: Tile) -> str:
    """`tile/0/x001/x234/067`, or `tile/0/x001/x234/067.p/17` for a partial one."""
    return f"tile/{tile.level}/{_number(tile.number, tile.width)}"


def bundle_path(bundle: Bundle) -> str:
    """`tile/entries/x001/234`, or `tile/entries/x001/234.p/17` for a partial one."""
    return f"tile/entries/{_number(bundle.number, bundle.width)}"


def read_path(path: str) -> Tile | Bundle:
    """What is asked for by a path that begins with `tile/`. Malformed when it is not written exactly as it must be."""
    head, _, rest = path.partition("/")
    kind, _, number = rest.partition("/")
    if head != "tile":
        raise Malformed("This is not the path of a tile")
    index, width = _read_number(number)
    if kind == "entries":
        return Bundle(index, width)
    if not LEVEL.fullmatch(kind) or int(kind) > HIGHEST_LEVEL:
        raise Malformed(f"The level of a tile is a number from 0 to {HIGHEST_LEVEL}")
    return Tile(int(kind), index, width)


def _number(index: int, width: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups)) + ("" if width == FULL else f".p/{width}")


def _read_number(text: str) -> tuple[int, int]:
    number, dot, width = text.partition(".p/")
    if not INDEX.fullmatch(number) or number.startswith("x000/") or number.count("/") >= LONGEST:
        raise Malformed("The index of a tile is written in groups of three digits, such as x001/x234/067")
    if dot and (not PARTIAL.fullmatch(width) or int(width) >= FULL):
        raise Malformed("The width of a partial tile is a number from 1 to 255")
    return int(number.replace("/", "").replace("x", "")), int(width) if dot else FULL
