"""The `Link` header."""

from phyle.web.answers import Listing
from phyle.web.paging import link

HERE = "https://coop.org/api/v1/timelines/home"


def test_next_is_older_and_prev_newer_and_other_parameters_stay() -> None:
    page = Listing(items=["b", "a"], newest=20, oldest=10)
    said = link(page, address=HERE, query=[("limit", "2"), ("max_id", "30"), ("types[]", "a b")])
    kept = "limit=2&types%5B%5D=a+b"
    assert said == f'<{HERE}?{kept}&max_id=10>; rel="next", <{HERE}?{kept}&min_id=20>; rel="prev"'


def test_an_empty_page_has_no_links() -> None:
    assert link(Listing(items=[]), address=HERE, query=[]) == ""


def test_no_address_can_end_the_link_early() -> None:
    said = link(Listing(items=[1], newest=1, oldest=1), address=f"{HERE}/<x>;\r\n", query=[('a>"', "\r\n")])
    assert "\r" not in said
    assert said.count(">") == 2
