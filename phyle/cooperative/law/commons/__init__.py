"""The commons in the ledger: works, who maintains them, what was contributed, who uses them, and on what terms."""
