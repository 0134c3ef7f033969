"""Who there is and who is asking: actors, keys, accounts, OAuth, sessions, viewers."""
