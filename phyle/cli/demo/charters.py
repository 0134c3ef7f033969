"""The two charters: a template's, changed for people who sit around one table and decide within minutes."""

from phyle.errors import Unavailable

TEMPLATE = "small-assembly"

_SITTING = (
    "deliberation_days = 5\nballot_days = 5\nchallenge_days = 3",
    "deliberation_days = 0\nballot_minutes = 1\nchallenge_days = 0",
)
_WELCOMED = (
    "New members are welcomed by the same consent; who is to be appointed is chosen by ranking those who are willing.",
    "We sit around one table, so that a minute is enough to vote. What we are called outside concerns more than those\n"
    "who happen to sit here: that vote is open for a week.\n\n"
    "```toml\n[[power]]\n"
    'effect = "PublicFace"\nrule = "more than 1/2 of cast"\nquorum = "at least 2"\n'
    'methods = ["yesno", "schulze", "approval"]\ndeliberation_days = 0\nballot_days = 7\nchallenge_days = 0\n```\n\n'
    "New members are welcomed by the same consent. Who is to be appointed is chosen by ranking those who are willing,\n"
    "once two of us have asked for it.",
)
_TOO_FEW = (
    "If too few come we call again a week later, and then those who come\ndecide, if they are at least two.",
    "If too few do, whoever wants it proposes it anew.",
)
_CALLED_ONCE = ('second_call_quorum = "at least 2"\nsecond_call_days = 7\nmethods = ', "methods = ")
_SPONSORED = (
    'second_call_quorum = "at least 2"\nmethods = ["stv", "schulze", "approval", "yesno"]\n',
    'methods = ["stv", "schulze", "approval", "yesno"]\nsponsors = 2\n',
)


def charter(template: str, *, name: str, purpose: str, seat: str) -> str:
    """The text that a phyle signs. Raises Unavailable if the template reads otherwise than it did."""
    text = template
    for old, new in (
        _SITTING,
        _TOO_FEW,
        _CALLED_ONCE,
        _WELCOMED,
        _SPONSORED,
        ("# Charter of the Assembly", f"# Charter of {name}"),
        ('legal_name = "The Assembly"', f'legal_name = "{name}"'),
        ('seat = "nowhere in particular"', f'seat = "{seat}"'),
        ("We are a small circle of people who want to decide together what concerns us together.", purpose),
    ):
        if text.count(old) != 1:
            raise Unavailable(f"The template {TEMPLATE} does not say {old!r} any more.")
        text = text.replace(old, new)
    return text


MAKERS = {
    "name": "Offene Werkstatt",
    "seat": "Freiburg and Donostia",
    "purpose": "We make things that keep houses warm and fields sown, and we publish how. Whoever makes them with us "
    "decides with us.",
}
HOUSING = {
    "name": "Lindenhof",
    "seat": "Lindenallee 12, Leipzig",
    "purpose": "We live in sixty-four flats around one courtyard, and one boiler room heats us all. What concerns the "
    "house we decide in the house.",
}
