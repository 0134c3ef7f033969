"""What stewards do without a ballot, and only where the charter gave their office the scope."""

import pytest

from phyle.cooperative.law.effects.commons import Accepted
from phyle.cooperative.law.phyles import phyle
from phyle.errors import Refused
from tests.cooperative.law.clauses import SIMPLE, charter
from tests.cooperative.law.stories import Story

CURATORS = charter('\n[office.curators]\nscope = ["items", "face"]\nseats = 1\nterm_days = 50\nby = "election"\n')
ITEM = {"item": "https://a.test/garden", "kind": "knowledge"}
FACE = {"what": "description", "value": "A garden."}


def test_a_holder_of_the_scope_accepts_items_and_keeps_the_face():
    story = Story()
    ann, *_ = story.founded(CURATORS)
    story.act(ann, "accept_item", **ITEM)
    assert [each.item for _, each in story.state.all(Accepted)] == [ITEM["item"]]
    with pytest.raises(Refused, match="accepted already"):
        story.act(ann, "accept_item", **ITEM)
    story.act(ann, "change_face", **FACE)
    assert dict(phyle(story.state).face) == {"description": "A garden."}


def test_nobody_else_does():
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    with pytest.raises(Refused, match="scope items"):
        story.act(ann, "accept_item", **ITEM)
    with pytest.raises(Refused, match="scope face"):
        story.act(ann, "change_face", **FACE)
    story.act(ann, "resign", office="stewards")
    with pytest.raises(Refused, match="scope face"):
        story.act(ann, "change_face", **FACE)
