"""The command line: each command reads its arguments, asks a slice, and prints what a person needs."""
