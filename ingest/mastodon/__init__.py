"""What servers with Mastodon's API say, and what it means: statuses, streams, pages."""
