"""What the operator's commands do: starting, checking, copies, tables. Part of the composition root: it may use every
room, and none uses it. bot.py says which commands there are; the words are in messages/<lang>/console.toml and
checkup.toml."""
