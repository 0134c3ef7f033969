"""Pages for people with a browser and no JavaScript."""
