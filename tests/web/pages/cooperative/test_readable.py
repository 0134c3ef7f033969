"""Names that people know: of the phyle, of what can be done; and a charter that says what it leaves open."""

from collections.abc import Callable

from phyle.cooperative import charters
from tests.cooperative.founding import found
from tests.cooperative.law.charters import charter
from tests.instance import Instance
from tests.web.pages.browser import Browser
from tests.web.pages.cooperative.conftest import Enter


async def test_the_phyle_is_called_as_its_charter_says(whole: Instance, browsers: Callable[[], Browser]) -> None:
    reader = browsers()
    await reader.open("/phyle")
    assert '<h1 dir="auto">localhost' in reader.page.document
    await found(whole.store, [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")], charter())
    await reader.open("/phyle")
    assert '<h1 dir="auto">A phyle of a story</h1>' in reader.page.document


async def test_powers_have_names(whole: Instance, browsers: Callable[[], Browser]) -> None:
    reader = browsers()
    await reader.open("/phyle/powers")
    words = " ".join(reader.page.words.split())
    for named in ("Made a proposal propose", "To grant a licence Grant", "Account deleted AccountDeleted"):
        assert named in words
    assert "Cooperative: close early cooperative.close_early" in words


async def test_a_charter_with_gaps_is_not_signed(enter: Enter) -> None:
    ana = await enter("ana")
    await ana.open("/phyle/founding/write?template=worker-co-operative")
    await ana.press("Check this charter", 422)
    assert "seat is “to be entered”" in ana.page.words
    text = charters.template("worker-co-operative").text.replace(f'"{charters.BLANK}"', '"Bologna"')
    await ana.press("Check this charter", 200, text=text)
    assert "The charter holds together" in ana.page.words
