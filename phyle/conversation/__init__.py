"""Posts, follows, reactions, timelines, notifications: the law of conversation."""
