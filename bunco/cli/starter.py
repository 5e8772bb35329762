"""The configuration that ``bunco run`` writes where there is none."""

HEADER = """\
# bunco.toml: what bunco reads, and where it keeps what it finds.
# Every setting is described in docs/configuration.md. A setting can come from the
# environment as well: BUNCO_STORE__PATH=/data/bunco.db sets path of [store].

[store]
kind = "sqlite"
path = "bunco.db"

# How the web is asked. Say who you are when you poll a lot of feeds.
# [http]
# user_agent = "bunco (you@example.org)"

# The dashboard is at http://127.0.0.1:8600 while "bunco run" runs; see docs/dashboard.md.
# [dashboard]
# port = 8600

# Detectors run with good defaults; a table turns one off or tunes it.
# [detectors.bursts]
# enabled = false
"""

SOURCES = """
# One [[source]] for each thing to read. Take the number signs away and put your own
# address in, or let "bunco import feeds.opml" add the feeds of your reader.

# [[source]]
# name = "news"                              # yours to choose; every name once
# kind = "rss"                               # RSS, Atom, JSON Feed, or a page that links one
# url = "https://www.example.org/feed.xml"
# retention = "365d"                         # posts older than this are dropped; else kept

# A Google Alert: create it with "Deliver to: RSS feed" and copy the feed's address.
# [[source]]
# name = "alert-miracle-cure"
# kind = "rss"
# url = "https://www.google.com/alerts/feeds/0123/4567"

# Posts from a file, one JSON object a line (docs/wire-form.md); also .gz and .zst.
# [[source]]
# name = "export"
# kind = "jsonl"
# path = "posts.jsonl"
"""

STARTER = HEADER + SOURCES
