"""Effects: what a decision can do. The set is closed; each hangs on an option and happens when that option wins."""
