"""A picture and two models for the repository of the story, computed, so that they can be shown and measured."""

import struct
import zlib

Point = tuple[float, float, float]


def front(width: int = 480, height: int = 270) -> bytes:
    """The front of the controller as a PNG: a case with a display and two knobs, on green."""
    rows = b"".join(b"\0" + bytes(value for x in range(width) for value in _pixel(x, y)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _pixel(x: int, y: int) -> tuple[int, int, int]:
    if not (60 <= x < 420 and 40 <= y < 230):
        return (92, 128, 90)
    if x < 64 or x >= 416 or y < 44 or y >= 226:
        return (40, 44, 46)
    if 90 <= x < 260 and 70 <= y < 150:
        lit = (y - 70) // 8 in (3, 5, 6) and (x - 90) % 24 < 16
        return (196, 232, 170) if lit else (28, 52, 40)
    for middle in (310, 370):
        away = (x - middle) ** 2 + (y - 110) ** 2
        if away < 22**2:
            return (210, 120, 50) if x == middle and y < 110 else (58, 62, 66)
    return (222, 218, 206)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def box(name: str, width: float, depth: float, height: float, wall: float) -> str:
    """An open box in millimetres, as ASCII STL: a block with the hollow of a smaller one in it."""
    outer = _faces((0, 0, 0), (width, depth, height), without_top=True)
    inner = _faces((wall, wall, wall), (width - wall, depth - wall, height), without_top=True)
    turned = [(first, third, second) for first, second, third in inner]
    lines = [f"solid {name}", *(line for face in (*outer, *turned) for line in _facet(face)), f"endsolid {name}", ""]
    return "\n".join(lines)


def _faces(low: Point, high: Point, *, without_top: bool) -> list[tuple[Point, Point, Point]]:
    corners = [
        (high[0] if n & 1 else low[0], high[1] if n & 2 else low[1], high[2] if n & 4 else low[2]) for n in range(8)
    ]
    squares = [(0, 2, 3, 1), (0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6)]
    squares += [] if without_top else [(4, 5, 7, 6)]
    found = []
    for a, b, c, d in squares:
        found += [(corners[a], corners[b], corners[c]), (corners[a], corners[c], corners[d])]
    return found


def _facet(face: tuple[Point, Point, Point]) -> list[str]:
    points = [f"      vertex {x:.2f} {y:.2f} {z:.2f}" for x, y, z in face]
    return ["  facet normal 0 0 0", "    outer loop", *points, "    endloop", "  endfacet"]
