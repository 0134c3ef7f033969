"""The words of a charter are broken where the screen ends, and what was written in lines stays in lines."""

from phyle.web.pages.cooperative.charter import flowing


def test_a_wrapped_paragraph_becomes_one_line() -> None:
    assert flowing("We bake bread,\ntogether.\n\nNobody\nowns us.") == "We bake bread, together.\n\nNobody owns us."


def test_lists_tables_headings_and_boxes_keep_their_lines() -> None:
    for written in (
        "We have:\n- flour\n- water",
        "1. flour\n2. water",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "### The oven\nIt is hot.",
        "> said\n> somebody",
        "So:\n```\none\ntwo\n```\nand",
        "A line  \nand another",
    ):
        assert flowing(written) == written


def test_an_entry_of_a_list_goes_on() -> None:
    assert flowing("- flour and\n  water\n- salt") == "- flour and water\n- salt"
