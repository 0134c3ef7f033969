"""A browser without JavaScript: it keeps cookies, follows redirects within one server, and fills in forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclass
class Form:
    """A form as it stands on the page: what it would send, and the words on its buttons."""

    method: str
    action: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class Page(HTMLParser):
    """What a browser makes of a document."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.document = document
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: set[str] = set()
        self.words = ""
        self._open: dict[str, str] = {}
        self._text = ""
        self.feed(document)

    @property
    def form(self) -> Form:
        """The form of the page, which is not the log-out of its header."""
        (form,) = [form for form in self.forms if not form.action.endswith("/auth/sign_out")]
        return form

    def value(self, name: str) -> str:
        """What the field of this name holds, in whichever form it is."""
        (found,) = [form.values[name] for form in self.forms if name in form.values]
        return found

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if "id" in found:
            assert found["id"] not in self.ids, f"the id {found['id']} is there twice"
            self.ids.add(found["id"])
        if tag == "form":
            self.forms.append(Form(found.get("method", "get"), found.get("action", "")))
        elif (
            tag == "input"
            and "name" in found
            and (found.get("type") not in ("checkbox", "radio") or "checked" in found)
        ):
            self.forms[-1].values[found["name"]] = found.get("value", "")
        elif tag in ("a", "button", "textarea", "select"):
            self._open, self._text = found, ""
        elif tag == "option" and "selected" in found:
            self.forms[-1].values[self._open["name"]] = found["value"]

    def handle_data(self, data: str) -> None:
        self._text += data
        self.words += data

    def handle_endtag(self, tag: str) -> None:
        text = " ".join(self._text.split())
        if tag == "a":
            self.links[text] = self._open.get("href", "")
        elif tag == "button":
            self.forms[-1].buttons[text] = (self._open.get("name", ""), self._open.get("value", ""))
        elif tag == "textarea":
            self.forms[-1].values[self._open["name"]] = self._text.removeprefix("\n")


class Browser:
    """One person's browser. `left_for` is the address elsewhere to which it was sent last."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.client.headers["Accept"] = ACCEPT
        self.origin = str(client.base_url).rstrip("/")
        self.left_for = ""
        self.response = httpx.Response(204)
        self.page = Page("")

    @property
    def path(self) -> str:
        """Where it is now."""
        return self.response.request.url.raw_path.decode()

    @property
    def cookies(self) -> dict[str, str]:
        return dict(self.client.cookies)

    async def open(self, path: str, status: int = 200) -> Page:
        return await self._arrive(await self.client.get(path, follow_redirects=False), status)

    async def click(self, words: str, status: int = 200) -> Page:
        return await self.open(self.page.links[words], status)

    async def press(self, button: str, status: int = 200, **values: str) -> Page:
        """Fills in the fields of the form that has this button, and presses it."""
        form = next(form for form in self.page.forms if button in form.buttons)
        fields = self.page.all("input") + self.page.all("select")
        unknown = set(values) - set(form.values) - {each.get("name") for each in fields}
        assert not unknown, f"the form has no {unknown}"
        return await self.send(form, button, status, **values)

    async def send(self, form: Form, button: str, status: int = 200, **values: str) -> Page:
        name, value = form.buttons[button]
        sent = form.values | values | ({name: value} if name else {})
        where = urljoin(self.path, form.action)
        if form.method.lower() == "get":
            return await self._arrive(await self.client.get(where, params=sent, follow_redirects=False), status)
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        response = await self.client.post(where, data=sent, headers=headers, follow_redirects=False)
        return await self._arrive(response, status)

    async def _arrive(self, response: httpx.Response, status: int) -> Page:
        self.left_for = ""
        while response.is_redirect:
            where = urljoin(str(response.request.url), response.headers["location"])
            if not where.startswith(f"{self.origin}/"):
                self.left_for = where
                break
            response = await self.client.get(where, follow_redirects=False)
        self.response = response
        assert self.left_for or response.status_code == status, f"{response.status_code}: {response.text[:3000]}"
        self.page = Page("" if self.left_for else response.text)
        return self.page


def query(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query))
