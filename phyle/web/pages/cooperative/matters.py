"""What can be proposed by a form, each with the fields that it asks for and the effect that it comes to."""

from collections.abc import Mapping
from dataclasses import replace

from phyle.web.pages.cooperative.fields import Field, Kind

_HERE = ("member", "lapsed", "suspended", "probation")


def _member(label: str, *standings: str, hint: str = "") -> Field:
    return Field(name="member", label=label, sort="member", standings=standings or _HERE, hint=hint)


def _line(name: str, label: str, hint: str = "", *, needed: bool = True) -> Field:
    return Field(name=name, label=label, sort="line", hint=hint, needed=needed)


_OFFICE = Field(name="office", label="Which office", sort="office")
_WORDS, _PEOPLE, _OFFICES, _PHYLE = "In words", "People", "Offices", "The phyle itself"
_COMMONS, _POSTS = "What the phyle holds", "What is said and shown here"
_DAYS = Field(name="days", label="For how many days", sort="number", needed=False)

KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            key="resolve",
            heading="Resolve something in words",
            says="A yes or no decision about a text. If it passes, the phyle has resolved what the text says.",
            effect="Resolve",
            group=_WORDS,
        ),
        Kind(
            key="choose",
            heading="Choose among several options",
            says="People rank, score or tick several options. That everything stays as it is, is always one of them.",
            effect="Resolve",
            group=_WORDS,
            several=True,
        ),
        Kind(
            key="admit",
            heading="Admit somebody",
            says="Somebody who has applied, or is on probation, becomes a full member at once.",
            effect="Admit",
            group=_PEOPLE,
            fields=(_member("Who", "applicant", "probation"),),
        ),
        Kind(
            key="confirm",
            heading="End somebody’s probation",
            says="Somebody on probation gets their vote.",
            effect="Confirm",
            group=_PEOPLE,
            fields=(_member("Who", "probation"),),
        ),
        Kind(
            key="suspend",
            heading="Suspend a member",
            says="A member rests for a time and takes no part. It can be appealed against.",
            effect="Suspend",
            group=_PEOPLE,
            fields=(
                _member("Who", "member", "lapsed", "probation"),
                replace(_DAYS, hint="At most 365. Empty: for as long as can be."),
            ),
        ),
        Kind(
            key="reinstate",
            heading="Take somebody back",
            says="A member who was suspended or expelled stands as before.",
            effect="Reinstate",
            group=_PEOPLE,
            fields=(_member("Who", "suspended", "expelled"),),
        ),
        Kind(
            key="expel",
            heading="Expel a member",
            says="It takes a charge first, to which the member has had time to reply. Nobody votes on their own case.",
            effect="Expel",
            group=_PEOPLE,
            fields=(Field(name="charge", label="On which charge", sort="charge"),),
        ),
        Kind(
            key="rebind",
            heading="Know a member by a new key",
            says="Somebody lost their account and asks for their membership under another one. Members decide that it "
            "is them, where somebody objects or too few vouch.",
            effect="Rebind",
            group=_PEOPLE,
            fields=(Field(name="rebinding", label="Which request", sort="rebinding"),),
        ),
        Kind(
            key="elect",
            heading="Hold an election",
            says="Members nominate each other until the ballot opens; whoever accepts is a candidate.",
            effect="Appoint",
            group=_OFFICES,
            fields=(_OFFICE, Field(name="seats", label="How many seats", sort="number")),
            election=True,
        ),
        Kind(
            key="appoint",
            heading="Appoint somebody",
            says="A yes or no decision on one person for one office.",
            effect="Appoint",
            group=_OFFICES,
            fields=(_OFFICE, _member("Who", "member")),
        ),
        Kind(
            key="recall",
            heading="Recall somebody from an office",
            says="Their mandate ends as soon as it passes.",
            effect="Recall",
            group=_OFFICES,
            fields=(_OFFICE, _member("Who", "member", "suspended", "lapsed")),
        ),
        Kind(
            key="grant",
            heading="Grant a licence",
            says="Somebody may use what the phyle holds, on terms that you write down.",
            effect="Grant",
            group=_COMMONS,
            fields=(
                _line(
                    "licence",
                    "Which licence",
                    "Its short name in lower case, as in ppl-commercial; reciprocity, if for what was contributed.",
                ),
                _line(
                    "work",
                    "For which work",
                    "Its id in the ledger; reciprocity needs one. Empty: all that the phyle took into its commons.",
                    needed=False,
                ),
                Field(
                    name="terms",
                    label="Its terms",
                    sort="text",
                    hint="What it allows, to whom, for what in return. They are public and stay so.",
                    argument="text",
                ),
                Field(
                    name="to",
                    label="To which member",
                    sort="member",
                    standings=_HERE,
                    hint="They have no vote on it. Empty, if it is somebody else.",
                    needed=False,
                ),
                _line("name", "Or to whom else", "The name of whoever is no member here. It is public.", needed=False),
                replace(_DAYS, hint="Empty: without an end."),
                Field(name="grant", label="", sort="hidden", needed=False),
            ),
            either=("to", "name"),
        ),
        Kind(
            key="rule",
            heading="Rule on the use of a work",
            says="The licensors decide on a contested use, or that its user broke the terms of the licence. Whoever "
            "broke them has no licence for the work, until it is decided that they may use it again.",
            effect="Ruling",
            group=_COMMONS,
            fields=(
                _line("work", "Which work", "Its id in the ledger."),
                _line("use", "Which use", "Its id in the ledger."),
                Field(
                    name="outcome",
                    label="What is decided",
                    sort="choice",
                    choices={
                        "recognised": "The use is recognised",
                        "refused": "The use is refused",
                        "breach": "The user broke the terms",
                        "permitted": "The user may use the work again",
                    },
                ),
                _line("clause", "By which clause", "Of the licence, as in 4(c)."),
                Field(name="because", label="Why", sort="text", argument="text", hint="It is public and stays so."),
                Field(
                    name="member",
                    label="Which member declared it",
                    sort="member",
                    standings=_HERE,
                    hint="They have no vote on it. Empty, if it was nobody who is a member.",
                    needed=False,
                ),
            ),
        ),
        Kind(
            key="accept",
            heading="Take something into the commons",
            says="What is accepted belongs to all who keep it.",
            effect="AcceptItem",
            group=_COMMONS,
            fields=(
                _line("item", "What", "Its name or its address. A group’s name has only letters, digits and _."),
                Field(
                    name="item_kind",
                    label="What it is",
                    sort="choice",
                    choices={
                        "circle": "A group of people who work at something",
                        "repository": "The project of this name, with its repository",
                        "work": "A work, or something else",
                    },
                    argument="kind",
                ),
                Field(
                    name="describes",
                    label="What should be known of it",
                    sort="text",
                    needed=False,
                    argument="text",
                ),
            ),
        ),
        Kind(
            key="transfer",
            heading="Transfer something from a fund",
            says="An amount leaves a fund of the phyle.",
            effect="Transfer",
            group=_COMMONS,
            fields=(
                _line("fund", "From which fund", "Its short name in lower case."),
                _line("commodity", "Of what", "As in eur or hours."),
                Field(name="amount", label="How much", sort="number", hint="In the smallest unit, as in cents."),
                _line("to", "To whom", "The account that gets it. It is public."),
                Field(
                    name="direction",
                    label="Where it goes",
                    sort="choice",
                    choices={"out": "Out of the phyle", "within": "To another fund of the phyle"},
                ),
            ),
            caution="This phyle keeps no funds yet. Members can decide on it, but nothing can be transferred: the "
            "decision would be sent back.",
        ),
        Kind(
            key="moderate",
            heading="Moderate",
            says="A post is hidden, an account suspended or a server blocked, until a decision lifts it again.",
            effect="Moderate",
            group=_POSTS,
            fields=(
                Field(
                    name="action",
                    label="What",
                    sort="choice",
                    choices={"hide": "Hide a post", "suspend": "Suspend an account", "block": "Block a server"},
                ),
                _line(
                    "target",
                    "To what",
                    "The address of the post, the full name of the account as in @ana@coop.example, or the name of the "
                    "server. Members can read it.",
                ),
                Field(name="reason", label="Why", sort="text", hint="Members can read it."),
            ),
        ),
        Kind(
            key="review",
            heading="Confirm or lift a moderation",
            says="What a steward did, or the operator withholds, stays; or what was done is undone.",
            effect="Moderate",
            group=_POSTS,
            fields=(
                Field(name="moderation", label="Which", sort="moderation"),
                Field(
                    name="action",
                    label="What",
                    sort="choice",
                    choices={"confirm": "Confirm it", "lift": "Lift it"},
                ),
            ),
        ),
        Kind(
            key="amend",
            heading="Change the charter",
            says="You change its text; each change is decided by the rule that protects what it touches.",
            effect="Amend",
            group=_PHYLE,
            charter=True,
        ),
        Kind(
            key="ratify",
            heading="Ratify the charter",
            says="After the founders’ time the members confirm the charter anew.",
            effect="Ratify",
            group=_PHYLE,
        ),
        Kind(
            key="face",
            heading="Change what this phyle shows of itself",
            says="Its name, its description, or who can have an account here.",
            effect="PublicFace",
            group=_PHYLE,
            fields=(
                Field(
                    name="what",
                    label="What",
                    sort="choice",
                    choices={"name": "Its name", "description": "Its description", "registrations": "New accounts"},
                ),
                _line("value", "What it shall be", "For new accounts: open, application or closed."),
            ),
        ),
        Kind(
            key="rotate",
            heading="Change a key of the phyle",
            says="When a key is lost or stolen, and cannot be changed by two stewards: a new one is made here, and "
            "holds as soon as the members have decided.",
            effect="Rotate",
            group=_PHYLE,
            fields=(
                Field(
                    name="which",
                    label="Which key",
                    sort="choice",
                    choices={
                        "log": "The one that signs the ledger",
                        "credential": "The one that signs credentials and what this server says",
                    },
                ),
                Field(
                    name="last_trusted",
                    label="The last entry that the old key is trusted for",
                    sort="number",
                    hint="If it was stolen: the number of an entry of the ledger. What it signed after that counts for "
                    "nothing.",
                    needed=False,
                ),
            ),
            key_made=True,
        ),
        Kind(
            key="denounce",
            heading="Denounce a treaty",
            says="A treaty with another phyle ends.",
            effect="Denounce",
            group=_PHYLE,
            fields=(_line("treaty", "Which treaty", "The fingerprint of its text: 64 hexadecimal digits."),),
            caution="This phyle has no treaties yet, so there is none to denounce: the decision would be sent back.",
        ),
        Kind(
            key="annul",
            heading="Annul a decision",
            says="A decision that passed and is not carried out yet is taken back.",
            effect="Annul",
            group=_PHYLE,
            fields=(_line("proposal", "Which proposal", "The last part of the address of its page."),),
        ),
        Kind(
            key="dissolve",
            heading="Dissolve the phyle",
            says="It ends. Its ledger stays readable.",
            effect="Dissolve",
            group=_PHYLE,
        ),
    )
}
"""By their key, in the order in which they are offered."""
