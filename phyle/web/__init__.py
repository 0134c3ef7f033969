"""The doors: inboxes, the Mastodon API, pages. They translate; the law lies in the slices."""
