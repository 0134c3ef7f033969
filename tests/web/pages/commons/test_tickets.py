"""Tickets, changes, needs and offers through pages alone, in a browser without JavaScript."""

from pathlib import Path

from tests.commons.between import Maker, cloned, filled, maker
from tests.instance import Instance
from tests.web.pages.commons.looking import browsers


async def _ana(here: Instance, place: Path) -> Maker:
    made = await maker(here, "ana", "seeder")
    await filled(made, place)
    await here.member("bob")
    return made


async def test_a_ticket_lives_on_pages(here: Instance, tmp_path: Path) -> None:
    await _ana(here, tmp_path / "anas")
    async with browsers(here) as look:
        bobs, anas, nobodys = await look("bob"), await look("ana"), await look()
        await bobs.open("/@seeder.git/tickets")
        assert "There are none." in bobs.page.words
        await bobs.click("Open a ticket")
        await bobs.press("Open it", status=422, title=" ", text="x", kind="", skills="", needed="1")
        assert "A title has" in bobs.page.words
        script = "It <script>alert(1)</script> *leaks*"
        await bobs.press("Open it", title="It <i>leaks</i>", text=script, kind="bug", skills="welding", needed="1")
        assert bobs.path == "/@seeder.git/tickets/1"
        assert "It <i>leaks</i>" in bobs.page.words
        assert "<script>alert" not in bobs.page.document
        assert "<em>leaks</em>" in bobs.page.document
        await bobs.press("Say it", text="Since noon")
        assert "Since noon" in bobs.page.words
        await anas.open("/@seeder.git/tickets/1")
        await anas.press("Claim it", days="7")
        assert "does it until" in anas.page.words
        await anas.press("I do not do this after all")
        await anas.press("Ask", who="@bob")
        assert "Asked to do it: @bob" in " ".join(anas.page.words.split())
        await anas.press("Resolve")
        assert "@ana resolved this." in anas.page.words
        await bobs.open("/@seeder.git/tickets/1?edit=1")
        await bobs.press("Save", title="It leaked", kind="")
        await bobs.press("Open it again")
        assert "It leaked" in bobs.page.words
        await nobodys.open("/@seeder.git/tickets?skill=welding")
        assert "It leaked" in nobodys.page.links
        assert "Say it" not in {button for form in nobodys.page.forms for button in form.buttons}
        await nobodys.open("/@seeder.git/tickets/2", status=404)
        await nobodys.open("/commons/needs?kind=design")
        assert "Nobody has said that anything is needed." in nobodys.page.words
        await nobodys.open("/@seeder.git/tickets/new")
        assert nobodys.path.startswith("/auth/sign_in")


async def test_a_change_lives_on_pages(here: Instance, tmp_path: Path) -> None:
    ana = await _ana(here, tmp_path / "anas")
    work = await cloned(ana.folder, tmp_path / "work", "Ana")
    for name, rows in (("three", 3), ("four", 4)):
        await work.branch(name)
        await work.commit({"sow.py": f"rows = {rows}\nseeds = 2\n"}, f"{rows} rows", sign_off=True)
        await work.push(ana.folder, name)
    async with browsers(here) as look:
        anas, bobs = await look("ana"), await look("bob")
        await bobs.open("/@seeder.git/merge-requests/new")
        await bobs.press("Offer it", branch="three", into="main", title="Three rows", text="*More*", sign_off="1")
        assert bobs.path == "/@seeder.git/merge-requests/1"
        assert "This can be applied." in bobs.page.words
        assert "rows = 3" in bobs.page.words
        assert "Apply it" not in {button for form in bobs.page.forms for button in form.buttons}
        await anas.open("/@seeder.git/merge-requests/1")
        await anas.press("Say so in public", status=422, verdict="changes", text="")
        assert "A review says why" in anas.page.words
        await anas.press("Say so in public", verdict="approve", text="Good")
        assert "@ana approves version 1" in " ".join(anas.page.words.split())
        await anas.press("Apply it", method="squash")
        assert "Applied as one commit" in anas.page.words
        await bobs.open("/@seeder.git/merge-requests/new")
        await bobs.press("Offer it", branch="four", into="main", title="Four rows", text="")
        words = " ".join(bobs.page.words.split())
        assert "This contradicts what is in main now, in 1 file: sow.py" in words
        assert "there: rows = 3 here: rows = 4" in words
        await anas.open("/@seeder.git/merge-requests/2")
        await anas.press("Refuse it", text="Three are enough.")
        assert "Refused: Three are enough." in anas.page.words
        await anas.open("/@seeder.git/merge-requests?state=resolved")
        assert {"Three rows", "Four rows"} <= set(anas.page.links)
        await anas.press("Save", sign_off="1", licence="PPL")
        assert "under PPL" in " ".join(anas.page.words.split())


async def test_what_one_offered_elsewhere(here: Instance, tmp_path: Path) -> None:
    await _ana(here, tmp_path / "anas")
    async with browsers(here) as look:
        bobs = await look("bob")
        await bobs.open("/commons/offers")
        await bobs.click("Offer a change")
        given = {"repository": "@seeder.git@nowhere.invalid", "title": "x", "branch": "main", "origin": "seeder"}
        await bobs.press("Offer it", status=404, **given)
        assert "There is no project at that address." in bobs.page.words
        await bobs.open("/commons/offers/new")
        await bobs.press("Open it", status=422, repository="@seeder.git", title="x")
        assert "no repository of another server" in bobs.page.words
