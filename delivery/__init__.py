"""The outbox's way out: lanes, pacing, retries and what every error means. Decides nothing about content."""
