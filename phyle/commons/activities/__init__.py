"""The commons on the wire: ForgeFed between phyles, notes for everybody else."""
