"""How the story is told: step by step, each once, with the time that has passed."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from phyle.cli.demo.folder import Memory
from phyle.cli.demo.people import Person, Refusal
from phyle.cli.demo.phyles import Phyle


class Telling:
    """The folder's memory, the two phyles, and everybody in them by name."""

    def __init__(self, memory: Memory, makers: Phyle, housing: Phyle) -> None:
        self.memory = memory
        self.makers = makers
        self.housing = housing
        self.people: dict[str, Person] = {}
        self._began = time.monotonic()

    def say(self, words: str) -> None:
        """A line for whoever waits."""
        passed = int(time.monotonic() - self._began)
        print(f"{passed // 60:2d}:{passed % 60:02d}  {words}", flush=True)

    async def once(self, step: str, do: Callable[[], Awaitable[Any]], words: str = "") -> Any:
        """What `do` gives, the first time; afterwards what it gave. `words` are said when it is done."""
        if step not in self.memory:
            self.memory.keep(step, await do())
            if words:
                self.say(words)
        return self.memory[step]

    async def act(self, step: str, who: str, path: str, words: str = "", **given: Any) -> Any:
        """An act of somebody, entered once even if this process ends before it hears of it: the step's name is its
        key. What is remembered is what was entered."""
        person = self.people[who]

        async def do() -> Any:
            return (await person.post(path, key=step, **given))["payload"]

        return await self.once(step, do, words)

    async def try_act(self, who: str, path: str, **given: Any) -> bool:
        """An act that may come too late; whether it did not."""
        try:
            await self.people[who].post(path, **given)
        except Refusal:
            return False
        return True
