"""What strangers wrote, as one line for a terminal: nothing in it can move the cursor or turn the text around."""


def shown(text: str, *, most: int = 300) -> str:
    """`text` on one line, without control and formatting characters, at most `most` characters of it."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: most + 1]).split())
    return line if len(text) <= most else f"{line[:most]}…"
