"""The commons: repositories that anybody may fork, what is done in them together, and how they are used."""
