"""The API of the commons."""
