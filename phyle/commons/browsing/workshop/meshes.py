"""3D models as printers take them (STL, binary or in words) -> triangles."""

import math
import re
import struct
from dataclasses import dataclass

MOST = 100_000
"""Triangles that are drawn."""
_TRIANGLE = struct.Struct("<12x9fH")
_NUMBER = r"[-+]?[0-9.]{1,24}(?:[eE][-+]?[0-9]{1,3})?"
_VERTEX = re.compile(rf"vertex[ \t]+({_NUMBER})[ \t]+({_NUMBER})[ \t]+({_NUMBER})".encode())

Triangle = tuple[float, ...]
"""Nine numbers: three corners."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """`low` and `high`: the corners of the box around it, in the unit of the file, which it does not name (mostly
    millimetres)."""

    triangles: list[Triangle]
    low: tuple[float, float, float]
    high: tuple[float, float, float]


def read(body: bytes) -> Mesh:
    """The triangles. ValueError, with a sentence, for what holds none or too many."""
    count = struct.unpack_from("<I", body, 80)[0] if len(body) >= 84 else -1
    triangles = _binary(body, count) if len(body) == 84 + 50 * count else _words(body)
    triangles = [each for each in triangles if all(map(math.isfinite, each)) and max(map(abs, each)) < 1e9]
    if not triangles:
        raise ValueError("This model has no triangles.")
    low, high = (
        tuple(bound(bound(each[axis], each[axis + 3], each[axis + 6]) for each in triangles) for axis in range(3))
        for bound in (min, max)
    )
    return Mesh(triangles=triangles, low=(low[0], low[1], low[2]), high=(high[0], high[1], high[2]))


def _binary(body: bytes, count: int) -> list[Triangle]:
    if count > MOST:
        raise ValueError(f"This model has {count} triangles; up to {MOST} are drawn here.")
    return [values[:9] for values in _TRIANGLE.iter_unpack(memoryview(body)[84:])]


def _words(body: bytes) -> list[Triangle]:
    numbers: list[float] = []
    for match in _VERTEX.finditer(body):
        numbers += (_number(match[1]), _number(match[2]), _number(match[3]))
        if len(numbers) > 9 * MOST:
            raise ValueError(f"This model has more than {MOST} triangles, which is more than is drawn here.")
    return [tuple(numbers[start : start + 9]) for start in range(0, len(numbers) - 8, 9)]


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:  # two points
        return math.nan
