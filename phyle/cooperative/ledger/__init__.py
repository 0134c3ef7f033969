"""The ledger of record in the database: what is asked of it, what is entered, and what follows in the same commit."""
