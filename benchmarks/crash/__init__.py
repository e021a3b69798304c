"""`python -m benchmarks.crash`: the real bot, killed again and again while warnings go out and people answer."""
