"""The pages of the commons; they work without JavaScript."""
