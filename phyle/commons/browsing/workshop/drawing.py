"""Triangles -> a picture of them: seen from the front, above and the right, the nearest in front; as a PNG."""

import json
import math
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from itertools import product

from phyle.commons.browsing.workshop import meshes
from phyle.commons.browsing.workshop.meshes import Mesh

WIDTH, HEIGHT = 480, 360
_TURN, _TILT = math.radians(-35), math.radians(25)
_SIN_TURN, _COS_TURN, _SIN_TILT, _COS_TILT = math.sin(_TURN), math.cos(_TURN), math.sin(_TILT), math.cos(_TILT)
_LIGHT = (0.35, -0.55, 0.76)  # from the right above, behind whoever looks
_BACK, _SHADES = 0, 200
_FAR = -math.inf

Point = tuple[float, float, float]
"""Across, down, towards us; in pixels."""


def pictured(body: bytes) -> bytes:
    """JSON: the number of triangles, the size along each axis, and the picture as base64 of a PNG."""
    mesh = meshes.read(body)
    sides = [round(high - low, 4) for low, high in zip(mesh.low, mesh.high, strict=True)]
    image = b64encode(png(drawn(mesh))).decode()
    return json.dumps({"triangles": len(mesh.triangles), "sides": sides, "png": image}).encode()


def drawn(mesh: Mesh) -> bytearray:
    """One byte for each pixel: 0 is the background, the rest shades."""
    pixels, depth = bytearray(WIDTH * HEIGHT), [_FAR] * (WIDTH * HEIGHT)
    for corners, shade in _seen(mesh):
        _fill(pixels, depth, corners, shade)
    return pixels


def _seen(mesh: Mesh) -> Iterator[tuple[tuple[Point, Point, Point], int]]:
    """The triangles as we see them, with their shades; as large as the picture allows."""
    middle = [(low + high) / 2 for low, high in zip(mesh.low, mesh.high, strict=True)]
    corners = [_turned((x, y, z), middle) for x, y, z in product(*zip(mesh.low, mesh.high, strict=True))]
    wide, tall = (max(abs(corner[axis]) for corner in corners) or 1.0 for axis in (0, 1))
    scale = 0.94 * min(WIDTH / 2 / wide, HEIGHT / 2 / tall)
    for t in mesh.triangles:
        a, b, c = (_placed(_turned(corner, middle), scale) for corner in (t[:3], t[3:6], t[6:]))
        yield (a, b, c), _shade(t)


def _turned(point: Sequence[float], middle: Sequence[float]) -> Point:
    """Right, up, towards us, as seen from the middle."""
    x, y, z = point[0] - middle[0], point[1] - middle[1], point[2] - middle[2]
    away = x * _SIN_TURN + y * _COS_TURN
    return x * _COS_TURN - y * _SIN_TURN, z * _COS_TILT + away * _SIN_TILT, z * _SIN_TILT - away * _COS_TILT


def _placed(point: Point, scale: float) -> Point:
    return WIDTH / 2 + scale * point[0], HEIGHT / 2 - scale * point[1], scale * point[2]


def _shade(t: meshes.Triangle) -> int:
    """By how its normal stands to the light; files often have the corners the wrong way round, so both sides shine."""
    ux, uy, uz, vx, vy, vz = t[3] - t[0], t[4] - t[1], t[5] - t[2], t[6] - t[0], t[7] - t[1], t[8] - t[2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    length = math.hypot(nx, ny, nz)
    if not length:
        return 1
    bright = (nx * _LIGHT[0] + ny * _LIGHT[1] + nz * _LIGHT[2]) / length
    return 1 + int(_SHADES * (0.18 + 0.82 * max(bright, -0.45 * bright)))


def _fill(pixels: bytearray, depth: list[float], corners: tuple[Point, Point, Point], shade: int) -> None:
    """The pixels of one triangle that nothing nearer covers, row by row."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = sorted(corners, key=lambda point: point[1])
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    across = ((bz - az) * (cy - ay) - (cz - az) * (by - ay)) / area if abs(area) > 1e-9 else 0.0
    for row in range(max(0, math.ceil(ay - 0.5)), min(HEIGHT, math.ceil(cy - 0.5) + 1)):
        y = min(max(row + 0.5, ay), cy)
        long = (y - ay) / (cy - ay) if cy > ay else 0.0
        x, z = ax + long * (cx - ax), az + long * (cz - az)
        if y < by:
            other = ax + (y - ay) / (by - ay) * (bx - ax)
        else:
            other = bx + ((y - by) / (cy - by) if cy > by else 0.0) * (cx - bx)
        left, right = (x, other) if x < other else (other, x)
        begin, end = max(0, int(left)), min(WIDTH - 1, int(right))
        near = z + (begin + 0.5 - x) * across
        for at in range(row * WIDTH + begin, row * WIDTH + end + 1):
            if near > depth[at]:
                depth[at], pixels[at] = near, shade
            near += across


def png(pixels: bytearray) -> bytes:
    """Shades of one colour on nothing, as a PNG with a palette (ISO 15948)."""
    palette = bytearray(b"\0\0\0")
    for shade in range(255):
        part = min(1.0, shade / _SHADES)
        palette += bytes((int(28 + 150 * part), int(72 + 150 * part), int(70 + 140 * part)))
    rows = b"".join(b"\0" + pixels[start : start + WIDTH] for start in range(0, len(pixels), WIDTH))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"tRNS", b"\0"),
        (b"IDAT", zlib.compress(rows, 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes | bytearray) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
