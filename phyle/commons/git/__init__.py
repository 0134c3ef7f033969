"""Git: the real one, spawned under limits, with its own configuration, on bare repositories without names."""
