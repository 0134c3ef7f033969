"""The JSON API of the cooperative."""
