"""What the linter of imports is told covers every module that there is."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
WIRE = {
    "phyle.conversation.activities",
    "phyle.cooperative.activities",
    "phyle.commons.activities",
    "phyle.commons.git.fetching",  # git over the guarded client
    "phyle.cooperative.audit",  # reads other people's documents; a contract of its own says what it may not ask
    "phyle.cooperative.table",
    "phyle.commons.table",
    "phyle.commons.ticket_table",
}
"""What may speak the wire's language: activities, what joins them to the rest, and what fetches."""


def modules(package: str) -> set[str]:
    """The modules and packages right in a package."""
    folder = ROOT.joinpath(*package.split("."))
    found = {each for each in folder.iterdir() if each.suffix == ".py" or (each / "__init__.py").exists()}
    return {f"{package}.{each.stem}" for each in found} - {f"{package}.__init__"}


def named(contract: str) -> set[str]:
    """What a contract is about."""
    return set(next(each for each in CONTRACTS if each["name"] == contract)["source_modules"])


def test_every_module_of_the_slices_is_kept_from_the_wire_unless_it_is_of_it() -> None:
    slices = modules("phyle.conversation") | modules("phyle.cooperative") | modules("phyle.commons")
    within = (slices - {"phyle.commons.git"}) | modules("phyle.commons.git")
    assert within - WIRE == named("Only activities speak the wire's language")
    assert within >= WIRE


def test_what_is_pure_is_held_to_it() -> None:
    pure = {f"phyle.cooperative.{each}" for each in ("charter", "law", "licences", "tally", "tree")}
    assert named("The law of a ledger asks nobody") == pure
