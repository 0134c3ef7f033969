"""Exact counting: papers in, winners out, with every stage in figures that a person can check by hand. Pure."""
