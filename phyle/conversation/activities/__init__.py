"""Conversation on the wire: the only modules of this slice that know the federation."""
