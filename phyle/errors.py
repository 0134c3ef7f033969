"""Every way the server says no.

Each error has two faces: the public sentence that a person may read, and the private cause that only the log may.

    Refusal
    ├── Malformed 400      the bytes cannot be understood
    ├── Unproven 401       who is asking is not proven
    ├── Refused 403        it is known who asks, and the answer is no
    ├── Missing 404        there is no such thing, or not for you
    ├── NotAllowed 405     the thing is there, but not for this method
    ├── Conflict 409       it contradicts what is already there
    ├── Gone 410           it was there and has been deleted
    ├── TooLarge 413       more bytes than a stranger may send
    ├── Unprocessable 422  understood, but not acceptable; `details` says which field and why
    ├── TooMany 429        too often; `retry_after` says when again
    ├── Unreachable 502    a peer that was needed did not answer
    └── Unavailable 503    we cannot right now (database, disk, key host); `retry_after` says when again

`SettingError` is of another kind: it stops the start, and names the setting.
"""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """A request, an activity or a command that is answered with no."""

    status = 500

    def __init__(self, sentence: str, *, cause: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.cause = cause

    def __str__(self) -> str:
        return f"{self.sentence} ({self.cause})" if self.cause else self.sentence


class Malformed(Refusal):
    status = 400


class Unproven(Refusal):
    status = 401


class Refused(Refusal):
    status = 403


class Missing(Refusal):
    status = 404

    def __init__(self, sentence: str = "Record not found", *, cause: str = "") -> None:
        super().__init__(sentence, cause=cause)


class NotAllowed(Refusal):
    status = 405


class Conflict(Refusal):
    status = 409


class Gone(Refusal):
    status = 410


class TooLarge(Refusal):
    status = 413


class Unprocessable(Refusal):
    """`details`: field -> [{"error": "ERR_BLANK", "description": "can't be blank"}], as the Mastodon API shows them."""

    status = 422

    def __init__(
        self, sentence: str, *, cause: str = "", details: Mapping[str, Sequence[Mapping[str, str]]] | None = None
    ) -> None:
        super().__init__(sentence, cause=cause)
        self.details = details or {}


class TooMany(Refusal):
    status = 429

    def __init__(self, sentence: str, *, cause: str = "", retry_after: int = 60) -> None:
        super().__init__(sentence, cause=cause)
        self.retry_after = retry_after


class Unreachable(Refusal):
    status = 502


class Unavailable(Refusal):
    status = 503

    def __init__(self, sentence: str, *, cause: str = "", retry_after: int = 30) -> None:
        super().__init__(sentence, cause=cause)
        self.retry_after = retry_after


class SettingError(Exception):
    """A setting is unknown, malformed or contradicts another; the sentence names it and says what to do."""
