"""The law of a phyle as pure functions over the entries of its ledger: no clock, no disk, no network, no fraction lost.

Version 1 of the rules. The same code decides in the server, in `phyle audit` and in the tests.
"""
