"""The charter as a text that people read: Markdown articles with fenced TOML blocks of typed clauses."""

from phyle.cooperative.charter.clauses import Charter


def read(text: str) -> Charter:
    """What a charter's text says. Unprocessable lists every problem with its article, line, reason and remedy."""
    raise NotImplementedError


def write(charter: Charter) -> str:
    """The text of a charter, in the one form in which `read` gives the same charter back."""
    raise NotImplementedError
