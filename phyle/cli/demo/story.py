"""The story in its order. What does not depend on each other happens side by side, since ballots take a minute."""

import asyncio
from pathlib import Path

from phyle.cli.demo import deliberating, founding, making, sharing, using
from phyle.cli.demo.telling import Telling


async def tell(telling: Telling, place: Path) -> None:
    """All of it that is not told yet. `place`: where the people of the story have their work trees."""
    await founding.arrive(telling)
    await founding.found(telling)
    await making.make(telling, place)
    await asyncio.gather(founding.join(telling), deliberating.deliberate(telling), _across(telling, place))
    await deliberating.open_one(telling)  # for all who are members by now


async def _across(telling: Telling, place: Path) -> None:
    await sharing.share(telling, place)
    await using.use(telling)
