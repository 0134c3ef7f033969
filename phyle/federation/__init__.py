"""A protocol library for ActivityPub: it speaks and understands the wire, and knows no feature."""
