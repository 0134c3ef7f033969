"""The Mastodon client API: one table of routes, thin handlers."""
