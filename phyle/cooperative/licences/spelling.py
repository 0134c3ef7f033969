"""Spelling: a licence expression as people write it becomes the one that SPDX writes; unknown ids are named."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from boolean.boolean import ParseError
from license_expression import ExpressionError, ExpressionParseError, Licensing, get_spdx_licensing

from phyle.cooperative.licences.expressions import LONGEST, parse
from phyle.errors import Unprocessable

OWN: Mapping[str, str] = {"coopyleft": "LicenseRef-Coopyleft", "coopcycle": "LicenseRef-Coopyleft"}
"""What is called so and has no id in SPDX's list, by its name in lower case."""


def normalised(text: str) -> str:
    """The expression with ids and operators as SPDX spells them; a reference of one's own (LicenseRef-...) stays as it
    is, and so do both names of the Peer Production License, PPL and LicenseRef-PPL. Unprocessable for what is no
    expression, or names a licence that is not in SPDX's list."""
    given = OWN.get(text.strip().lower(), text)
    if len(given) > LONGEST:
        raise Unprocessable(f"A licence expression has at most {LONGEST} characters.")
    try:
        found: Any = known().parse(given)
    except (ExpressionError, ExpressionParseError, ParseError) as error:
        raise Unprocessable(f"{text!r} is no licence expression.", cause=str(error)) from error
    if found is None:
        raise Unprocessable("A licence expression names a licence, such as PPL or MIT OR Apache-2.0.")
    for id in unknown(found):
        raise Unprocessable(f"{id} is in no list of licences.{_instead(id)}")
    spelt = str(found.render())
    parse(spelt)
    return spelt


def unknown(expression: Any) -> list[str]:
    """The ids of an expression, as the library read it, that neither SPDX knows nor anybody made up as a reference."""
    keys: list[str] = known().unknown_license_keys(expression)
    return [key for key in keys if not key.startswith(("LicenseRef-", "DocumentRef-", "AdditionRef-"))]


def is_known(id: str) -> bool:
    """Whether SPDX has a licence or an exception of this id, or it is a reference of somebody's own."""
    return id.startswith(("LicenseRef-", "DocumentRef-", "AdditionRef-")) or id in known().known_symbols


@cache
def known() -> Licensing:
    """All ids of SPDX's list, as the library knows them."""
    return get_spdx_licensing()


def _instead(id: str) -> str:
    near = get_close_matches(id, [key for key in known().known_symbols if not key.startswith("LicenseRef-")], n=3)
    meant = f" Do you mean {' or '.join(near)}?" if near else ""
    return f"{meant} A licence without an id in SPDX's list is written LicenseRef-NAME."
