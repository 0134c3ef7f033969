"""The document of the client API names every route, and none that is not there."""

import re
from pathlib import Path

from phyle.web.client.table import ROUTES

DOCUMENT = Path(__file__).parents[2] / "docs" / "client-api.md"
ROW = re.compile(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \| (\w+) \| (?:`([^`]*)`)? ?\|", re.MULTILINE)


def test_the_document_is_the_table() -> None:
    written = {
        (method, path, who, scope) for method, path, who, scope in ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    }
    answered = {
        (route.method, re.sub(r"<(?:path:)?(\w+)>", r":\1", route.path), route.who, route.scope) for route in ROUTES
    }
    assert written - answered == set()
    assert answered - written == set()
