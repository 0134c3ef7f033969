"""The demonstration: two phyles on this machine, whose people do everything through the doors that everybody has."""
