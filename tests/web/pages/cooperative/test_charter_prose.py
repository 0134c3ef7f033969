"""The charter's page shows the Markdown that was signed as what it means, and hides nothing of it."""

from collections.abc import Callable

from tests.cooperative.founding import found
from tests.cooperative.law.charters import charter
from tests.instance import Instance
from tests.web.pages.browser import Browser

ARTICLE = """
## Article 4. Bread

We bake **bread**,
together: see [our bakery](https://bakery.example/).

1. flour
3. water
"""


async def test_the_charter_is_read_as_markdown(whole: Instance, browsers: Callable[[], Browser]) -> None:
    actors = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, actors, charter(articles=ARTICLE))
    reader = browsers()
    await reader.open("/phyle/charter")
    assert "<p>We bake <strong>bread</strong>,\ntogether: see <a" in reader.page.document
    assert "our bakery (https://bakery.example/)" in reader.page.words
    assert '<li value="3">water</li>' in reader.page.document
    assert "**" not in reader.page.words
