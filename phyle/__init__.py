"""A home for a phyle: conversation, commons and co-operative membership over ActivityPub."""

__version__ = "0.1.0"
