"""The forms of proposals offer what the charter lets be proposed, in words for people."""

from collections.abc import Callable

from tests.cooperative.founding import found
from tests.cooperative.law.charters import charter
from tests.instance import Instance
from tests.web.pages.browser import Browser
from tests.web.pages.cooperative.conftest import entered

AUDITORS = """
## Article 4. Auditors

```toml
[office.auditors]
scope = ["audit"]
seats = 1
term_days = 365
by = "sortition"
```
"""


async def test_elections_are_for_offices_that_are_elected(whole: Instance, browsers: Callable[[], Browser]) -> None:
    actors = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, actors, charter(articles=AUDITORS))
    ana = await entered(browsers(), "ana")
    await ana.open("/phyle/proposals/new?kind=elect")
    assert "auditors" not in ana.page.words
    assert "stv" not in ana.page.words
    assert "single transferable vote" in ana.page.words
    await ana.open("/phyle/proposals/new?kind=recall")
    assert "auditors (1 seat)" in ana.page.words
    assert "yesno" not in ana.page.words
