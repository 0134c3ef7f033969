"""What `phyle doctor` finds before it comes to the database."""

from contextlib import aclosing
from pathlib import Path

import pytest

from phyle.cli.doctor import findings
from phyle.settings import read


@pytest.mark.threat("F8")
@pytest.mark.parametrize(
    ("variables", "level"),
    [
        ({"PHYLE_DOMAIN": "coop.example"}, "weak"),
        ({"PHYLE_DOMAIN": "coop.example", "PHYLE_TRUSTED_PROXIES": "127.0.0.1"}, "ok"),
        ({"PHYLE_DOMAIN": "coop.example", "PHYLE_LIMITS": "off"}, "ok"),
        ({}, "ok"),
    ],
)
async def test_a_proxy_that_is_not_believed(tmp_path: Path, variables: dict[str, str], level: str) -> None:
    async with aclosing(findings(read({"home": tmp_path}, variables))) as found:
        while (finding := await anext(found)).topic != "proxies":
            pass
    assert finding.level == level
