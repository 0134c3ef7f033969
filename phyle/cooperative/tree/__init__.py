"""The Merkle tree of a ledger and the notes that are signed about it: bytes in, bytes out, no clock and no database."""
