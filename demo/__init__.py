"""The demo: a sample county at work on the sandbox. Real divisions, invented people, warnings that arrive as from a
feed. Not part of the bot; it joins the bot and the sandbox in one process, so that both go by one clock."""
