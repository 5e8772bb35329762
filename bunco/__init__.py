"""Watch feeds and streams of posts; show who repeats headlines and who bursts."""
