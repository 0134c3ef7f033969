"""What the server costs, measured beside the limit that the machine sets: `python -m bench [NAME...] [--quick]`."""
