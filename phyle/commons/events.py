"""What happens in the commons, for whoever wants to hear of it: plain values, told in the commit of what changed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryCreated:
    """A repository of this instance came into being, empty or as a fork."""

    repository: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryChanged:
    """Its description, visibility, branches' protection or rule are others now, or it was archived."""

    repository: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryDeleted:
    """It is here no more; `public`: whether everybody could read it."""

    repository: int
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryForked:
    """Somebody, here or elsewhere, forked a repository of this instance. `fork`: the address of the fork."""

    repository: int
    fork: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """Refs of a repository are others now; what was pushed is kept under its number."""

    push: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Somebody may do more in a repository than before."""

    grant: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """A grant holds no more."""

    grant: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationMade:
    """Somebody was invited into a repository, or asks to be let in; the repository and they are here or elsewhere."""

    invitation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAnswered:
    """It was accepted, refused or withdrawn by whoever could, here."""

    invitation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Somebody here gave back what they were granted by a repository elsewhere."""

    repository: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened:
    """A ticket was opened; a merge request is one, too."""

    ticket: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChanged:
    """A ticket was claimed, resolved, reopened, edited: `what` says which."""

    ticket: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequestVersioned:
    """A merge request has a new version, its first included."""

    ticket: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequestApplied:
    """A merge request was applied to its branch."""

    ticket: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequestRefused:
    """A merge request was refused, with a public reason."""

    ticket: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade:
    """Somebody here offered a ticket or a change to a project elsewhere."""

    offer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRenewed:
    """A change that somebody here offered elsewhere has a new version."""

    offer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn:
    """Somebody here takes back what they offered elsewhere."""

    offer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandMade:
    """Somebody here asks a project elsewhere to do something with a ticket."""

    errand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A release was published."""

    release: int
