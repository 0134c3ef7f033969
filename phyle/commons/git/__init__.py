"""Git itself: the real one, started under limits, never with a work tree; knows repositories as folders only."""
