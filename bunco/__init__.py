"""Watch feeds, alert mails and social streams; show who repeats, bursts and pitches."""
