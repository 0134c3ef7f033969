"""The co-operative: founding without an owner, membership, charter, proposals, ballots, and the ledger of record."""
