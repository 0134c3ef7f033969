"""Everything that can be done says what power it takes, and what does not say it stops the start."""

from dataclasses import replace
from typing import Any

import pytest

from phyle import app
from phyle.cli.commands import parser, powers
from phyle.powers import NONE, declared, power
from phyle.store.jobs import local

KINDS = {"command", "activity", "event", "job", "act", "consequence", "effect", "scope", "setting"}


def table() -> dict[tuple[str, str], str]:
    return {(each.kind, each.name): each.power for each in app.powers(powers(parser()))}


def test_every_kind_of_thing_is_in_the_table() -> None:
    found = table()
    assert {kind for kind, _ in found} == KINDS
    assert len(found) > 250
    assert found["effect", "Expel"] == "decision(Expel)"
    assert found["setting", "title"] == "decision(PublicFace)"
    assert found["command", "phyle accounts suspend"] == "operator"
    assert found["act", "vote"] == "self"


def test_no_power_belongs_to_an_owner_or_to_the_first() -> None:
    assert not {its for its in table().values() if any(word in its for word in ("owner", "admin", "founder", "root"))}


@pytest.mark.parametrize("word", [None, "", "owner", "admin", "mandate", "mandate()", "decision(x)", "self,operator"])
def test_what_is_no_power_is_refused(word: Any) -> None:
    with pytest.raises(ValueError, match="is no power"):
        power(word)


def test_a_job_without_a_power_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(tx: Any, body: Any) -> None: ...

    faulty = replace(local(nothing, NONE), power=None)  # type: ignore[arg-type]
    monkeypatch.setattr(app, "JOBS", {**app.JOBS, "sneak.in": faulty})
    with pytest.raises(ValueError, match=r"job sneak\.in does not declare its power"):
        app.powers()


def test_a_command_without_a_power_stops_every_command() -> None:
    known = parser()
    known._subparsers._group_actions[0].add_parser("sneak")  # type: ignore[union-attr, attr-defined]
    with pytest.raises(ValueError, match="sneak does not declare its power"):
        powers(known)


def test_a_table_names_what_is_missing() -> None:
    with pytest.raises(ValueError, match="the act found does not declare its power"):
        declared("act", {"vote": NONE, "found": None})  # type: ignore[dict-item]
