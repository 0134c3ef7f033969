"""The pages of the cooperative under /phyle: what members do together, for people with a browser and nothing else."""
