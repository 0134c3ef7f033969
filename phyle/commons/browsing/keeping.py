"""What was made of an object, kept for the next who look: objects never change, so that it never grows old."""

from collections import OrderedDict


class Kept:
    """The latest answers, at most so many bytes of them. Whoever asks was allowed to see the object before."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._answers: OrderedDict[tuple[object, ...], bytes] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> bytes | None:
        """What is kept under this key."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: tuple[object, ...], answer: bytes) -> None:
        """Keep it, and let go of what nobody asked for the longest time."""
        if len(answer) > self._most // 8:
            return
        self._bytes -= len(self._answers.pop(key, b""))
        self._answers[key] = answer
        self._bytes += len(answer)
        while self._bytes > self._most:
            _, gone = self._answers.popitem(last=False)
            self._bytes -= len(gone)
