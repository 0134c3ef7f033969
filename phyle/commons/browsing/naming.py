"""Names in repositories, which are any bytes: as words that hide nothing, and as parts of addresses and back."""

import re
import unicodedata
from urllib.parse import quote

from phyle.errors import Missing

LONGEST = 4096
"""Bytes of a path that can be looked at: what systems take (PATH_MAX)."""
DEEPEST = 200
"""Folders in each other."""
_LONGEST_WORDS = 1000
_JOINERS = "\u200c\u200d"  # what some scripts and emoji are written with
_HIDING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u2028\u2029]")
_ESCAPED = re.compile(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')
_LETTERS = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_NAMES = {value: key for key, value in _LETTERS.items()}


def words(name: bytes | str) -> str:
    """A name for people's eyes: what is no text, cannot be seen or turns the text around it about is spelled out. What
    is longer than anybody reads is cut."""
    if len(name) > _LONGEST_WORDS:
        return words(name[:_LONGEST_WORDS]) + "…"
    text = name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else name
    return text if text.isascii() and text.isprintable() else "".join(map(_visible, text))


def _visible(letter: str) -> str:
    if letter in _JOINERS or unicodedata.category(letter) not in _HIDING:
        return letter
    number = ord(letter)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def honest(text: str) -> tuple[str, bool]:
    """The text of a file with every mark written out that turns the reading direction or cannot be seen, and whether
    there was one that turns: code that reads otherwise than it runs (CVE-2021-42574)."""
    turned = _TURNING.search(text) is not None
    if turned:
        text = _TURNING.sub(_named, text)
    return (_CONTROL.sub(_named, text) if _CONTROL.search(text) else text), turned


def _named(match: re.Match[str]) -> str:
    return f"⟦U+{ord(match[0]):04X}⟧"


def address(path: bytes) -> str:
    """A path as a part of an address, ready to be written into a page. What no browser sends unchanged is quoted as git
    does it: in double quotes with octal escapes."""
    return quote(written(path), safe="/!$&'()*,;=:@")


def written(path: bytes) -> str:
    """As `address`, before it is percent-encoded. A path that is too long is cut, and leads nowhere."""
    path = path[: LONGEST + 1]
    try:
        text = path.decode()
    except UnicodeDecodeError:
        return quoted(path)
    plain = not text.startswith('"') and "\ufffd" not in text and "\\" not in text and not _CONTROL.search(text)
    return text if plain and "\t" not in text and "\n" not in text and "\r" not in text else quoted(path)


def read(text: str) -> bytes:
    """The path that a part of an address (percent-decoded) means. Raises Missing for what was never written so, is too
    long or too deep."""
    path = _read(text)
    if len(path) > LONGEST or path.count(b"/") > DEEPEST:
        raise Missing("This path is too long to be looked at here. A clone has it.")
    return path


def _read(text: str) -> bytes:
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        try:
            return unquoted(text.encode())
        except ValueError:
            raise Missing from None
    return text.encode("utf-8", "surrogateescape")


def quoted(path: bytes) -> str:
    """In git's notation for unusual names (core.quotePath)."""
    return '"' + "".join(map(_escaped, path)) + '"'


def _escaped(byte: int) -> str:
    if byte in _NAMES:
        return "\\" + _NAMES[byte].decode()
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def unquoted(name: bytes) -> bytes:
    """What git wrote in quotes, or as it is. ValueError for quotes that do not end."""
    if not name.startswith(b'"'):
        return name
    if len(name) < 2 or not name.endswith(b'"'):
        raise ValueError("quotes that do not end")
    return _ESCAPED.sub(_unescaped, name[1:-1])


def _unescaped(match: re.Match[bytes]) -> bytes:
    letter = match[1]
    return bytes([_LETTERS[letter] if letter in _LETTERS else int(letter, 8)])
