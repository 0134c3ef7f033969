"""Somebody on an ordinary server, whose words reach the phyle as signed posts, and what they are sent."""

import re
from dataclasses import dataclass
from typing import Any

from tests.between import accepted
from tests.cooperative.activities.test_doors import group
from tests.instance import Instance
from tests.peer import Peer
from tests.servers import eventually
from tests.web.pages.browser import Browser

LINK = re.compile(r'href="([^"]+/phyle/enter\?link=[^"]+)"')


@dataclass
class Visitor:
    """A person there, `uri`, of whom the phyle knows what they say."""

    whole: Instance
    there: Peer
    uri: str
    notes: int = 0

    async def says(self, words: str, **more: Any) -> dict[str, Any]:
        """A direct post to the group of the members, as Mastodon writes it; the activity."""
        members = await group(self.whole, "members")
        self.notes += 1
        host = self.whole.origin.partition("://")[2]
        content = (
            f'<p><span class="h-card" translate="no"><a href="{self.whole.origin}/@members" class="u-url mention">'
            f"@<span>members</span></a></span> {words}</p>"
        )
        note = {
            "id": f"{self.uri}/direct/{self.notes}",
            "type": "Note",
            "attributedTo": self.uri,
            "content": content,
            "to": [members],
            "cc": [],
            "tag": [{"type": "Mention", "href": members, "name": f"@members@{host}"}],
            **more,
        }
        activity = self.there.activity("Create", self.uri, note, to=[members])
        await accepted(self.whole, self.there, activity)
        return activity

    def written(self) -> list[str]:
        """What was written to them, in order."""
        notes = [body["object"] for body in self.there.of_type("Create") if isinstance(body.get("object"), dict)]
        return [note["content"] for note in notes if self.uri in note.get("to", ())]

    async def reads(self, words: str) -> str:
        """What was written to them with these words in it, once it has come."""

        async def found() -> str | None:
            return next((content for content in reversed(self.written()) if words in content), None)

        return str(await eventually(found))

    async def link(self) -> str:
        """The newest link that was sent to them, as a path here."""
        content = await self.reads("/phyle/enter?link=")
        (found,) = LINK.findall(content)
        return str(found.removeprefix(self.whole.origin))

    async def enters(self, browser: Browser) -> None:
        """Asks for the booth by a post, opens the link and presses the button."""
        before = len(self.written())
        await self.says("booth")

        async def more() -> bool:
            return len(self.written()) > before

        await eventually(more)
        await browser.open(await self.link())
        (button,) = [words for form in browser.page.forms for words in form.buttons if words.startswith("Enter as")]
        await browser.press(button)
